import { connectorFaults } from '../faults.ts'
import type { FileOptions } from '../file-options.ts'
import type { Head } from '../text/head.ts'
import { isNumber } from './look.ts'
import { type Cell, type CsvSigns, recordsOf } from './records.ts'

/** How many records are looked at. */
const sampleRecords = 200

/** Signs that fit less well than this fit by accident. */
const leastFit = 0.25

const delimiters = [',', ';', '\t', '|', '^', '~', '\u0001'] as const

/** Delimiters as a person can read and write them. */
const shown: Readonly<Record<string, string>> = { '\t': '"\\t"', '\u0001': '"\\u0001"' }

/** The first records of a text; the last one is left out when the text was cut within it. */
export function sampleOf(head: Head, signs: CsvSigns): readonly (readonly Cell[])[] {
  const records = recordsOf(head.text, signs)
    .take(sampleRecords + 1)
    .toArray()
  return head.isWhole && records.length <= sampleRecords ? records : records.slice(0, -1)
}

/**
 * Finds out what stands between and around values: of all signs that could be meant, the ones under which the sample falls
 * into records of the same length and tidy values (after van den Burg, Nazábal and Sutton 2019, simplified).
 */
export function findSigns(head: Head, options: FileOptions, name: string): CsvSigns {
  const tries = candidates(head.text, options).map((signs) => {
    const records = sampleOf(head, signs)
    return { signs, fit: fitOf(records, signs.delimiter), width: commonWidth(records) }
  })
  if (options.delimiter !== undefined) return best(tries).signs
  const { signs, fit } = best(tries)
  const rivals = tries.filter(
    (other) => other.signs.delimiter !== signs.delimiter && other.fit > fit * 0.95,
  )
  if (fit >= leastFit && rivals.length === 0) return signs
  const single = fit < leastFit && singleColumn(head, options)
  if (single) return single
  const candidatesFor = fit < leastFit ? [] : [signs, ...rivals.map((rival) => rival.signs)]
  const words = candidatesFor.map(({ delimiter }) => shown[delimiter] ?? `"${delimiter}"`)
  throw connectorFaults.cannot_tell_delimiter({ name, candidates: [...new Set(words)] })
}

interface Try {
  readonly signs: CsvSigns
  readonly fit: number
}

// The first of equals: common signs stand before rare ones.
const best = <T extends Try>(tries: readonly T[]): T =>
  tries.reduce((a, b) => (b.fit > a.fit ? b : a))

function candidates(text: string, options: FileOptions): readonly CsvSigns[] {
  const quotes = options.quote !== undefined ? [options.quote] : quotesIn(text)
  return (options.delimiter !== undefined ? [options.delimiter] : delimiters).flatMap((delimiter) =>
    quotes.flatMap((quote) => withEscapes(delimiter, quote, text)),
  )
}

function quotesIn(text: string): readonly string[] {
  const double = text.includes('"') ? ['"', ''] : ['"']
  return /(^|[^\w\s])'[^']*'([^\w\s]|$)/m.test(text) ? [...double, "'"] : double
}

function withEscapes(delimiter: string, quote: string, text: string): readonly CsvSigns[] {
  const doubled = { delimiter, quote, escape: quote }
  const hasBackslash = quote !== '' && text.includes(`\\${quote}`)
  return hasBackslash ? [doubled, { delimiter, quote, escape: '\\' }] : [doubled]
}

/** How well a sample reads under a delimiter, from 0 (not at all) to nearly 1. */
function fitOf(records: readonly (readonly Cell[])[], delimiter: string): number {
  const width = commonWidth(records)
  if (width < 2) return 0
  const same = records.filter((record) => record.length === width)
  const cells = same.flat()
  const tidy = cells.filter((cell) => isTidy(cell, delimiter)).length / cells.length
  // A first record of another length is nearly always a header that the wrong sign did not divide.
  const firstFits = records[0]?.length === width ? 1 : 0.4
  return (same.length / records.length) * tidy * firstFits * ((width - 1) / width)
}

/** The number of values that most records have. */
export function commonWidth(records: readonly (readonly unknown[])[]): number {
  const counts = new Map<number, number>()
  for (const { length } of records) counts.set(length, (counts.get(length) ?? 0) + 1)
  const [most] = [...counts].sort(([, a], [, b]) => b - a)
  return most?.[0] ?? 0
}

// Untidy is what a wrong sign leaves: quotes that do not close or still stand, and other delimiters inside of a value. A
// delimiter with a space behind it is prose.
function isTidy({ text, isQuoted, isBroken }: Cell, delimiter: string): boolean {
  if (isBroken) return false
  if (isQuoted || isNumber(text)) return true
  if (/^(["']).*\1$/.test(text.trim())) return false
  return !delimiters.some((sign) => sign !== delimiter && standsTight(sign, text))
}

function standsTight(sign: string, text: string): boolean {
  const at = text.indexOf(sign)
  return at !== -1 && text[at + 1] !== ' '
}

/** The reading as one column, if hardly any record holds a delimiter: divided by one that none holds. */
function singleColumn(head: Head, options: FileOptions): CsvSigns | undefined {
  const quote = options.quote ?? '"'
  const lines = head.text.split(/\r\n|\n|\r/, sampleRecords).filter((line) => line !== '')
  const free = delimiters.find((delimiter) => !head.text.includes(delimiter))
  const divided = lines.filter((line) => delimiters.some((sign) => line.includes(sign)))
  if (free === undefined || divided.length > lines.length / 10) return undefined
  return { delimiter: free, quote, escape: quote }
}
