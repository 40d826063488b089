import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

const source = import.meta.dirname
const built = join(source, '../dist')
const program = join(built, 'command-line.js')

// What was built starts in less than half the time. Once anything was edited since, what was edited is what runs.
await import(isUpToDate() ? program : './command-line.ts')

function isUpToDate(): boolean {
  const made = statSync(program, { throwIfNoEntry: false })?.mtimeMs
  if (made === undefined) return false
  // Folders, too: they change when a file is added or goes away.
  const parts = readdirSync(source, { recursive: true, encoding: 'utf8' })
  return parts.every(
    (part) => part.endsWith('.test.ts') || statSync(join(source, part)).mtimeMs < made,
  )
}
