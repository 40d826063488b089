import { usualDepth } from './depth.ts'
import { wireFaults } from './faults.ts'
import { firstFault } from './json-fault.ts'
import { skimmed } from './skim.ts'

/**
 * Reads JSON. Whole numbers with more digits than a number can hold become text of digits, so that none is lost: ids
 * of other systems are like that. So do numbers that are larger than any can be. Half a character, as texts have that were cut in the middle of one, becomes the
 * sign for what cannot be shown: engines refuse it. What is wrong is told with its place.
 */
export const parseJson = (text: string): unknown => parsed(text).value

/**
 * The same, as far as messages are concerned: objects in them stay unread where nothing in the text is unusual. `bytes` are
 * those of the text where they are its UTF-8.
 */
export function skimmedOr(text: string, bytes: Buffer | undefined): ReturnType<typeof parsed> {
  const value = bytes === undefined || hasHalves(text) ? undefined : skimmed(bytes, text)
  return value === undefined ? parsed(text) : { value, isShallow: true }
}

const hasHalves = (text: string) => text.includes('\\ud') || text.includes('\\uD')

/** The same, and whether it is at most so many levels deep; where that is not said, somebody has to look. */
export function parsed(text: string): { readonly value: unknown; readonly isShallow: boolean } {
  const whole = hasHalves(text) ? withoutHalves(text) : text
  try {
    const value: unknown = JSON.parse(whole)
    if (isPlain(value, usualDepth)) return { value, isShallow: true }
    const isLarge = largeNumber.test(whole)
    return { value: isLarge ? parseKeepingDigits(whole) : value, isShallow: false }
  } catch (thrown) {
    if (!(thrown instanceof SyntaxError)) throw thrown
    throw asFault(text, thrown)
  }
}

// Every escape: a pair of surrogates, a single one, or any other.
const escapes =
  /\\(?:u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|(u[dD][89a-fA-F][\da-fA-F]{2})|.)/gs

const withoutHalves = (text: string): string =>
  text.replace(escapes, (found, half: string | undefined) =>
    half === undefined ? found : '\\ufffd',
  )

/** Whether no number may have lost digits, and nothing is very deep. */
function isPlain(value: unknown, levels: number): boolean {
  if (typeof value === 'number') return value > -lossy && value < lossy
  if (typeof value !== 'object' || value === null) return true
  if (levels === 0) return false
  if (Array.isArray(value)) return value.every((item) => isPlain(item, levels - 1))
  // A value that was read from JSON: what it has are values again, by name.
  const holder = value as Readonly<Record<string, unknown>>
  for (const name in holder) if (!isPlain(holder[name], levels - 1)) return false
  return true
}

const lossy = 2 ** 53

// Where a value may stand, sixteen digits and more, or an exponent of three. That it may also hit inside a text costs time,
// nothing else.
const largeNumber = /[[:,]\s*-?(?:\d{16}|\d+(?:\.\d+)?[eE]\+?\d{3})/

function parseKeepingDigits(text: string): unknown {
  try {
    return JSON.parse(text, keepDigits)
  } catch (thrown) {
    // Looking at every value goes only so deep; what is deeper is refused later, but it is JSON.
    if (thrown instanceof RangeError) return JSON.parse(text)
    throw thrown
  }
}

// The third argument is what stood in the source; the types of the language do not know it yet.
function keepDigits(_: string, value: unknown, { source }: { source?: string } = {}): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value
  // JSON has no word for what is infinite: written again, it would be null.
  const isLost = !Number.isFinite(value) || (source !== undefined && wholeNumber.test(source))
  return isLost && source !== undefined ? source : value
}

const wholeNumber = /^-?\d+$/

function asFault(text: string, thrown: SyntaxError) {
  const { position, why } = firstFault(text) ?? { position: 0, why: thrown.message }
  const before = text.slice(0, position)
  const line = before.split('\n').length
  const column = position - before.lastIndexOf('\n')
  return wireFaults.not_json({ why, line, column, position })
}
