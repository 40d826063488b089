import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import type { Store } from './store.ts'

/** Keeps a sender's events in a file, so that a program that dies sends them when it starts again. */
export interface FileStorage extends Store {
  readonly close: () => void
}

// Rewriting the file is worth it when so many of its lines say nothing any more.
const mostIdleLines = 10_000

/**
 * Opens the file, or makes it. One line is one change, on disk for the system before the call returns: it outlives the
 * program, not a power cut. One program to a file.
 */
export function fileStorage(path: string): FileStorage {
  mkdirSync(dirname(path), { recursive: true })
  const values = readChanges(path)
  let file = rewrite(path, values)
  let idle = 0

  function note(change: readonly string[]): void {
    writeSync(file, `${JSON.stringify(change)}\n`)
    idle += 1
    if (idle < mostIdleLines + values.size) return
    closeSync(file)
    file = rewrite(path, values)
    idle = 0
  }

  return {
    get: (key) => values.get(key),
    keys: () => [...values.keys()],
    set(key, value) {
      values.set(key, value)
      note([key, value])
    },
    remove(key) {
      if (values.delete(key)) note([key])
    },
    close: () => closeSync(file),
  }
}

function readChanges(path: string): Map<string, string> {
  const values = new Map<string, string>()
  for (const line of textOf(path).split('\n')) {
    const [key, value] = changeOf(line)
    if (key !== undefined && value !== undefined) values.set(key, value)
    else if (key !== undefined) values.delete(key)
  }
  return values
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return ''
    throw error
  }
}

// The last line may be torn: its change was never acknowledged.
function changeOf(line: string): readonly string[] {
  try {
    const change = JSON.parse(line)
    return Array.isArray(change) ? change : []
  } catch {
    return []
  }
}

/** Writes only what counts, whole or not at all, and opens the file for what follows. */
function rewrite(path: string, values: ReadonlyMap<string, string>): number {
  const lines = [...values].map((change) => `${JSON.stringify(change)}\n`)
  writeFileSync(`${path}.new`, lines.join(''))
  renameSync(`${path}.new`, path)
  return openSync(path, 'a')
}
