import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { hashWords } from './hash.ts'
import {
  bucketOf,
  bytesOf,
  type IdFileHead,
  type IdFileIndex,
  makeIndex,
  printHead,
} from './id-file-layout.ts'
import { note } from './id-filter.ts'
import { copy, isFree } from './id-table.ts'

type Tables = readonly Uint32Array[]

// Between steps of so many places the thread does what else it is asked for: commits do not wait for a whole file.
const placesInStep = 32_768
const idsInSlice = 524_288

/** Ids to be written, and where. */
export interface IdsToWrite extends IdFileHead {
  readonly file: string
  readonly tables: Tables
  /** So many are put in order and written at a time, so that writing takes little memory. */
  readonly idsInSlice?: number
}

/** Writes tables that change no more to one file, which appears under its name when it is whole. */
export async function writeIdFile(of: IdsToWrite): Promise<void> {
  const part = `${of.file}.part`
  try {
    await writePart(part, of)
    await rename(part, of.file)
  } catch (thrown) {
    // On a full disk half a file would only be in the way.
    await rm(part, { force: true })
    throw thrown
  }
}

async function writePart(part: string, of: IdsToWrite): Promise<void> {
  const { tables } = of
  const index = await indexOf(tables, of.count)
  const handle = await open(part, 'w', 0o600)
  try {
    await write(handle, printHead(of, index))
    await write(handle, index.starts)
    await write(handle, index.filter)
    for (const slice of slicesOf(index, of.idsInSlice ?? idsInSlice)) {
      await write(handle, await inOrder(tables, index, slice))
    }
    await handle.sync()
  } finally {
    await handle.close()
  }
}

// On from where the last writing ended.
const write = (handle: FileHandle, numbers: Uint32Array | Float64Array) =>
  handle.writeFile(bytesOf(numbers))

async function indexOf(tables: Tables, count: number): Promise<IdFileIndex> {
  const index = makeIndex(count)
  const { starts, filter } = index
  await eachHash(tables, (words, at) => {
    const next = bucketOf(index, words, at) + 1
    starts[next] = (starts[next] ?? 0) + 1
    note(filter, words, at)
  })
  for (let bucket = 1; bucket < starts.length; bucket++) {
    starts[bucket] = (starts[bucket] ?? 0) + (starts[bucket - 1] ?? 0)
  }
  return index
}

/** Buckets that are written together. */
interface Slice {
  readonly from: number
  readonly to: number
}

function slicesOf({ starts }: IdFileIndex, most: number): readonly Slice[] {
  const slices: Slice[] = []
  let from = 0
  for (let to = 1; to < starts.length; to++) {
    const isLast = to === starts.length - 1
    if (!isLast && (starts[to + 1] ?? 0) - (starts[from] ?? 0) <= most) continue
    slices.push({ from, to })
    from = to
  }
  return slices
}

async function inOrder(tables: Tables, index: IdFileIndex, { from, to }: Slice) {
  const begin = index.starts[from] ?? 0
  const filled = index.starts.slice(from, to)
  const hashes = new Uint32Array(((index.starts[to] ?? 0) - begin) * hashWords)
  await eachHash(tables, (words, at) => {
    const bucket = bucketOf(index, words, at)
    if (bucket < from || bucket >= to) return
    const place = filled[bucket - from] ?? 0
    copy(words, at, hashes, (place - begin) * hashWords)
    filled[bucket - from] = place + 1
  })
  return hashes
}

async function eachHash(tables: Tables, act: (words: Uint32Array, at: number) => void) {
  for (const words of tables) {
    for (let from = 0; from < words.length; from += placesInStep * hashWords) {
      const to = Math.min(words.length, from + placesInStep * hashWords)
      for (let at = from; at < to; at += hashWords) if (!isFree(words, at)) act(words, at)
      await nextTurn()
    }
  }
}
