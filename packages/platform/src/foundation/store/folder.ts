import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Check } from 'typebox/value'
import { object, optional, type Read, text, whole } from '#kernel/read.ts'
import { lockFile } from './connections/lock-file.ts'
import { storeFaults } from './faults.ts'

const holderShape = object({ pid: whole(), address: optional(text()) })

/** Who holds a data folder: its process and, once it serves, its address. */
export type Holder = Read<typeof holderShape>

/** The right to use a data folder, until it is released or the process ends. */
export interface Hold {
  readonly folder: string
  /** Tells others where this process can be reached. */
  readonly announce: (address: string) => void
  readonly release: () => void
}

/** Takes a data folder for this process, making it at the first start; refuses when another process has it. */
export function holdFolder(folder: string): Hold {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const lock = lockFile(lockIn(folder))
  if (lock === undefined) throw storeFaults.folder_in_use({ folder, ...holderOf(folder) })
  const note = noteIn(folder)
  // Written beside and then put in its place: whoever reads it reads a whole one.
  const write = (holder: Holder) => {
    writeFileSync(`${note}.new`, JSON.stringify(holder), { mode: 0o600 })
    renameSync(`${note}.new`, note)
  }
  write({ pid: process.pid })
  return {
    folder,
    announce: (address) => write({ pid: process.pid, address }),
    release: () => {
      rmSync(note, { force: true })
      lock.release()
    },
  }
}

/** What the last holder of a folder said of itself; it may have ended since. */
export function holderOf(folder: string): Holder | undefined {
  try {
    const holder: unknown = JSON.parse(readFileSync(noteIn(folder), 'utf8'))
    return Check(holderShape, holder) ? holder : undefined
  } catch {
    // No note, or none of ours: the hold itself is the lock.
    return undefined
  }
}

/** The server that holds a folder at this moment and says where it can be reached. */
export function serverOf(folder: string): string | undefined {
  const address = holderOf(folder)?.address
  if (address === undefined) return undefined
  const lock = lockFile(lockIn(folder))
  // Whoever wrote the note has ended.
  lock?.release()
  return lock ? undefined : address
}

const lockIn = (folder: string) => join(folder, 'lock.sqlite')

const noteIn = (folder: string) => join(folder, 'server.json')
