import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

const source = import.meta.dirname
const program = join(source, '../dist/command-line.js')

/** What is built in beside the source: the packages, as npm notes them, and what the sender is built from. */
const builtIn = [
  '../package.json',
  '../../sdk/dist/decisions.js',
  '../../../node_modules/.package-lock.json',
]

// What was built starts in less than half the time. Once anything was edited since, what was edited is what runs.
await import(isUpToDate() ? program : './command-line.ts')

function isUpToDate(): boolean {
  const made = timeOf(program)
  if (made === undefined) return false
  // Folders, too: they change when a file is added or goes away.
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  return [...builtIn, ...files]
    .filter((file) => !file.endsWith('.test.ts'))
    .every((file) => (timeOf(join(source, file)) ?? Number.POSITIVE_INFINITY) < made)
}

function timeOf(file: string): number | undefined {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs
}
