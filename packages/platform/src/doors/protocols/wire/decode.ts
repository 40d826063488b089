import { isUtf8 } from 'node:buffer'

/** A text and whether its bytes were what JSON has to be. */
export interface Decoded {
  readonly text: string
  readonly isUtf8: boolean
}

/**
 * Turns bytes into text. JSON has to be UTF-8; what is not is read as what it says or looks like, at the last as
 * Windows-1252, in which every byte is a letter: nothing is lost.
 */
export function decode(body: Buffer, contentType: string | undefined): Decoded {
  const marked = markOf(body)
  if (marked === undefined && isUtf8(body)) return { text: body.toString('utf8'), isUtf8: true }
  if (marked === 'utf-8') return { text: body.toString('utf8', 3), isUtf8: true }
  return { text: decodeAs(marked ?? charsetOf(contentType), body), isUtf8: false }
}

function markOf(body: Buffer): string | undefined {
  const [first, second, third] = body
  if (first === 0xef && second === 0xbb && third === 0xbf) return 'utf-8'
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  if (first === 0xfe && second === 0xff) return 'utf-16be'
  // JSON begins with two ASCII characters, or one: a zero beside the first can only be half of one.
  if (first !== undefined && second === 0) return 'utf-16le'
  return first === 0 && second !== undefined ? 'utf-16be' : undefined
}

function charsetOf(contentType: string | undefined): string {
  const [, charset = ''] = contentType?.toLowerCase().split('charset=') ?? []
  const name = (charset.split(';')[0] ?? '').replaceAll('"', '').trim()
  return name === '' || name.startsWith('utf') ? 'windows-1252' : name
}

function decodeAs(charset: string, body: Buffer): string {
  try {
    return new TextDecoder(charset).decode(body)
  } catch {
    return new TextDecoder('windows-1252').decode(body)
  }
}
