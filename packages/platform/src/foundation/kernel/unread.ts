/**
 * An object as JSON text that nobody has read yet. Most of what is sent is only passed on: it costs more to read it and to write
 * it again than everything else that is done with it. Written as JSON it is the object.
 */
export class Unread {
  /** JSON of an object, known to be sound and on one line. */
  readonly text: string

  constructor(text: string) {
    this.text = text
  }

  /** Whether it has a member of this name, which must be written as itself. */
  has(name: string): boolean {
    return hasMember(this.text, `"${name}"`)
  }

  read(): Readonly<Record<string, unknown>> {
    return JSON.parse(this.text)
  }

  toJSON(): Readonly<Record<string, unknown>> {
    return this.read()
  }
}

const [quote, backslash, colon, blank] = [0x22, 0x5c, 0x3a, 0x20]

/** Looks from one quote to the next; the text is sound. */
function hasMember(text: string, quoted: string): boolean {
  if (!text.includes(quoted)) return false
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === quote) {
      const end = endOfText(text, at)
      if (depth === 1 && text.startsWith(quoted, at) && isName(text, end)) return true
      at = end
    } else if (code === 0x7b || code === 0x5b) depth++
    else if (code === 0x7d || code === 0x5d) depth--
  }
  return false
}

/** Where the closing quote stands. */
function endOfText(text: string, at: number): number {
  let end = at + 1
  for (; text.charCodeAt(end) !== quote; end++) if (text.charCodeAt(end) === backslash) end++
  return end
}

function isName(text: string, end: number): boolean {
  let at = end + 1
  while (text.charCodeAt(at) === blank) at++
  return text.charCodeAt(at) === colon
}

/** The same object with all its members read; itself where nothing is left to be read. */
export function withAllRead(of: Readonly<Record<string, unknown>>): typeof of {
  for (const name in of) if (of[name] instanceof Unread) return everythingRead(of)
  return of
}

const everythingRead = (of: Readonly<Record<string, unknown>>): typeof of =>
  Object.fromEntries(
    Object.entries(of).map(([name, value]) => [
      name,
      value instanceof Unread ? value.read() : value,
    ]),
  )
