import { pipeline, Readable } from 'node:stream'
import { crc32, createInflateRaw } from 'node:zlib'
import { sentenceOf } from '#kernel/fault.ts'
import { connectorFaults } from '../faults.ts'
import { damaged, type RandomBytes } from './bytes.ts'
import type { ZipEntry } from './directory.ts'

const localHead = { mark: 0x04034b50, bytes: 30 }
const [stored, deflated] = [0, 8]
const readBytes = 256 * 1024
const pieceBytes = 64 * 1024

/**
 * The content of a part, piece by piece. It is stopped where it unpacks to more than was allowed, whatever the part itself
 * says of its length.
 */
export async function* unpack(
  bytes: RandomBytes,
  entry: ZipEntry,
  mostBytes: number,
): AsyncGenerator<Buffer> {
  if (entry.isEncrypted) throw damaged(bytes, 'it is locked with a password')
  if (entry.method !== stored && entry.method !== deflated) {
    throw damaged(bytes, `${entry.name} is packed in a way that workbooks do not use`)
  }
  const refuseBeyond = (length: number) => {
    if (length <= mostBytes) return
    throw connectorFaults.too_large_workbook({ name: bytes.name, part: entry.name, mostBytes })
  }
  refuseBeyond(entry.unpackedBytes)
  const packed = packedPieces(bytes, entry)
  let [crc, length] = [0, 0]
  for await (const piece of entry.method === stored ? packed : inflated(bytes, packed)) {
    length += piece.length
    refuseBeyond(length)
    crc = crc32(piece, crc)
    yield piece
  }
  if (crc !== entry.crc) throw damaged(bytes, `the check sum of ${entry.name} does not hold`)
}

async function* inflated(bytes: RandomBytes, packed: AsyncIterable<Buffer>) {
  // Errors reach the reader through the iterator; this pipeline only closes both together.
  const content = pipeline(
    Readable.from(packed),
    createInflateRaw({ chunkSize: pieceBytes }),
    () => {},
  )
  try {
    yield* content as AsyncIterable<Buffer>
  } catch (thrown) {
    const isPacking = thrown instanceof Error && 'code' in thrown && /^Z_/.test(String(thrown.code))
    throw isPacking ? damaged(bytes, sentenceOf(thrown), thrown) : thrown
  }
}

async function* packedPieces(bytes: RandomBytes, entry: ZipEntry): AsyncGenerator<Buffer> {
  const isThere = entry.at + localHead.bytes <= bytes.sizeBytes
  const head = isThere ? await bytes.read(entry.at, readBytes) : Buffer.alloc(0)
  if (head.length < localHead.bytes || head.readUInt32LE(0) !== localHead.mark) {
    throw damaged(bytes, `${entry.name} is not where it should be`)
  }
  let position = entry.at + localHead.bytes + head.readUInt16LE(26) + head.readUInt16LE(28)
  let piece = head.subarray(position - entry.at)
  for (let left = entry.packedBytes; left > 0; ) {
    if (piece.length === 0) piece = await bytes.read(position, readBytes)
    if (piece.length === 0) throw damaged(bytes, 'it ends too early')
    const wanted = piece.subarray(0, left)
    yield wanted
    left -= wanted.length
    position += wanted.length
    piece = piece.subarray(wanted.length)
  }
}
