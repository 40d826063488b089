import { promisify } from 'node:util'
import { brotliDecompress, gunzip, inflate, inflateRaw } from 'node:zlib'
import { sentenceOf } from '#kernel/fault.ts'
import { wireFaults } from './faults.ts'

/** How much may come out of a packed body. */
export interface UnpackLimits {
  readonly mostBytes: number
  /** How many times its packed size; small bodies may always grow to `freeBytes`. */
  readonly mostRatio: number
}

const freeBytes = 64 * 1024
// A proxy may pack what its client had packed already.
const mostLayers = 2

const unpackers = {
  gzip: promisify(gunzip),
  zlib: promisify(inflate),
  deflate: promisify(inflateRaw),
  brotli: promisify(brotliDecompress),
} as const

type Packing = keyof typeof unpackers

/**
 * Unpacks by what the bytes are: clients label packed bodies as forms, and plain ones as packed. The label counts
 * only where bytes do not tell: brotli and bare deflate have no mark. Off the main thread, and never beyond the limits.
 */
export async function unpack(
  body: Buffer,
  label: string | undefined,
  limits: UnpackLimits,
): Promise<Buffer> {
  let content = body
  for (let layer = 0; layer < mostLayers; layer++) {
    const packing = packingOf(content, layer === 0 ? label : undefined)
    if (packing === undefined) return content
    content = await unpackAs(packing, content, limits)
  }
  return content
}

/** Whether there is anything to unpack; lets the common plain body pass without waiting. */
export const isPacked = (body: Buffer, label: string | undefined): boolean =>
  packingOf(body, label) !== undefined

function packingOf(body: Buffer, label: string | undefined): Packing | undefined {
  const first = body[0]
  const second = body[1] ?? 0
  if (first === 0x1f && second === 0x8b) return 'gzip'
  // The mark of zlib: method 8 with its window, and a check that makes both bytes a multiple of 31.
  if (first === 0x78 && (0x7800 + second) % 31 === 0) return 'zlib'
  if (label === undefined || first === undefined) return undefined
  if (label.includes('br')) return 'brotli'
  return label.includes('deflate') && !looksPlain(first) ? 'deflate' : undefined
}

const plainStarts: ReadonlySet<number> = new Set(Buffer.from('{[ \t\r\n"\ufeff'))

const looksPlain = (first: number) => plainStarts.has(first)

/** How many bytes a packed body may become. */
export const mostUnpacked = (body: Buffer, { mostBytes, mostRatio }: UnpackLimits): number =>
  Math.min(mostBytes, Math.max(freeBytes, body.length * mostRatio))

async function unpackAs(packing: Packing, body: Buffer, limits: UnpackLimits): Promise<Buffer> {
  const maxOutputLength = mostUnpacked(body, limits)
  try {
    return await unpackers[packing](body, { maxOutputLength })
  } catch (thrown) {
    if (isTooLarge(thrown))
      throw wireFaults.too_large({ mostBytes: maxOutputLength, what: 'the unpacked request' })
    // Labelled as brotli, but plain: whether it is JSON is found out next.
    if (packing === 'brotli' && looksPlain(body[0] ?? 0)) return body
    throw wireFaults.not_unpacked({ as: packing, why: sentenceOf(thrown) }, { cause: thrown })
  }
}

const isTooLarge = (thrown: unknown): boolean =>
  thrown instanceof Error && 'code' in thrown && thrown.code === 'ERR_BUFFER_TOO_LARGE'
