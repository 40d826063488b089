import type { Problem } from '#kernel/fault.ts'
import { joinPlace } from '#kernel/fault.ts'
import type { FieldType } from '#kernel/scalar.ts'
import { type Comparison, type OperatorKind, operatorKinds, operatorsFor } from './definition.ts'
import { segmentFaults } from './faults.ts'
import { forms } from './values.ts'

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
    ...problemsOfValue(kind, asked.value, { type, at: joinPlace(at, 'value') }),
  ]
}

function problemsOfCase({ case_sensitive }: Comparison, type: FieldType | undefined, at: string) {
  if (case_sensitive === undefined || type === undefined) return []
  if (type === 'text' || type === 'json') return []
  const place = { at: joinPlace(at, 'case_sensitive') }
  return segmentFaults.no_case({ type: typeWords[type] }, place).problems
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
      return value === undefined ? [] : unfit('no value', value, at)
    case 'days':
      return isDays(value) ? [] : unfit('a whole number of days from 0 to 36500', value, at)
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

const isDays = (value: unknown) => Number.isInteger(value) && isWithin(Number(value), 0, 36_500)
const isWithin = (n: number, least: number, most: number) => n >= least && n <= most

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
