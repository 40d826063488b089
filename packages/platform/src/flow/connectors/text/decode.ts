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
  const checked = (text: string) => {
    const bad = hasUnknownLetter[encoding] ? -1 : text.indexOf(unknownLetter)
    if (bad === -1) return text
    position += iconv.encode(text.slice(0, bad), encoding).length
    const advice = 'set encoding to the one it was written in'
    throw connectorFaults.unreadable_encoding({ name, position, encoding, advice })
  }
  for await (const chunk of bytes) {
    signal.throwIfAborted()
    yield checked(decoder.write(chunk))
    position += chunk.length
  }
  yield checked(decoder.end() ?? '')
}

// In these the letter that stands for unknown ones can be meant, so it proves nothing.
const hasUnknownLetter: Readonly<Partial<Record<Encoding, true>>> = {
  'utf-8': true,
  'utf-16le': true,
  'utf-16be': true,
  gb18030: true,
}
