import { readSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { sentenceOf } from '#kernel/fault.ts'
import { logFaults } from '../faults.ts'
import { hashWords } from './hash.ts'
import {
  bucketOf,
  bytesOf,
  hashesAt,
  headNumbers,
  type IdFileHead,
  type IdFileIndex,
  isSound,
  makeIndex,
  readHead,
  sizeOf,
} from './id-file-layout.ts'
import { mayHave } from './id-filter.ts'
import { isSame } from './id-table.ts'

/** Ids on disk; in memory stay a filter and where the buckets begin. */
export interface IdFile extends IdFileHead {
  readonly file: string
  readonly memoryBytes: number
  readonly diskBytes: number
  readonly has: (hash: Uint32Array, at: number) => boolean
  readonly close: () => Promise<void>
}

/** Opens a file of ids; nothing when it is not whole. */
export async function openIdFile(file: string): Promise<IdFile | undefined> {
  const handle = await open(file, 'r')
  const found = await readIndex(handle)
  if (!found) {
    await handle.close()
    return undefined
  }
  const { head, index } = found
  return {
    ...head,
    file,
    memoryBytes: hashesAt(index),
    diskBytes: sizeOf(index, head.count),
    has: (hash, at) =>
      mayHave(index.filter, hash, at) && isInBucket({ descriptor: handle.fd, index }, hash, at),
    close: () => handle.close(),
  }
}

async function readIndex(handle: FileHandle) {
  const numbers = new Float64Array(headNumbers)
  if (!(await fill(handle, numbers, 0))) return undefined
  const head = readHead(numbers)
  if (!head) return undefined
  const index = makeIndex(head.count)
  if ((await handle.stat()).size !== sizeOf(index, head.count)) return undefined
  const startsAt = numbers.byteLength
  const isRead =
    (await fill(handle, index.starts, startsAt)) &&
    (await fill(handle, index.filter, startsAt + index.starts.byteLength))
  return isRead && isSound(numbers, index) ? { head, index } : undefined
}

async function fill(handle: FileHandle, numbers: Uint32Array | Float64Array, position: number) {
  const bytes = bytesOf(numbers)
  const { bytesRead } = await handle.read(bytes, { position })
  return bytesRead === bytes.length
}

// A bucket is a page or so, and only ids that are most likely there are looked for: that is read without waiting.
function isInBucket(of: Place, hash: Uint32Array, at: number): boolean {
  const hashes = readBucket(of, bucketOf(of.index, hash, at))
  for (let place = 0; place < hashes.length; place += hashWords) {
    if (isSame(hashes, place, hash, at)) return true
  }
  return false
}

interface Place {
  readonly descriptor: number
  readonly index: IdFileIndex
}

function readBucket({ descriptor, index }: Place, bucket: number): Uint32Array {
  const from = index.starts[bucket] ?? 0
  const hashes = new Uint32Array(((index.starts[bucket + 1] ?? 0) - from) * hashWords)
  const position = hashesAt(index) + from * hashWords * 4
  try {
    if (readSync(descriptor, bytesOf(hashes), { position }) === hashes.byteLength) return hashes
  } catch (thrown) {
    throw logFaults.trouble({ what: sentenceOf(thrown) }, { cause: thrown })
  }
  throw logFaults.trouble({ what: 'a file of ids has become shorter' })
}
