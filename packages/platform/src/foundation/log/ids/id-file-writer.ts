import { open, rename, rm } from 'node:fs/promises'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { hashWords } from './hash.ts'
import { bucketOf, bytesOf, type IdFileHead, makeIndex, printHead } from './id-file-layout.ts'
import { note } from './id-filter.ts'
import { copy, isFree } from './id-table.ts'

// Between steps of so many places the thread does what else it is asked for: commits do not wait for a whole file.
const placesInStep = 32_768

/** Writes tables that change no more to one file, which appears under its name when it is whole. */
export async function writeIdFile(
  of: IdFileHead & {
    readonly file: string
    readonly tables: readonly Uint32Array[]
  },
): Promise<void> {
  const index = makeIndex(of.count)
  const { starts, filter } = index
  await eachHash(of.tables, (words, at) => {
    const next = bucketOf(index, words, at) + 1
    starts[next] = (starts[next] ?? 0) + 1
    note(filter, words, at)
  })
  for (let bucket = 1; bucket < starts.length; bucket++) {
    starts[bucket] = (starts[bucket] ?? 0) + (starts[bucket - 1] ?? 0)
  }
  const filled = starts.slice()
  const hashes = new Uint32Array(of.count * hashWords)
  await eachHash(of.tables, (words, at) => {
    const bucket = bucketOf(index, words, at)
    const place = filled[bucket] ?? 0
    copy(words, at, hashes, place * hashWords)
    filled[bucket] = place + 1
  })
  const parts = [printHead(of, index), starts, filter, hashes].map(bytesOf)
  await writeWhole(of.file, parts)
}

async function writeWhole(file: string, parts: readonly Uint8Array[]): Promise<void> {
  const part = `${file}.part`
  try {
    await writeAndFlush(part, parts)
    await rename(part, file)
  } catch (thrown) {
    // On a full disk half a file would only be in the way.
    await rm(part, { force: true })
    throw thrown
  }
}

async function writeAndFlush(part: string, parts: readonly Uint8Array[]): Promise<void> {
  const handle = await open(part, 'w', 0o600)
  try {
    for (const bytes of parts) await handle.writeFile(bytes)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function eachHash(
  tables: readonly Uint32Array[],
  act: (words: Uint32Array, at: number) => void,
): Promise<void> {
  for (const words of tables) {
    for (let from = 0; from < words.length; from += placesInStep * hashWords) {
      const to = Math.min(words.length, from + placesInStep * hashWords)
      for (let at = from; at < to; at += hashWords) if (!isFree(words, at)) act(words, at)
      await nextTurn()
    }
  }
}
