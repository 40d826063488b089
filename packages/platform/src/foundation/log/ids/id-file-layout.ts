import { crc32 } from 'node:zlib'
import { hashWords } from './hash.ts'
import { makeFilter } from './id-filter.ts'

// A file of ids: a head of numbers, then where each bucket begins, the filter, and the hashes by bucket. The bucket of a
// hash is the upper bits of its second word. Only the hashes stay on disk; a bucket is read at once.

const idsInBucket = 192
const hashBytes = hashWords * 4

/** What the head of a file says. */
export interface IdFileHead {
  readonly count: number
  /** The positions that its ids come from. */
  readonly first: number
  readonly last: number
  /** The log's running time when the youngest of them came. */
  readonly ran: number
}

/** What of a file stays in memory. */
export interface IdFileIndex {
  readonly starts: Uint32Array<ArrayBuffer>
  readonly filter: Uint32Array<ArrayBuffer>
}

/** The head on disk, as numbers: mark, count, first, last, ran, checksum of it and the index. */
export const headNumbers = 6
const mark = 0x7e55e7a1d501

/** An index for so many ids, still empty. */
export const makeIndex = (count: number): IdFileIndex => ({
  starts: new Uint32Array(2 ** bucketBits(count) + 1),
  filter: makeFilter(count),
})

/** The bucket of a hash in an index. */
export const bucketOf = ({ starts }: IdFileIndex, hash: Uint32Array, at: number): number =>
  Math.floor(((hash[at + 1] ?? 0) / 2 ** 32) * (starts.length - 1))

const bucketBits = (count: number) => Math.max(0, Math.ceil(Math.log2(count / idsInBucket)))

/** Where the hashes begin. */
export const hashesAt = ({ starts, filter }: IdFileIndex): number =>
  headNumbers * 8 + starts.byteLength + filter.byteLength

/** How long a whole file is. */
export const sizeOf = (index: IdFileIndex, count: number): number =>
  hashesAt(index) + count * hashBytes

/** The head as it stands in the file. */
export function printHead(head: IdFileHead, index: IdFileIndex): Float64Array<ArrayBuffer> {
  const numbers = new Float64Array([mark, head.count, head.first, head.last, head.ran, 0])
  numbers[headNumbers - 1] = checksumOf(numbers, index)
  return numbers
}

/** Reads a head; nothing when it is none of ours. */
export function readHead(numbers: Float64Array): IdFileHead | undefined {
  const [found, count = -1, first = 0, last = 0, ran = 0] = numbers
  if (found !== mark || !Number.isInteger(count) || count < 0 || count > 2 ** 31) return undefined
  return { count, first, last, ran }
}

/** Whether head and index are as they were written. */
export const isSound = (numbers: Float64Array, index: IdFileIndex): boolean =>
  numbers[headNumbers - 1] === checksumOf(numbers, index)

function checksumOf(numbers: Float64Array, { starts, filter }: IdFileIndex): number {
  const head = crc32(bytesOf(numbers.subarray(0, headNumbers - 1)))
  return crc32(bytesOf(filter), crc32(bytesOf(starts), head))
}

/** The bytes below numbers. */
export const bytesOf = (numbers: Uint32Array | Float64Array): Uint8Array =>
  new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength)
