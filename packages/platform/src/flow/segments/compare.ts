import { call, type Draft, every, join, type Part, some, sql, value } from '#engine'
import type { FieldType } from '#kernel/scalar.ts'
import { compareTime } from './compare-times.ts'
import type { Comparison, Operator } from './definition.ts'
import { patternOf, wordsIn, wordsOnly } from './words.ts'

/** A value of a row, its type, and what is asked of it. */
export interface Question {
  readonly of: Part
  readonly type: FieldType
  readonly asked: Comparison
  readonly now: Date
  /** Where days begin and end, unless the question says otherwise. */
  readonly zone: string
}

/**
 * A checked question as SQL. Where there is no value the answer may be null: whoever negates it must take null as
 * false first. Questions that say "not" are true there.
 */
export function compare(question: Question): Part {
  const { of, type, asked, now } = question
  switch (type) {
    case 'text':
    case 'json':
      return compareText(question)
    case 'date':
    case 'timestamp':
      return compareTime({ of, type, asked, now, zone: asked.time_zone ?? question.zone })
    default:
      return compareAmount(question)
  }
}

const trueWhereEmpty = (condition: Part): Draft => sql`coalesce(${condition}, true)`

const listOf = (of: Comparison['value']) => (Array.isArray(of) ? of : [])

/** Text made ready to be compared, and the values that it is compared with. */
interface TextQuestion {
  readonly of: Part
  readonly fold: (part: Part) => Part
  readonly asked: Comparison
}

function compareText({ of, asked }: Question): Part {
  const isExact = asked.case_sensitive === true
  const answer = textAnswers[asked.op]
  if (!answer) throw unchecked(asked)
  return answer({ of, asked, fold: (part) => (isExact ? part : sql`lower(${part})`) })
}

type TextAnswer = (question: TextQuestion) => Part

const wordOf = ({ asked, fold }: TextQuestion) => fold(value(String(asked.value)))
const wordsOf = ({ asked, fold }: TextQuestion) =>
  listOf(asked.value).map((word) => fold(value(String(word))))
const isCalled =
  (fn: 'contains' | 'starts_with' | 'ends_with'): TextAnswer =>
  (q) =>
    call(fn, q.fold(q.of), wordOf(q))

// The text and the word between single blanks, so that a word is found only as a whole.
const hasWord: TextAnswer = ({ of, asked, fold }) => {
  const words = sql`' ' || ${call('replace_all', fold(of), value(wordsOnly), value(' '))} || ' '`
  return call('contains', words, fold(value(` ${wordsIn(String(asked.value))} `)))
}

const isLike: TextAnswer = ({ of, asked, fold }) => {
  const pattern = patternOf(
    asked.case_sensitive ? String(asked.value) : String(asked.value).toLowerCase(),
  )
  return sql`(${of} <> '' and ${call('matches', fold(of), value(pattern))})`
}

const holds: (how: 'any' | 'all') => TextAnswer = (how) => (q) => {
  const fn = q.asked.case_sensitive ? 'json_has' : 'json_has_folded'
  const each = wordsOf(q).map((word) => call(fn, q.of, word))
  return how === 'any' ? some(each) : every(each)
}

const not =
  (answer: TextAnswer): TextAnswer =>
  (q) =>
    trueWhereEmpty(sql`not ${answer(q)}`)

const textAnswers: Readonly<Partial<Record<Operator, TextAnswer>>> = {
  '=': (q) => sql`${q.fold(q.of)} = ${wordOf(q)}`,
  '<>': (q) => trueWhereEmpty(sql`${q.fold(q.of)} <> ${wordOf(q)}`),
  in: (q) => sql`${q.fold(q.of)} in (${join(wordsOf(q))})`,
  'not in': (q) => trueWhereEmpty(sql`${q.fold(q.of)} not in (${join(wordsOf(q))})`),
  contains: isCalled('contains'),
  not_contains: not(isCalled('contains')),
  starts_with: isCalled('starts_with'),
  ends_with: isCalled('ends_with'),
  whole_word: hasWord,
  not_whole_word: not(hasWord),
  matches: isLike,
  not_matches: not(isLike),
  has_any: holds('any'),
  has_all: holds('all'),
  has_none: not(holds('any')),
  is_empty: ({ of }) => sql`coalesce(${of}, '') = ''`,
  is_filled: ({ of }) => sql`${of} <> ''`,
}

function compareAmount({ of, type, asked }: Question): Part {
  const amount = (written: unknown) => amountOf(written, type)
  const [first, second] = listOf(asked.value)
  switch (asked.op) {
    case '=':
      return sql`${of} = ${amount(asked.value)}`
    case '<>':
      return trueWhereEmpty(sql`${of} <> ${amount(asked.value)}`)
    case '<':
      return sql`${of} < ${amount(asked.value)}`
    case '<=':
      return sql`${of} <= ${amount(asked.value)}`
    case '>':
      return sql`${of} > ${amount(asked.value)}`
    case '>=':
      return sql`${of} >= ${amount(asked.value)}`
    case 'between':
      return sql`${of} between ${amount(first)} and ${amount(second)}`
    case 'in':
      return sql`${of} in (${join(listOf(asked.value).map(amount))})`
    case 'not in':
      return trueWhereEmpty(sql`${of} not in (${join(listOf(asked.value).map(amount))})`)
    case 'is_empty':
      return sql`${of} is null`
    case 'is_filled':
      return sql`${of} is not null`
    default:
      throw unchecked(asked)
  }
}

// A decimal keeps 4 digits after the point; a value that needs more is compared as a double, never rounded to fit.
function amountOf(written: unknown, type: FieldType): Part {
  if (type === 'boolean') return value(written === true)
  if (type === 'integer') return value(BigInt(String(written)))
  const amount = Number(written)
  const isExact =
    type === 'decimal' && Math.abs(amount) < 1e11 && /^-?\d+(\.\d{1,4})?$/.test(`${amount}`)
  return isExact ? value(`${amount}`, 'decimal') : value(amount, 'number')
}

const unchecked = ({ op }: Comparison) => new Error(`an operator was not checked: ${op}`)
