/** A value's place in a JSON text, and its name where it is a member of an object. */
export interface Slice {
  readonly name: string
  readonly start: number
  readonly end: number
}

/**
 * The members or items of the object or list that begins at `from`. The text must have been parsed before: nothing is
 * checked again. Numbers that JavaScript would round stay what they are, because nothing but places is told.
 */
export function* slicesOf(text: string, from = pastSpace(text, 0)): Generator<Slice> {
  const isObject = text[from] === '{'
  const close = isObject ? '}' : ']'
  let at = pastSpace(text, from + 1)
  while (text[at] !== close) {
    const nameEnd = isObject ? endOfText(text, at) : at
    const start = isObject ? pastSpace(text, pastSpace(text, nameEnd) + 1) : at
    const end = endOfValue(text, start)
    yield { name: isObject ? nameIn(text, at, nameEnd) : '', start, end }
    at = pastSpace(text, end)
    if (text[at] === ',') at = pastSpace(text, at + 1)
  }
}

/** Where the value at a path stands; nothing when there is none. Of members with the same name the last counts. */
export function sliceAt(text: string, path: readonly string[]): Slice | undefined {
  let found: Slice | undefined = { name: '', start: pastSpace(text, 0), end: text.trimEnd().length }
  for (const name of path) {
    if (found === undefined || !'{['.includes(text[found.start] ?? ' ')) return undefined
    let inner: Slice | undefined
    for (const slice of slicesOf(text, found.start)) if (slice.name === name) inner = slice
    found = inner
  }
  return found
}

/** JSON on one line. Line ends can only stand between values, where a space does as well. */
export const onOneLine = (json: string): string => json.replace(/[\r\n]+/g, ' ')

function endOfValue(text: string, from: number): number {
  const sign = text[from]
  if (sign === '"') return endOfText(text, from)
  if (sign === '{' || sign === '[') return endOfNest(text, from)
  let at = from
  while (at < text.length && !isEndOfPlain(text.charCodeAt(at))) at++
  return at
}

function endOfNest(text: string, from: number): number {
  let depth = 0
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === quote) at = endOfText(text, at) - 1
    else if (code === openBrace || code === openBracket) depth++
    else if ((code === closeBrace || code === closeBracket) && --depth === 0) return at + 1
  }
  return text.length
}

function endOfText(text: string, from: number): number {
  for (let at = text.indexOf('"', from + 1); at !== -1; at = text.indexOf('"', at + 1)) {
    let before = at
    while (text.charCodeAt(before - 1) === backslash) before--
    if ((at - before) % 2 === 0) return at + 1
  }
  return text.length
}

function pastSpace(text: string, from: number): number {
  let at = from
  while (isSpace(text.charCodeAt(at))) at++
  return at
}

// What stands between two quotes was parsed before, so it is a text.
const nameIn = (text: string, from: number, to: number) =>
  JSON.parse(text.slice(from, to)) as string

const [quote, backslash] = [34, 92]
const [openBrace, closeBrace, openBracket, closeBracket, comma] = [123, 125, 91, 93, 44]

const isSpace = (code: number) => code === 32 || code === 10 || code === 13 || code === 9
const isEndOfPlain = (code: number) =>
  code === comma || code === closeBrace || code === closeBracket || isSpace(code)
