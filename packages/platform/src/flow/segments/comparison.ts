import type { Problem } from '#kernel/fault.ts'
import { joinPlace } from '#kernel/fault.ts'
import { didYouMean } from '#kernel/near.ts'
import type { FieldType } from '#kernel/scalar.ts'
import { isTimeZone, timeZones } from './calendar.ts'
import { type Comparison, type OperatorKind, operatorKinds, operatorsFor } from './definition.ts'
import { segmentFaults } from './faults.ts'
import { forms } from './values.ts'
import { wordsIn } from './words.ts'

/** What is wrong with one question to a value of this type; before the first run of an insight its type is not known. */
export function problemsOfComparison(
  asked: Comparison,
  type: FieldType | undefined,
  at: string,
): readonly Problem[] {
  const kind: OperatorKind = operatorKinds[asked.op]
  if (type !== undefined && !kind.for.includes(type)) {
    const details = { op: asked.op, type: typeWords[type], fitting: operatorsFor(type) }
    return segmentFaults.unfit_operator(details, { at: joinPlace(at, 'op') }).problems
  }
  return [
    ...problemsOfCase(asked, type, at),
    ...problemsOfUnit(asked, kind, at),
    ...problemsOfZone(asked, type, at),
    ...problemsOfValue(kind, asked.value, { type, at: joinPlace(at, 'value') }),
    ...problemsOfWord(asked, joinPlace(at, 'value')),
  ]
}

function problemsOfCase({ case_sensitive }: Comparison, type: FieldType | undefined, at: string) {
  if (case_sensitive === undefined || type === undefined) return []
  if (type === 'text' || type === 'json') return []
  const place = { at: joinPlace(at, 'case_sensitive') }
  return segmentFaults.no_case({ type: typeWords[type] }, place).problems
}

function problemsOfUnit({ op, unit }: Comparison, { takes }: OperatorKind, at: string) {
  const isAsked = takes === 'unit' || takes === 'span'
  const place = { at: joinPlace(at, 'unit') }
  if (isAsked && unit === undefined) return segmentFaults.needs_unit({ op }, place).problems
  if (!isAsked && unit !== undefined)
    return segmentFaults.pointless({ word: 'unit', op }, place).problems
  return []
}

function problemsOfZone({ op, time_zone }: Comparison, type: FieldType | undefined, at: string) {
  if (time_zone === undefined) return []
  const place = joinPlace(at, 'time_zone')
  if (type !== undefined && type !== 'date' && type !== 'timestamp')
    return segmentFaults.pointless({ word: 'time_zone', op }, { at: place }).problems
  return problemsOfTimeZone(time_zone, place)
}

/** What is wrong with the name of a time zone. */
export function problemsOfTimeZone(zone: string | undefined, at: string): readonly Problem[] {
  if (zone === undefined || isTimeZone(zone)) return []
  const near = didYouMean(zone, timeZones())
  return segmentFaults.unknown_time_zone({ zone, near }, { at }).problems
}

interface Where {
  readonly type: FieldType | undefined
  readonly at: string
}

function problemsOfValue(
  { takes }: OperatorKind,
  value: Comparison['value'],
  { type, at }: Where,
): readonly Problem[] {
  switch (takes) {
    case 'nothing':
    case 'unit':
      return value === undefined ? [] : unfit('no value', value, at)
    case 'days':
      return isDays(value) ? [] : unfit('a whole number of days from 0 to 36500', value, at)
    case 'span':
      return isWhole(value, 0, 10_000) ? [] : unfit('a whole number from 0 to 10000', value, at)
    case 'day_of_month':
    case 'month':
    case 'year':
      return problemsOfPart(value, takes, at)
    case 'one':
      return problemsOfOne(value, type, at)
    case 'two':
      return Array.isArray(value) && value.length === 2
        ? [...problemsOfEach(value, type, at), ...problemsOfOrder(value, type, at)]
        : unfit('a list of two values, the smallest and the largest', value, at)
    case 'several':
      return Array.isArray(value) && value.length > 0
        ? problemsOfEach(value, type, at)
        : unfit('a list of values', value, at)
  }
}

function problemsOfWord({ op, value }: Comparison, at: string): readonly Problem[] {
  const isWord = op === 'whole_word' || op === 'not_whole_word'
  if (!isWord || typeof value !== 'string' || value === '' || wordsIn(value) !== '') return []
  return unfit('a word, which has letters or digits', value, at)
}

const problemsOfEach = (values: readonly unknown[], type: FieldType | undefined, at: string) =>
  values.flatMap((value, i) => problemsOfOne(value, type, `${at}[${i}]`))

function problemsOfOne(value: unknown, type: FieldType | undefined, at: string) {
  const isMissing = value === undefined || Array.isArray(value)
  if (isMissing || (type !== undefined && !forms[type].fits(value)))
    return unfit(type === undefined ? 'a value' : forms[type].expected, value, at)
  return []
}

function problemsOfOrder(
  [low, high]: readonly unknown[],
  type: FieldType | undefined,
  at: string,
): readonly Problem[] {
  if (type === undefined || !forms[type].fits(low) || !forms[type].fits(high)) return []
  const [a, b] = type === 'date' || type === 'timestamp' ? [low, high] : [Number(low), Number(high)]
  // Days and instants in ISO form are in order as text as far as the day; finer mistakes are the user's.
  const isReversed =
    typeof a === 'number' ? a > Number(b) : String(a).slice(0, 10) > String(b).slice(0, 10)
  if (!isReversed) return []
  return segmentFaults.never_true({ low: String(low), high: String(high) }, { at }).problems
}

const isWhole = (value: unknown, least: number, most: number) =>
  Number.isInteger(value) && Number(value) >= least && Number(value) <= most
const isDays = (value: unknown) => isWhole(value, 0, 36_500)

const most = { day_of_month: 31, month: 12, year: 9999 } as const

function problemsOfPart(value: Comparison['value'], takes: keyof typeof most, at: string) {
  const wanted: readonly unknown[] = Array.isArray(value) ? value : [value]
  const isFit = wanted.length > 0 && wanted.every((one) => isWhole(one, 1, most[takes]))
  const expected = `a whole number from 1 to ${most[takes]}, or a list of them`
  return isFit ? [] : unfit(expected, value, at)
}

function unfit(expected: string, value: unknown, at: string): readonly Problem[] {
  const found = value === undefined ? 'nothing' : JSON.stringify(value)
  return segmentFaults.unfit_value({ expected, found }, { at }).problems
}

/** What a type is called in a sentence. */
export const typeWords: Readonly<Record<FieldType, string>> = {
  text: 'text',
  json: 'JSON',
  integer: 'a whole number',
  decimal: 'a decimal number',
  number: 'a number',
  boolean: 'true or false',
  date: 'a day',
  timestamp: 'an instant',
}
