// Finds where JSON values end, without making them. What is not exactly as JSON.stringify could have written it, blanks aside,
// counts as unusual and is left to JSON.parse: it may be wrong, or mean the same in other words. Over bytes of UTF-8, because
// that is three times as quick as over text.

/** What scanning answers where it leaves off. */
export const unusual = -1

const [quote, backslash, blank, comma, colon] = [0x22, 0x5c, 0x20, 0x2c, 0x3a]
const [openBrace, closeBrace, openBracket, closeBracket] = [0x7b, 0x7d, 0x5b, 0x5d]
const [minus, point, zero, nine] = [0x2d, 0x2e, 0x30, 0x39]

// What stands behind the last byte: no sign of JSON.
const end = 0

function codesOf(of: string): readonly number[] {
  return [...of].map((sign) => sign.charCodeAt(0))
}

/** The codes of signs that those who scan on their own look for. */
export const signs = {
  quote,
  comma,
  colon,
  openBrace,
  closeBrace,
  openBracket,
  closeBracket,
} as const

/** Where the blanks end. */
export function endOfBlanks(bytes: Uint8Array, at: number): number {
  let last = at
  while (bytes[last] === blank) last++
  return last
}

/** Where the value ends that begins here; `levels` is how deep it may be. */
export function endOfValue(bytes: Uint8Array, at: number, levels: number): number {
  const code = bytes[at] ?? end
  if (code === quote) return endOfText(bytes, at)
  if (code === openBrace) return endOfObject(bytes, at, levels)
  if (code === openBracket) return endOfList(bytes, at, levels)
  if (code === minus || (code >= zero && code <= nine)) return endOfNumber(bytes, at)
  return endOfWord(bytes, at)
}

/** Where the text ends that begins here with a quote. */
export function endOfText(bytes: Uint8Array, at: number): number {
  let next = at + 1
  for (;;) {
    const code = bytes[next++] ?? end
    if (code === quote) return next
    if (code < blank) return unusual
    if (code === backslash) {
      next = endOfEscape(bytes, next)
      if (next === unusual) return unusual
    }
  }
}

/** Where the name of a member ends. One with an escape in it is unusual. */
export function endOfName(bytes: Uint8Array, at: number): number {
  if (bytes[at] !== quote) return unusual
  for (let next = at + 1; ; ) {
    const code = bytes[next++] ?? end
    if (code === quote) return next
    if (code < blank || code === backslash) return unusual
  }
}

/** Where the value of a member begins whose name ends here. */
export function startOfMember(bytes: Uint8Array, at: number): number {
  const next = endOfBlanks(bytes, at)
  return bytes[next] === colon ? endOfBlanks(bytes, next + 1) : unusual
}

const [u, ...shortEscapes] = codesOf('u"\\/bfnrt')
const hexDigits = codesOf('0123456789abcdefABCDEF')

function endOfEscape(bytes: Uint8Array, at: number): number {
  const sign = bytes[at] ?? end
  if (sign !== u) return shortEscapes.includes(sign) ? at + 1 : unusual
  const isHex = [1, 2, 3, 4].every((place) => hexDigits.includes(bytes[at + place] ?? end))
  return isHex ? at + 5 : unusual
}

function endOfObject(bytes: Uint8Array, at: number, levels: number): number {
  if (levels === 0) return unusual
  let next = endOfBlanks(bytes, at + 1)
  if (bytes[next] === closeBrace) return next + 1
  for (;;) {
    const named = endOfName(bytes, next)
    const start = named === unusual ? unusual : startOfMember(bytes, named)
    const last = start === unusual ? unusual : endOfValue(bytes, start, levels - 1)
    if (last === unusual) return unusual
    next = endOfBlanks(bytes, last)
    const code = bytes[next] ?? end
    if (code === closeBrace) return next + 1
    if (code !== comma) return unusual
    next = endOfBlanks(bytes, next + 1)
  }
}

function endOfList(bytes: Uint8Array, at: number, levels: number): number {
  if (levels === 0) return unusual
  let next = endOfBlanks(bytes, at + 1)
  if (bytes[next] === closeBracket) return next + 1
  for (;;) {
    const last = endOfValue(bytes, next, levels - 1)
    if (last === unusual) return unusual
    next = endOfBlanks(bytes, last)
    const code = bytes[next] ?? end
    if (code === closeBracket) return next + 1
    if (code !== comma) return unusual
    next = endOfBlanks(bytes, next + 1)
  }
}

const words = ['true', 'false', 'null'].map(codesOf)

function endOfWord(bytes: Uint8Array, at: number): number {
  const found = words.find((word) => startsWith(bytes, at, word))
  return found === undefined ? unusual : at + found.length
}

const startsWith = (bytes: Uint8Array, at: number, codes: readonly number[]): boolean =>
  codes.every((code, i) => bytes[at + i] === code)

const fiveZeros = codesOf('00000')
// So many digits a number always keeps.
const mostDigits = 15

/** Numbers as they are printed: no exponent, no zeros that say nothing, no more digits than a number keeps. */
function endOfNumber(bytes: Uint8Array, at: number): number {
  const first = bytes[at] === minus ? at + 1 : at
  const whole = endOfDigits(bytes, first)
  const startsWithZero = bytes[first] === zero
  if (whole === first || (startsWithZero && whole > first + 1)) return unusual
  // -0 is printed as 0.
  const isBare = bytes[whole] !== point
  const last = isBare ? whole : endOfFraction(bytes, whole + 1, startsWithZero)
  if (isBare && startsWithZero && first > at) return unusual
  return last - first > mostDigits || isExponent(bytes[last] ?? end) ? unusual : last
}

// Below a millionth they are printed with an exponent.
function endOfFraction(bytes: Uint8Array, at: number, isBelowOne: boolean): number {
  const last = endOfDigits(bytes, at)
  if (last === at || bytes[last - 1] === zero) return unusual
  return isBelowOne && startsWith(bytes, at, fiveZeros) ? unusual : last
}

const isExponent = (code: number) => code === 0x65 || code === 0x45

function endOfDigits(bytes: Uint8Array, at: number): number {
  let last = at
  for (;;) {
    const code = bytes[last] ?? end
    if (code < zero || code > nine) return last
    last++
  }
}
