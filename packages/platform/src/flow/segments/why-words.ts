import type {
  Comparison,
  Condition,
  ConsentCondition,
  Measure,
  Operator,
  Rank,
  RowCondition,
  Sequence,
} from './definition.ts'

/** What a condition asks, in plain English; groups only say how what is inside them is put together. */
export function saysOf(condition: Condition): string {
  if ('all' in condition)
    return condition.all.length === 0 ? 'everybody (no condition at all)' : 'all of these hold'
  if ('any' in condition)
    return condition.any.length === 0
      ? 'nobody (no condition at all)'
      : 'at least one of these holds'
  if ('not' in condition) return 'this does not hold'
  if ('field' in condition) return `${words(condition.field)} ${askedOf(condition)}`
  if ('insight' in condition) return `${insightWords(condition.insight)} ${askedOf(condition)}`
  if ('segment' in condition)
    return condition.use === 'definition'
      ? `meant by the segment "${condition.segment}" as it is defined`
      : `a member of the segment "${condition.segment}"`
  if ('sequence' in condition) return sequenceWords(condition)
  if ('consent' in condition) return consentWords(condition.consent)
  if (!('measure' in condition)) return `at least one row of ${rowsWords(condition)}`
  return `${measureWords(condition)} ${askedOf(condition)}`
}

/** What people are ranked by, in plain English. */
export function rankWords({ first, per, by, order = 'highest' }: Rank): string {
  const group = per === undefined ? '' : ` of each ${words(per)}`
  return `among the first ${first}${group} with the ${order} ${rankedWords(by)}`
}

function rankedWords(by: Rank['by']): string {
  if ('field' in by) return words(by.field)
  return 'insight' in by ? insightWords(by.insight) : measureWords(by)
}

const words = (path: string) =>
  path
    .split('.')
    .map((part) => part.replaceAll('_', ' '))
    .join(' › ')

function insightWords(path: string): string {
  const [insight = '', measure = ''] = path.split('.')
  return `${words(measure)} of the insight "${insight}"`
}

type Rows = Pick<Sequence['sequence'][number], 'related' | 'where' | 'look_back'>

function rowsWords({ related, where, look_back: back }: Rows): string {
  const recent = back === undefined ? '' : ` in the last ${counted(back.value, back.unit)}`
  const only = where === undefined ? '' : ` where ${rowWords(where)}`
  return `${words(related)}${recent}${only}`
}

const measureNames: Readonly<Record<Measure, string>> = {
  count: 'number of rows',
  count_distinct: 'number of different values of',
  sum: 'sum of',
  min: 'smallest',
  max: 'largest',
  avg: 'average of',
  first: 'first',
  last: 'last',
}

const measureWords = (of: Rows & { measure: Measure; of?: string | undefined }): string =>
  [
    measureNames[of.measure],
    ...(of.of === undefined ? [] : [words(of.of)]),
    'of',
    rowsWords(of),
  ].join(' ')

function rowWords(condition: RowCondition): string {
  if ('all' in condition) return joined(condition.all, 'and', 'any row')
  if ('any' in condition) return joined(condition.any, 'or', 'no row')
  if ('not' in condition) return `not (${rowWords(condition.not)})`
  return `${words(condition.field)} ${askedOf(condition)}`
}

function joined(of: readonly RowCondition[], word: string, none: string): string {
  if (of.length === 0) return none
  const parts = of.map(rowWords)
  return parts.length === 1 ? parts.join('') : `(${parts.join(` ${word} `)})`
}

function sequenceWords({ sequence }: Sequence): string {
  const steps = sequence.map((step, i) => {
    const span = step.within ? ` within ${counted(step.within.value, step.within.unit)}` : ''
    const rows = rowsWords(step)
    if (i === 0) return `first ${rows}`
    return step.never === true ? `and then no ${rows}${span}` : `then${span} ${rows}`
  })
  return steps.join(', ')
}

