import { isUtf8 } from 'node:buffer'
import iconv from 'iconv-lite'
import { connectorFaults } from '../faults.ts'
import type { Encoding } from '../file-options.ts'
import { watchLineEnds } from './line-ends.ts'
import { watchUtf8 } from './utf8.ts'

/** What a look at all bytes of a text found. */
export interface TextScan {
  readonly encoding: Encoding
  /** UTF-8 without byte order mark and with line ends of one kind: it can stay as it is. */
  readonly isPlain: boolean
  /** The last byte of a plain text that is no blank, as a letter. */
  readonly last: string
}

/** The text to be looked at, and the encoding that was set for it. */
export interface Scanned {
  readonly name: string
  readonly encoding?: Encoding | undefined
  readonly signal: AbortSignal
}

/**
 * Finds out the encoding of a text: what its byte order mark says, else what was set, else UTF-8 if all of it is valid,
 * else windows-1252. All of it, because the first letter with an accent may stand in the last record.
 */
export async function scanText(bytes: AsyncIterable<Buffer>, of: Scanned): Promise<TextScan> {
  const [utf8, lineEnds] = [watchUtf8(), watchLineEnds()]
  let isFirst = true
  let hasMark = false
  let last = ''
  for await (const chunk of bytes) {
    of.signal.throwIfAborted()
    if (isFirst) {
      refuseLongLetters(chunk, of.name)
      const mark = byteOrderMark(chunk)
      const told = mark ?? of.encoding ?? guessFromZeros(chunk, of.name)
      if (told && told !== 'utf-8') return { encoding: told, isPlain: false, last }
      hasMark = mark !== undefined
      isFirst = false
    }
    lineEnds.look(chunk)
    last = lastSign(chunk) ?? last
    const bad = utf8.look(chunk)
    if (bad !== undefined) return notUtf8(bad, utf8.sawLetters() || hasMark, of)
  }
  const bad = utf8.end()
  if (bad !== undefined) return notUtf8(bad, utf8.sawLetters() || hasMark, of)
  return { encoding: 'utf-8', isPlain: !hasMark && !lineEnds.areMixed(), last }
}

function lastSign(chunk: Buffer): string | undefined {
  const at = chunk.findLastIndex((byte) => byte > 32)
  return at === -1 ? undefined : String.fromCharCode(chunk[at] ?? 0)
}

// Where UTF-8 was meant, reading the rest as windows-1252 would spoil every letter with an accent, silently.
function notUtf8(position: number, wasMeant: boolean, { name, encoding }: Scanned): TextScan {
  if (encoding === undefined && !wasMeant)
    return { encoding: 'windows-1252', isPlain: false, last: '' }
  const advice = encoding
    ? 'set encoding to the right one, or leave it out'
    : 'all before it is, so the file may be damaged; set encoding to read it all the same'
  throw connectorFaults.unreadable_encoding({ name, position, encoding: 'utf-8', advice })
}

const marks: readonly (readonly [Encoding, readonly number[]])[] = [
  ['utf-8', [0xef, 0xbb, 0xbf]],
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
]

const byteOrderMark = (chunk: Buffer): Encoding | undefined =>
  marks.find(([, mark]) => mark.every((byte, i) => chunk[i] === byte))?.[0]

// UTF-32 begins with the mark of UTF-16, or with zeros.
function refuseLongLetters(chunk: Buffer, name: string): void {
  const start = chunk.subarray(0, 4).toString('hex')
  if (start !== 'fffe0000' && start !== '0000feff') return
  const advice = 'it is UTF-32, which is not read; write the file as UTF-8'
  throw connectorFaults.unreadable_encoding({ name, position: 0, encoding: 'utf-8', advice })
}

// UTF-16 of western text without a mark has a zero in every other byte, of other letters at line ends, digits and delimiters at
// least; other text has none at all.
function guessFromZeros(chunk: Buffer, name: string): Encoding | undefined {
  const head = chunk.subarray(0, 4096)
  const position = head.indexOf(0)
  if (position === -1) return undefined
  const [even = 0, odd = 0] = [0, 1].map((parity) => zerosAt(head, parity) / head.length)
  if (odd > 0.3 && even < 0.05) return 'utf-16le'
  if (even > 0.3 && odd < 0.05) return 'utf-16be'
  if (odd > even && isPaired(head, 'utf-16le')) return 'utf-16le'
  if (even > odd && isPaired(head, 'utf-16be')) return 'utf-16be'
  const advice = 'it is a zero byte, which text does not have; check that the file is text'
  throw connectorFaults.unreadable_encoding({ name, position, encoding: 'utf-8', advice })
}

/** Whether bytes read as lines of letters of two bytes, and as no sound text of any other kind. */
function isPaired(head: Buffer, encoding: Encoding): boolean {
  const text = iconv.decode(head.subarray(0, head.length & ~1), encoding)
  // The last letter may be cut.
  const isSound = text.slice(0, -1).isWellFormed() && !controls.test(text)
  const bytes = Buffer.from(head.subarray(0, -4).filter((byte) => byte !== 0))
  const isOther = isUtf8(bytes) && !controls.test(bytes.toString('latin1'))
  return isSound && !isOther && /[\r\n]/.test(text)
}

const controls = /(?![\t\n\r\u{80}-\u{9f}])\p{Cc}/u

const zerosAt = (bytes: Buffer, parity: number) =>
  bytes.filter((byte, i) => byte === 0 && i % 2 === parity).length
