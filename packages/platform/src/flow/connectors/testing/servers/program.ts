import { execFileSync, spawn } from 'node:child_process'
import { accessSync, chownSync, constants, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { environment } from '#kernel/config.ts'

/** Who runs a program: servers refuse the administrator, so there it is somebody else. */
export interface Runner {
  readonly uid?: number
  readonly gid?: number
}

/** A program that runs for the tests of one file. */
export interface Running {
  /** Ends it at once, as a failing machine would. */
  readonly kill: () => Promise<void>
  /** Ends it and removes its folder. */
  readonly stop: () => Promise<void>
}

/** Where a program is, in the usual folders or those given (a `*` is any folder); nothing where it is not installed. */
export function findProgram(name: string, folders: readonly string[] = []): string | undefined {
  const path = (environment()['PATH'] ?? '').split(delimiter)
  const all = [...folders.flatMap(expanded), ...path]
  return all.map((folder) => join(folder, name)).find(isProgram)
}

function expanded(folder: string): readonly string[] {
  const [before = '', after] = folder.split('*')
  if (after === undefined) return [folder]
  try {
    return readdirSync(before).map((name) => join(before, name, after))
  } catch {
    return []
  }
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** Who runs servers: whoever runs the tests, or, for the administrator, a user of this name or nobody. */
export function runnerFor(user: string): Runner {
  if (process.getuid?.() !== 0) return {}
  for (const name of [user, 'nobody']) {
    try {
      const id = (what: string) => Number(execFileSync('id', [what, name], { stdio: 'pipe' }))
      return { uid: id('-u'), gid: id('-g') }
    } catch {
      // The next one may exist.
    }
  }
  return {}
}

/** A new folder that belongs to the runner. */
export function folderOf({ uid, gid }: Runner): string {
  const folder = mkdtempSync(join(tmpdir(), 'tessera-server-'))
  if (uid !== undefined && gid !== undefined) chownSync(folder, uid, gid)
  return folder
}

/** A port of 127.0.0.1 that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no port was given')
  return address.port
}

/** What to start, and how it shows that it is ready. */
export interface Starting {
  readonly program: string
  readonly args: readonly string[]
  readonly runner: Runner
  readonly folder: string
  readonly isReady: () => Promise<boolean>
  /** The signal that ends it with all it has started. */
  readonly ending?: 'QUIT' | 'KILL'
}

// It ends with whoever started it, however that one ends: then nothing holds the other end of its input any more.
const watched = '"$@" & child=$!; (cat >/dev/null; kill -s "$ENDING" $child) <&3 & wait $child'

/** Starts a program and waits until it is ready. */
export async function startProgram(of: Starting): Promise<Running> {
  const { program, args, runner, folder, ending = 'KILL' } = of
  const child = spawn('sh', ['-c', `exec 3<&0; ${watched}`, 'sh', program, ...args], {
    ...runner,
    cwd: folder,
    env: { ...environment(), ENDING: ending, HOME: folder },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let said = ''
  for (const output of [child.stdout, child.stderr]) {
    output.on('data', (data) => {
      said = `${said}${data}`.slice(-4000)
    })
  }
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  let isOver = false
  void ended.then(() => {
    isOver = true
  })
  const kill = async () => {
    child.stdin.end()
    await ended
  }
  const stop = async () => {
    await kill()
    rmSync(folder, { recursive: true, force: true })
  }
  for (let tries = 0; tries < 300; tries++) {
    if (isOver) break
    if (await of.isReady().catch(() => false)) return { kill, stop }
    await sleep(100)
  }
  await stop()
  throw new Error(`${program} did not start:\n${said}`)
}
