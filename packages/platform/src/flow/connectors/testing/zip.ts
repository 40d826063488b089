import { crc32, deflateRawSync } from 'node:zlib'

/** How a package is to be written, other than plainly. */
export interface ZipWays {
  /** With lengths of 64 bits, as packages of many gigabytes have them. */
  readonly long?: boolean
  /** As if it were locked with a password. */
  readonly locked?: boolean
  /** With a list that says that every part unpacks to nothing. */
  readonly lying?: boolean
}

/** A zip package of these parts. */
export function makeZip(
  parts: Readonly<Record<string, string | Uint8Array>>,
  { long = false, locked = false, lying = false }: ZipWays = {},
): Buffer {
  const files: Buffer[] = []
  const entries: Buffer[] = []
  let at = 0
  for (const [name, content] of Object.entries(parts)) {
    const [path, packed] = [Buffer.from(name), deflateRawSync(content)]
    const how = u16(20, locked ? 1 : 0, 8, 0, 0)
    const sum = u32(crc32(content))
    const lengths = [packed.length, lying ? 0 : Buffer.byteLength(content)] as const
    const extra = long ? Buffer.concat([u16(1, 24), u64(lengths[1], lengths[0], at)]) : u16()
    const told = long ? u32(full, full) : u32(...lengths)
    const names = u16(path.length, extra.length, 0, 0, 0)
    const place = u32(0, long ? full : at)
    entries.push(u32(0x02014b50), u16(20), how, sum, told, names, place, path, extra)
    const file = [u32(0x04034b50), how, sum, u32(...lengths), u16(path.length, 0), path, packed]
    files.push(...file)
    at += Buffer.concat(file).length
  }
  const list = { count: Object.keys(parts).length, at, length: Buffer.concat(entries).length }
  return Buffer.concat([...files, ...entries, ...(long ? longEnd(list) : shortEnd(list))])
}

interface List {
  readonly count: number
  readonly at: number
  readonly length: number
}

const full = 0xffffffff

const shortEnd = ({ count, at, length }: List) => [
  u32(0x06054b50),
  u16(0, 0, count, count),
  u32(length, at),
  u16(0),
]

const longEnd = ({ count, at, length }: List) => [
  ...[u32(0x06064b50), u64(44), u16(45, 45), u32(0, 0), u64(count, count, length, at)],
  ...[u32(0x07064b50, 0), u64(at + length), u32(1)],
  ...shortEnd({ count: 0xffff, at: full, length: full }),
]

const numbers =
  (bytes: 2 | 4 | 8) =>
  (...values: readonly number[]) => {
    const buffer = Buffer.alloc(bytes * values.length)
    for (const [i, value] of values.entries()) {
      if (bytes === 8) buffer.writeBigUInt64LE(BigInt(value), i * 8)
      else buffer.writeUIntLE(value, i * bytes, bytes)
    }
    return buffer
  }

const [u16, u32, u64] = [numbers(2), numbers(4), numbers(8)]
