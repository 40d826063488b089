import { constants, createWriteStream } from 'node:fs'
import { copyFile, link, lstat, mkdir, readdir, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Ids } from '#kernel/ids.ts'
import { connectorFaults } from './faults.ts'

/** A file that was put into the spool. */
export interface Spooled {
  readonly path: string
  readonly sizeBytes: number
  /** When its content was last changed where it came from, in nanoseconds. */
  readonly changedNs: bigint
}

/** The folder inside the data folder where files wait for the engine, which may read nothing outside of it. */
export interface Spool {
  readonly folder: string
  /** Takes a file as it is: a hard link where that is possible, otherwise a copy. */
  readonly take: (from: string) => Promise<Spooled>
  /** Writes a new file: text as UTF-8, bytes as they are. */
  readonly write: (
    content: AsyncIterable<string> | AsyncIterable<Uint8Array>,
    signal: AbortSignal,
  ) => Promise<Spooled>
  readonly remove: (path: string) => Promise<void>
  /** Removes what a process that died has left behind. Only for the one that holds the data folder. */
  readonly sweep: () => Promise<void>
}

/** Opens the spool, making its folder when it is not there. */
export async function openSpool(of: { folder: string; ids: Ids }): Promise<Spool> {
  const folder = resolve(of.folder)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const newPath = () => join(folder, of.ids.next())
  const remove = (path: string) => rm(path, { force: true })
  return {
    folder,
    take: (from) => take(from, newPath()),
    write: async (content, signal) => {
      const path = newPath()
      const file = createWriteStream(path, { mode: 0o600 })
      try {
        await pipeline(content, file, { signal })
      } catch (thrown) {
        // The file may still be about to be made.
        if (!file.closed) await new Promise<void>((closed) => file.once('close', closed))
        await remove(path)
        signal.throwIfAborted()
        throw fullOr(thrown)
      }
      return spooled(path, path)
    },
    remove,
    sweep: async () => {
      for (const name of await readdir(folder)) await remove(join(folder, name))
    },
  }
}

async function take(from: string, path: string): Promise<Spooled> {
  try {
    await link(from, path)
  } catch {
    // Another device, another owner, or a file system without links. The time is taken before the content: a change in
    // between makes the file look new again, never old.
    const before = await spooled(path, from)
    try {
      await copyFile(from, path, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL)
    } catch (thrown) {
      await rm(path, { force: true })
      throw fullOr(thrown)
    }
    return before
  }
  return spooled(path, path)
}

async function spooled(path: string, of: string): Promise<Spooled> {
  const stats = await lstat(of, { bigint: true })
  // Whoever asked has looked; a link or a pipe that took the file's place meanwhile is not followed.
  if (!stats.isFile()) {
    await rm(path, { force: true })
    throw new Error(`${of} is no ordinary file`)
  }
  return { path, sizeBytes: Number(stats.size), changedNs: stats.mtimeNs }
}

/** Our own disk being full is no trouble with the file. */
const fullOr = (thrown: unknown): unknown =>
  thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOSPC'
    ? connectorFaults.disk_full({}, { cause: thrown })
    : thrown