function consentWords({ channel, purpose, status }: ConsentCondition['consent']): string {
  const forWhat = purpose === undefined ? '' : ` for "${purpose}"`
  return `consent to being reached by ${words(channel)}${forWhat} is ${words(status)}`
}

const counted = (n: unknown, unit: string) => `${String(n)} ${unit}${Number(n) === 1 ? '' : 's'}`

/** What is asked of a value. */
function askedOf(asked: Comparison): string {
  const phrase = phrases[asked.op]
  const exactly = asked.case_sensitive === true ? ' (letter by letter)' : ''
  const zone = asked.time_zone === undefined ? '' : ` (in ${asked.time_zone})`
  return `${phrase(asked)}${exactly}${zone}`
}

const shown = (value: unknown): string =>
  typeof value === 'string' && !/^\d{4}-\d\d-\d\d/.test(value) ? `"${value}"` : String(value)

const listed = ({ value }: Comparison, last: string): string => {
  const all = [value].flat().map(shown)
  return all.length < 2 ? all.join('') : `${all.slice(0, -1).join(', ')} ${last} ${all.at(-1)}`
}

type Phrase = (asked: Comparison) => string

const one =
  (phrase: string): Phrase =>
  ({ value }) =>
    `${phrase} ${shown(value)}`
const plain =
  (phrase: string): Phrase =>
  () =>
    phrase
const inUnit =
  (phrase: string): Phrase =>
  ({ unit = '' }) =>
    `lies in ${phrase} ${unit}`
const span =
  (phrase: string, after = ''): Phrase =>
  ({ value, unit = '' }) =>
    `${phrase} ${counted(value, unit)}${after}`
const days =
  (phrase: string): Phrase =>
  ({ value }) =>
    `${phrase} ${counted(value, 'day')}`

const phrases: Readonly<Record<Operator, Phrase>> = {
  '=': one('is'),
  '<>': one('is not'),
  '<': one('is less than'),
  '<=': one('is at most'),
  '>': one('is more than'),
  '>=': one('is at least'),
  in: (asked) => `is ${listed(asked, 'or')}`,
  'not in': (asked) => `is neither ${listed(asked, 'nor')}`,
  between: (asked) => `lies between ${listed(asked, 'and')}`,
  contains: one('contains'),
  not_contains: one('does not contain'),
  starts_with: one('starts with'),
  ends_with: one('ends with'),
  whole_word: one('has the word'),
  not_whole_word: one('does not have the word'),
  matches: one('looks like'),
  not_matches: one('does not look like'),
  has_any: (asked) => `has ${listed(asked, 'or')}`,
  has_all: (asked) => `has ${listed(asked, 'and')}`,
  has_none: (asked) => `has neither ${listed(asked, 'nor')}`,
  is_empty: plain('is empty'),
  is_filled: plain('is filled'),
  before: one('is before'),
  after: one('is after'),
  on: one('is on'),
  within_last_days: days('lies in the last'),
  not_within_last_days: days('does not lie in the last'),
  within_next_days: days('lies in the next'),
  today: plain('is today'),
  yesterday: plain('was yesterday'),
  tomorrow: plain('is tomorrow'),
  this: inUnit('this'),
  last: inUnit('last'),
  next: inUnit('next'),
  within_last: span('lies in the last'),
  not_within_last: span('does not lie in the last'),
  within_next: span('lies in the next'),
  more_than_ago: span('is more than', ' ago'),
  more_than_ahead: span('is more than', ' ahead'),
  ago: span('was', ' ago'),
  from_now: span('is', ' from now'),
  anniversary: plain('has its day today'),
  anniversary_of: one('has its day on'),
  anniversary_within_next_days: days('has its day in the next'),
  day_of_month: (asked) => `is on day ${listed(asked, 'or')} of a month`,
  month: (asked) => `is in month ${listed(asked, 'or')}`,
  year: (asked) => `is in year ${listed(asked, 'or')}`,
}
