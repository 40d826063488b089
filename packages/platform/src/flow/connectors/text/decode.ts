import iconv from 'iconv-lite'
import { connectorFaults } from '../faults.ts'
import type { Encoding } from '../file-options.ts'

/** What decoding needs to know. */
export interface Decoded {
  readonly name: string
  readonly encoding: Encoding
  readonly signal: AbortSignal
}

const unknownLetter = '\ufffd'

/** The text of some bytes, without byte order mark. A byte that is no letter of the encoding is refused by position. */
export async function* decode(
  bytes: AsyncIterable<Buffer>,
  { name, encoding, signal }: Decoded,
): AsyncGenerator<string> {
  const decoder = iconv.getDecoder(encoding)
  let position = 0
  const refuse = (advice: string) => {
    throw connectorFaults.unreadable_encoding({ name, position, encoding, advice })
  }
  const checked = (text: string) => {
    const bad = firstBad(text, encoding)
    if (bad === -1) return text
    position += iconv.encode(text.slice(0, bad), encoding).length
    return refuse('set encoding to the one it was written in')
  }
  for await (const chunk of bytes) {
    signal.throwIfAborted()
    yield checked(decoder.write(chunk))
    position += chunk.length
  }
  yield checked(decoder.end() ?? '')
  const isHalf = isPaired(encoding) && position % 2 === 1
  if (isHalf) refuse('half a letter stands at its end, so the file may be cut off')
}

const isPaired = (encoding: Encoding) => encoding === 'utf-16le' || encoding === 'utf-16be'

/** The place of the first letter that is none; -1 where all are. */
function firstBad(text: string, encoding: Encoding): number {
  if (isPaired(encoding)) return text.isWellFormed() ? -1 : text.search(halfLetter)
  return hasUnknownLetter[encoding] ? -1 : text.indexOf(unknownLetter)
}

// One half of a letter of four bytes without the other.
const halfLetter = /\p{Surrogate}/u

// In these the letter that stands for unknown ones can be meant, so it proves nothing.
const hasUnknownLetter: Readonly<Partial<Record<Encoding, true>>> = {
  'utf-8': true,
  gb18030: true,
}
