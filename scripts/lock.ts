import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

// Completes the lock file after `npm install`: no download addresses, and an entry for every package that is only for
// other platforms, also where the registry at hand does not carry it; `npm ci` refuses a lock file without them.

interface Locked {
  version?: string
  resolved?: string
  dev?: boolean
  optional?: boolean
  os?: string[]
  cpu?: string[]
  libc?: string[]
  optionalDependencies?: Record<string, string>
}

const file = join(import.meta.dirname, '../package-lock.json')
// The file is npm's own; its form is documented as `package-lock.json`, version 3.
const lock = JSON.parse(readFileSync(file, 'utf8')) as { packages: Record<string, Locked> }

for (const [place, entry] of Object.entries(lock.packages)) {
  if (entry.resolved?.startsWith('http')) delete entry.resolved
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const places = [`node_modules/${name}`, `${place}/node_modules/${name}`]
    if (places.some((at) => at in lock.packages)) continue
    lock.packages[`node_modules/${name}`] = {
      version,
      ...platformOf(name),
      ...(entry.dev ? { dev: true } : {}),
      optional: true,
    }
  }
}

const sorted = Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1))
lock.packages = Object.fromEntries(sorted)
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`)

/** The platform that such a package is for, as its name says. */
function platformOf(name: string): Pick<Locked, 'os' | 'cpu' | 'libc'> {
  const find = (words: readonly string[]) => words.filter((word) => new RegExp(`-${word}(-|$)`).test(name))
  const os = find(['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32'])
  const cpu = find(['arm64', 'arm', 'ia32', 'ppc64', 'riscv64', 's390x', 'x64'])
  if (os.length === 0 || cpu.length === 0) throw new Error(`cannot tell what ${name} is for`)
  return { os, cpu, ...(os[0] === 'linux' ? { libc: [/musl/.test(name) ? 'musl' : 'glibc'] } : {}) }
}
