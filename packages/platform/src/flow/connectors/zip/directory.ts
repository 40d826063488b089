import { damaged, type RandomBytes, readExactly } from './bytes.ts'

/** A part of a package: what it is called, where it begins, how it is packed. */
export interface ZipEntry {
  readonly name: string
  readonly at: number
  readonly packedBytes: number
  /** As the list says; nobody has counted. */
  readonly unpackedBytes: number
  readonly method: number
  readonly crc: number
  readonly isEncrypted: boolean
}

// PKWARE's APPNOTE 6.3.10, sections 4.3.12 to 4.3.16.
const end = { mark: 0x06054b50, bytes: 22 }
const longEnd = { mark: 0x06064b50, bytes: 56 }
const locator = { mark: 0x07064b50, bytes: 20 }
const entryHead = { mark: 0x02014b50, bytes: 46 }
const longestComment = 0xffff

/** What stands in a field of 32 bits when the number is too long for it. */
const tooLong = 0xffffffff

/** A longer list of parts than this belongs to no workbook. */
const mostDirectoryBytes = 16 * 1024 ** 2

/** The parts of a package by their name in lower case, as the list at its end has them. */
export async function zipEntries(bytes: RandomBytes): Promise<ReadonlyMap<string, ZipEntry>> {
  const place = await findDirectory(bytes)
  if (place.length > mostDirectoryBytes) throw damaged(bytes, 'its list of parts is too long')
  const directory = await readExactly(bytes, place.at, place.length)
  const entries = new Map<string, ZipEntry>()
  for (let at = 0; at + entryHead.bytes <= directory.length; ) {
    if (directory.readUInt32LE(at) !== entryHead.mark) break
    const { entry, next } = readEntry(directory, at)
    entries.set(entry.name.toLowerCase(), entry)
    at = next
  }
  return entries
}

interface Place {
  readonly at: number
  readonly length: number
}

async function findDirectory(bytes: RandomBytes): Promise<Place> {
  const tailAt = Math.max(0, bytes.sizeBytes - end.bytes - longestComment - locator.bytes)
  const tail = await readExactly(bytes, tailAt, bytes.sizeBytes - tailAt)
  const endAt = lastMark(tail, end.mark, tail.length - end.bytes)
  if (endAt === -1) throw damaged(bytes, 'it is no whole zip package')
  const short = { at: tail.readUInt32LE(endAt + 16), length: tail.readUInt32LE(endAt + 12) }
  const locatorAt = endAt - locator.bytes
  const isLong = locatorAt >= 0 && tail.readUInt32LE(locatorAt) === locator.mark
  if (!isLong) return short
  const head = await readExactly(bytes, longAt(tail, locatorAt + 8), longEnd.bytes)
  if (head.readUInt32LE(0) !== longEnd.mark) throw damaged(bytes, 'its end does not fit together')
  return { at: longAt(head, 48), length: longAt(head, 40) }
}

function lastMark(bytes: Buffer, mark: number, from: number): number {
  for (let at = from; at >= 0; at--) if (bytes.readUInt32LE(at) === mark) return at
  return -1
}

function readEntry(from: Buffer, at: number): { entry: ZipEntry; next: number } {
  const nameEnd = at + entryHead.bytes + from.readUInt16LE(at + 28)
  const extraEnd = nameEnd + from.readUInt16LE(at + 30)
  const next = extraEnd + from.readUInt16LE(at + 32)
  const long = longFields(from.subarray(nameEnd, extraEnd))
  const field = (offset: number) => {
    const value = from.readUInt32LE(at + offset)
    return value === tooLong ? long() : value
  }
  // Numbers that are too long for their field stand elsewhere, in this order.
  const [unpackedBytes, packedBytes, start] = [field(24), field(20), field(42)]
  // Some programs write paths as another system does.
  const written = from.toString('utf8', at + entryHead.bytes, nameEnd)
  const entry = {
    name: written.replaceAll('\\', '/').replace(/^\//, ''),
    at: start,
    packedBytes,
    unpackedBytes,
    method: from.readUInt16LE(at + 10),
    crc: from.readUInt32LE(at + 16),
    isEncrypted: (from.readUInt16LE(at + 8) & 1) === 1,
  }
  return { entry, next }
}

/** Hands out the numbers of 64 bits of an entry, one after the other. */
function longFields(extra: Buffer): () => number {
  let field: Buffer = Buffer.alloc(0)
  for (let at = 0; at + 4 <= extra.length; ) {
    const next = at + 4 + extra.readUInt16LE(at + 2)
    if (extra.readUInt16LE(at) === 1) field = extra.subarray(at + 4, next)
    at = next
  }
  let used = 0
  return () => {
    used += 8
    return used <= field.length ? longAt(field, used - 8) : Number.NaN
  }
}

const longAt = (bytes: Buffer, at: number): number => Number(bytes.readBigUInt64LE(at))
