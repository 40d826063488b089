import fc from 'fast-check'
import { expect, test } from 'vitest'
import { column, sql, value } from '#engine'
import { memoryEngine } from '#engine/testing'
import { insightTable } from '#insights'
import { isLong } from '#kernel/testing/long.ts'
import { problemsOfMembership } from './check.ts'
import { compile } from './compile.ts'
import {
  type Comparison,
  type Condition,
  gapUnits,
  type Membership,
  type Related,
  type RowCondition,
  type Segment,
  type Sequence,
  units,
} from './definition.ts'
import type { Ground } from './ground.ts'
import { memberTable, personTable } from './tables.ts'
import {
  profileId,
  segmentTenant,
  setPeople,
  setRows,
  type TenantRow,
  tenantGround,
  tenantSubjects,
} from './testing/index.ts'
import { whyOf } from './why.ts'

const now = new Date('2026-02-16T12:00:00Z')

// --- the slow obvious version ---

type Cell = string | number | boolean | null
type Plain = Readonly<Record<string, Cell>>

interface Person {
  readonly fields: Plain
  readonly orders: readonly Plain[]
  /** Lines of orders, each with the product it is for. */
  readonly lines: readonly Plain[]
  readonly total: number | null
  readonly isVip: boolean
}

const ms = (text: string) => Date.parse(text.length === 10 ? `${text}T00:00:00Z` : text)
const day = 86_400_000

function holds(condition: Condition, person: Person, zone: string): boolean {
  if ('all' in condition) return condition.all.every((inner) => holds(inner, person, zone))
  if ('any' in condition) return condition.any.some((inner) => holds(inner, person, zone))
  if ('not' in condition) return !holds(condition.not, person, zone)
  if ('segment' in condition && condition.use !== 'definition') return person.isVip
  if ('segment' in condition) return holdsDefined(condition.segment, person)
  if ('insight' in condition) return answers(person.total, condition, zone)
  if ('field' in condition) return answers(person.fields[condition.field] ?? null, condition, zone)
  if ('sequence' in condition) return comesAfter(condition, person, zone)
  // Asked in a test of its own.
  if ('consent' in condition) return expect.unreachable('consent')
  if (!('measure' in condition)) return rowsThat(condition, person, zone).length > 0
  return answers(measured(condition, person, zone), condition, zone)
}

const rowsOf = (object: string, person: Person) =>
  object === 'sales_order' ? person.orders : person.lines

function rowsThat(
  asked: Pick<Related, 'related' | 'where' | 'look_back'>,
  person: Person,
  zone: string,
) {
  const { related, where, look_back: back } = asked
  return rowsOf(related, person).filter(
    (row) =>
      (where === undefined || rowHolds(where, row, zone)) &&
      (back === undefined ||
        answers(row['purchased_at'] ?? null, { op: 'within_last', ...back }, zone)),
  )
}

function measured(asked: Related, person: Person, zone: string): Cell {
  const { measure, of = '' } = asked
  const rows = rowsThat(asked, person, zone)
  if (measure === 'count') return rows.length
  const cells = rows.flatMap((row) => row[of] ?? [])
  if (measure === 'count_distinct') return new Set(cells).size
  if (measure === 'first' || measure === 'last') return atTheEnd(rows, of, measure)
  if (cells.length === 0) return null
  if (measure === 'min' || measure === 'max') {
    const sorted = cells.toSorted((a, b) => (a < b ? -1 : 1))
    return (measure === 'min' ? sorted[0] : sorted.at(-1)) ?? null
  }
  const sum = cells.reduce((all: number, cell) => all + Number(cell), 0)
  return measure === 'sum' ? sum : sum / cells.length
}

// By time, then by value; rows without either are in no order.
function atTheEnd(rows: readonly Plain[], of: string, measure: 'first' | 'last'): Cell {
  const timed = rows.flatMap((row) => {
    const [at, cell] = [row['purchased_at'], row[of]]
    return typeof at === 'string' && cell !== null && cell !== undefined
      ? [{ at: ms(at), cell }]
      : []
  })
  const sorted = timed.toSorted((a, b) => a.at - b.at || (a.cell < b.cell ? -1 : 1))
  return (measure === 'first' ? sorted[0] : sorted.at(-1))?.cell ?? null
}

const gapMs = { minute: 60_000, hour: 3_600_000, day, week: 7 * day } as const

// Tries every way to choose a row for each step.
function comesAfter({ sequence }: Sequence, person: Person, zone: string): boolean {
  const timesOf = (step: Sequence['sequence'][number]) =>
    rowsThat(step, person, zone).flatMap((row) =>
      typeof row['purchased_at'] === 'string' ? [ms(row['purchased_at'])] : [],
    )
  const from = (i: number, before: number): boolean => {
    const step = sequence[i]
    if (step === undefined) return true
    const span = step.within
      ? step.within.value * gapMs[step.within.unit]
      : Number.POSITIVE_INFINITY
    const fitting = timesOf(step).filter((at) => at > before && at - before <= span)
    if (step.never === true)
      return fitting.length === 0 && (step.within === undefined || now.getTime() - before > span)
    return fitting.some((at) => from(i + 1, at))
  }
  const [first] = sequence
  return first !== undefined && timesOf(first).some((at) => from(1, at))
}

// Segments that others use by definition, one of them by way of the other.
const defined: Readonly<Record<string, Extract<Segment['body'], Membership>>> = {
  berliners: {
    label: 'Today in Berlin',
    on: 'individual',
    time_zone: 'Europe/Berlin',
    include: { field: 'created_at', op: 'on', value: '2026-02-16' },
    exclude: { field: 'owns_home', op: '=', value: true },
  },
  either: {
    label: 'Either',
    on: 'individual',
    parameters: { channel: { type: 'text', default: 'web' } },
    include: {
      any: [
        { segment: 'berliners', use: 'definition' },
        { related: 'sales_order', where: { field: 'channel', op: '=', value: '$channel' } },
      ],
    },
  },
}

function holdsDefined(key: string, person: Person): boolean {
  const body = defined[key]!
  const text = JSON.stringify(body.include).replace('$channel', 'web')
  const [include, zone] = [JSON.parse(text) as Condition, body.time_zone ?? 'UTC']
  return holds(include, person, zone) && !(body.exclude && holds(body.exclude, person, zone))
}

function rowHolds(condition: RowCondition, row: Plain, zone: string): boolean {
  if ('all' in condition) return condition.all.every((inner) => rowHolds(inner, row, zone))
  if ('any' in condition) return condition.any.some((inner) => rowHolds(inner, row, zone))
  if ('not' in condition) return !rowHolds(condition.not, row, zone)
  return answers(row[condition.field] ?? null, condition, zone)
}

const denials: Readonly<Record<string, Comparison['op']>> = {
  '<>': '=',
  'not in': 'in',
  not_within_last_days: 'within_last_days',
  not_within_last: 'within_last',
  not_contains: 'contains',
  not_whole_word: 'whole_word',
  not_matches: 'matches',
  has_none: 'has_any',
  is_empty: 'is_filled',
}

function answers(cell: Cell, asked: Comparison, zone: string): boolean {
  const denied = denials[asked.op]
  if (denied) return !answers(cell, { ...asked, op: denied }, zone)
  if (cell === null || cell === '') return false
  if (asked.op === 'is_filled') return true
  const isTime = typeof cell === 'string' && /^\d{4}-/.test(cell)
  return isTime ? answersTime(cell, asked, zone) : answersPlain(cell, asked)
}

function answersPlain(cell: Exclude<Cell, null>, asked: Comparison): boolean {
  const fold = (of: unknown) =>
    typeof of === 'string' && !asked.case_sensitive ? of.toLowerCase() : of
  const found = fold(cell)
  const wanted = fold(asked.value)
  const several = Array.isArray(asked.value) ? asked.value.map(fold) : []
  const [text, part] = [String(found), String(wanted)]
  const answer: Partial<Record<Comparison['op'], boolean>> = {
    '=': found === wanted,
    '<': Number(cell) < Number(wanted),
    '<=': Number(cell) <= Number(wanted),
    '>': Number(cell) > Number(wanted),
    '>=': Number(cell) >= Number(wanted),
    in: several.includes(found),
    between: Number(cell) >= Number(several[0]) && Number(cell) <= Number(several[1]),
    contains: text.includes(part),
    starts_with: text.startsWith(part),
    ends_with: text.endsWith(part),
    whole_word: hasWords(text, part),
    matches: isLike(text, part),
    has_any: several.some((one) => itemsOf(text).includes(one)),
    has_all: several.every((one) => itemsOf(text).includes(one)),
  }
  return answer[asked.op] ?? expect.unreachable(asked.op)
}

const lettersOf = (text: string) => text.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '')

function hasWords(text: string, part: string): boolean {
  const [all, wanted] = [lettersOf(text), lettersOf(part)]
  return all.some((_, i) => wanted.every((word, j) => all[i + j] === word))
}

function isLike(text: string, pattern: string): boolean {
  const [first, ...rest] = pattern
  if (first === undefined) return text === ''
  if (first === '*')
    return [...text, ''].some((_, i) => isLike([...text].slice(i).join(''), rest.join('')))
  const [letter, ...others] = text
  return (
    letter !== undefined &&
    (first === '?' || first === letter) &&
    isLike(others.join(''), rest.join(''))
  )
}

function itemsOf(text: string): readonly unknown[] {
  if (!text.startsWith('[')) return []
  return (JSON.parse(text) as readonly unknown[]).map(String)
}

// The digits that a clock in a zone shows.
const shows = (at: number, zone: string) =>
  `${new Date(at).toLocaleString('sv-SE', { timeZone: zone }).replace(' ', 'T')}${new Date(at).toISOString().slice(19, 23)}`

const digits = (wall: number) => new Date(wall).toISOString().slice(0, 23)

// The first quarter of an hour at which the clock shows at least this; all zones of the test are whole quarters from UTC.
const firstAt = new Map<string, number>()
function firstInstant(wall: number, zone: string): number {
  const known = firstAt.get(`${wall} ${zone}`)
  if (known !== undefined) return known
  const quarters = Array.from({ length: 120 }, (_, i) => wall + (i - 60) * 900_000)
  const found = quarters.find((at) => shows(at, zone) >= digits(wall)) ?? expect.unreachable()
  firstAt.set(`${wall} ${zone}`, found)
  return found
}

function later(wall: number, n: number, unit: string): number {
  const at = new Date(wall)
  if (unit === 'day' || unit === 'week') return wall + n * day * (unit === 'week' ? 7 : 1)
  const months = at.getUTCMonth() + n * ({ month: 1, quarter: 3 }[unit] ?? 12)
  const moved = new Date(at)
  moved.setUTCMonth(months)
  // The month was too short: back to its last day.
  if (moved.getUTCDate() !== at.getUTCDate()) moved.setUTCDate(0)
  return moved.getTime()
}

const periods: Readonly<Record<string, (day: string) => string>> = {
  day: (of) => of,
  week: (of) => new Date(ms(of) - ((new Date(ms(of)).getUTCDay() + 6) % 7) * day).toISOString(),
  month: (of) => of.slice(0, 7),
  quarter: (of) => `${of.slice(0, 4)} ${Math.floor((Number(of.slice(5, 7)) - 1) / 3)}`,
  year: (of) => of.slice(0, 4),
}

// On which day of a year somebody celebrates.
const celebrated = (of: string, year: number) => {
  const isLeap = new Date(Date.UTC(year, 1, 29)).getUTCDate() === 29
  const monthAndDay = of.slice(5, 10)
  return `${year}-${monthAndDay === '02-29' && !isLeap ? '02-28' : monthAndDay}`
}

// A day that is compared with an instant means the whole of it, where the question is asked.
function answersTime(cell: string, asked: Comparison, zoneAround: string): boolean {
  const zone = asked.time_zone ?? zoneAround
  const isDay = cell.length === 10
  const at = ms(cell)
  const dayOf = (instant: number) => shows(instant, zone).slice(0, 10)
  const cellDay = isDay ? cell : dayOf(at)
  const today = dayOf(now.getTime())
  const dayLater = (n: number, unit = 'day') =>
    new Date(later(ms(today), n, unit)).toISOString().slice(0, 10)
  const compared = (written: unknown) => {
    const text = String(written)
    if (text.length === 10) return cellDay < text ? -1 : Number(cellDay > text)
    const wanted = text.endsWith('Z') ? ms(text) : firstInstant(ms(`${text}Z`), zone)
    return Math.sign(at - wanted)
  }
  const [first, second] = Array.isArray(asked.value) ? asked.value : [asked.value]
  const n = Number(first)
  const wallNow = ms(`${shows(now.getTime(), zone)}Z`)
  // Days and instants n units away.
  const away = (sign: number) =>
    isDay
      ? ms(dayLater(sign * n, asked.unit))
      : firstInstant(later(wallNow, sign * n, asked.unit ?? ''), zone)
  const here = isDay ? ms(today) : now.getTime()
  const within = (a: number, b: number) => at >= Math.min(a, b) && at <= Math.max(a, b)
  const period = periods[asked.unit ?? 'day']!
  const inPeriod = (k: number) =>
    period(cellDay) ===
    period(
      new Date(later(startOf(today, asked.unit), k, asked.unit ?? 'day'))
        .toISOString()
        .slice(0, 10),
    )
  const celebratedWithin = (from: string, days: number) =>
    Array.from({ length: days + 1 }, (_, i) =>
      new Date(ms(from) + i * day).toISOString().slice(0, 10),
    ).some((one) => celebrated(cellDay, Number(one.slice(0, 4))) === one)
  const answer: Partial<Record<Comparison['op'], () => boolean>> = {
    '=': () => compared(first) === 0,
    on: () => compared(first) === 0,
    '<': () => compared(first) < 0,
    before: () => compared(first) < 0,
    '<=': () => compared(first) <= 0,
    '>': () => compared(first) > 0,
    after: () => compared(first) > 0,
    '>=': () => compared(first) >= 0,
    between: () => compared(first) >= 0 && compared(second) <= 0,
    within_last_days: () => within(here, here - n * day),
    within_next_days: () => within(here, here + n * day),
    today: () => cellDay === today,
    yesterday: () => cellDay === dayLater(-1),
    tomorrow: () => cellDay === dayLater(1),
    this: () => inPeriod(0),
    last: () => inPeriod(-1),
    next: () => inPeriod(1),
    within_last: () => within(here, away(-1)),
    within_next: () => within(here, away(1)),
    more_than_ago: () => at < away(-1),
    more_than_ahead: () => at > away(1),
    ago: () => cellDay === dayLater(-n, asked.unit),
    from_now: () => cellDay === dayLater(n, asked.unit),
    anniversary: () => celebratedWithin(today, 0),
    anniversary_of: () => celebratedWithin(String(first), 0),
    anniversary_within_next_days: () => celebratedWithin(today, n),
    day_of_month: () => [asked.value].flat().includes(Number(cellDay.slice(8, 10))),
    month: () => [asked.value].flat().includes(Number(cellDay.slice(5, 7))),
    year: () => [asked.value].flat().includes(Number(cellDay.slice(0, 4))),
  }
  return (answer[asked.op] ?? expect.unreachable(asked.op))()
}

// Some day whose unit is that of another, and from which counting units never meets a month that is too short.
const startOf = (of: string, unit: string | undefined) =>
  ms(unit === 'day' || unit === 'week' ? of : `${of.slice(0, 7)}-01`)

// --- what is asked, and of whom ---

const oneOf = <T>(...values: readonly T[]) => fc.constantFrom(...values)
const texts = [
  'web',
  'Web',
  'store',
  "o'hara",
  'Ünal',
  'ÜNAL',
  '100%',
  'a_b',
  'web-store 24',
  'a.b*',
]
const patterns = ['*', '?', 'w*', '*store', 'a?b', 'a.b', '*e*b*', '100%', 'ü*', 'web store']
const zones = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Asia/Kathmandu',
  'Pacific/Auckland',
] as const
const amounts = [-1, 0, 0.25, 10, 10.5, 99.75, 1000]
const days = [
  '2026-02-15',
  '2026-02-16',
  '2026-02-17',
  '2026-01-01',
  '2024-02-29',
  '2025-02-28',
  '2025-11-16',
  '1990-02-28',
  '1987-08-31',
]
const instants = [
  '2026-02-16T12:00:00Z',
  '2026-02-16T00:00:00Z',
  '2026-02-15T11:59:59.999Z',
  '2026-02-09T12:00:00Z',
  '2026-03-01T00:00:00Z',
  '2024-02-29T23:59:59.999Z',
  '2026-02-15T23:30:00Z',
  '2025-03-30T01:00:00Z',
  '2025-10-26T00:30:00Z',
  '2025-11-02T05:30:00Z',
  '2025-08-16T12:00:00Z',
  '2026-04-20T09:00:00Z',
]
const zoneless = ['2026-02-16T01:15', '2025-03-30T02:30:00', '2025-10-26T02:30']

const emptyOr = <T extends Cell>(values: readonly T[]) => fc.option(oneOf(...values))
const personFields = fc.record<Plain>({
  country: emptyOr([...texts, '']),
  yearly_income: emptyOr(amounts),
  number_of_children: emptyOr([0, 1, 2]),
  owns_home: emptyOr([true, false]),
  birth_date: emptyOr(days),
  created_at: emptyOr(instants),
  interests: emptyOr<string>(['[]', '["web","Ünal"]', '["a","WEB",null,7]', '{"web":1}', '"web"']),
})
const order = fc.record<Plain>({
  channel: emptyOr([...texts, '']),
  grand_total_amount: emptyOr(amounts),
  purchased_at: emptyOr(instants),
})
const products: readonly Plain[] = [
  { 'product_id.category': 'web', 'product_id.list_price': 10 },
  { 'product_id.category': null, 'product_id.list_price': 99.75 },
  { 'product_id.category': 'Store', 'product_id.list_price': null },
]
// A line, and the fields of its product under the paths that lead there; one product is not known.
const line = fc
  .tuple(emptyOr(instants), oneOf<number | null>(0, 1, 2, 3, null), emptyOr(amounts))
  .map(([purchased_at, n, total_line_amount]): Plain => {
    const product = products[n ?? -1] ?? {
      'product_id.category': null,
      'product_id.list_price': null,
    }
    return { purchased_at, total_line_amount, product_id: n === null ? null : `p${n}`, ...product }
  })
const person: fc.Arbitrary<Person> = fc.record({
  fields: personFields,
  orders: fc.array(order, { maxLength: 4 }),
  lines: fc.array(line, { maxLength: 3 }),
  total: emptyOr(amounts),
  isVip: fc.boolean(),
})

const ordered = ['<', '<=', '>', '>='] as const
const comparison = (...parts: readonly fc.Arbitrary<Comparison>[]) =>
  fc.oneof(fc.record({ op: oneOf('is_empty' as const, 'is_filled' as const) }), ...parts)
const one = (ops: readonly Comparison['op'][], values: readonly (string | number | boolean)[]) =>
  fc.record({ op: oneOf(...ops), value: oneOf(...values) })
const several = (ops: readonly Comparison['op'][], values: readonly (string | number)[]) =>
  fc.record({
    op: oneOf(...ops),
    value: fc.array(oneOf(...values), { minLength: 1, maxLength: 3 }),
  })
const between = (values: readonly (string | number)[], size: (of: string | number) => number) =>
  fc
    .tuple(oneOf(...values), oneOf(...values))
    .map(
      (pair): Comparison => ({ op: 'between', value: pair.toSorted((a, b) => size(a) - size(b)) }),
    )

const askText = comparison(
  one(
    ['=', '<>', 'contains', 'not_contains', 'starts_with', 'ends_with'],
    [...texts, 'e', '%', '_'],
  ),
  one(['whole_word', 'not_whole_word'], ['web', 'b', '24', 'o hara', 'STORE 24', 'Ünal', '_a']),
  one(['matches', 'not_matches'], patterns),
  several(['in', 'not in'], texts),
  fc.record({
    op: oneOf('=' as const, '<>' as const, 'contains' as const),
    value: oneOf(...texts),
    case_sensitive: fc.boolean(),
  }),
)
const askNumber = (values: readonly number[]) =>
  comparison(
    one(['=', '<>', ...ordered], values),
    several(['in', 'not in'], values),
    between(values, Number),
  )
const spanOps = [
  'within_last',
  'not_within_last',
  'within_next',
  'more_than_ago',
  'more_than_ahead',
  'ago',
  'from_now',
] as const
const unit = oneOf(...units)
const inZone = (asked: fc.Arbitrary<Comparison>): fc.Arbitrary<Comparison> =>
  fc
    .tuple(asked, fc.option(oneOf(...zones)))
    .map(([of, zone]) => (zone === null || of.op === 'is_empty' ? of : { ...of, time_zone: zone }))
const askItems = comparison(
  several(['has_any', 'has_all', 'has_none'], ['web', 'ÜNAL', 'a', '7']),
  fc.record({
    op: oneOf('has_any' as const),
    value: fc.constant(['WEB']),
    case_sensitive: fc.boolean(),
  }),
)
const askTime = (values: readonly string[]) => inZone(askAnyTime(values))
const askAnyTime = (values: readonly string[]) =>
  comparison(
    fc.record({
      op: oneOf(
        'today' as const,
        'yesterday' as const,
        'tomorrow' as const,
        'anniversary' as const,
      ),
    }),
    fc.record({ op: oneOf('this' as const, 'last' as const, 'next' as const), unit }),
    fc.record({ op: oneOf(...spanOps), value: oneOf(0, 1, 3, 6, 24), unit }),
    one(['anniversary_of'], days),
    one(['anniversary_within_next_days'], [0, 1, 12, 14, 200, 365]),
    one(['month'], [2, 8]),
    several(['day_of_month'], [1, 15, 16, 28, 29]),
    several(['year'], [1990, 2025, 2026]),
    one(['=', '<>', 'on', 'before', 'after', ...ordered], values),
    between(values, (of) => ms(String(of).slice(0, 10))),
    one(['within_last_days', 'not_within_last_days', 'within_next_days'], [0, 1, 7, 800]),
  )
const askFlag = comparison(one(['=', '<>'], [true, false]))
const askAverage = comparison(one([...ordered], [0.1, 10.1, 500.1]))

const field = (name: string, asked: fc.Arbitrary<Comparison>) =>
  asked.map((of) => ({ field: name, ...of }))
const rowLeaf = fc.oneof(
  field('channel', askText),
  field('grand_total_amount', askNumber(amounts)),
  field('purchased_at', askTime([...days, ...instants])),
)

function nested<C>(leaf: fc.Arbitrary<C>, depth: number): fc.Arbitrary<C> {
  if (depth === 0) return leaf
  const inner = nested(leaf, depth - 1)
  const group = fc.oneof(
    fc.record({ all: fc.array(inner, { maxLength: 3 }) }),
    fc.record({ any: fc.array(inner, { maxLength: 3 }) }),
    fc.record({ not: inner }),
  )
  // A group of conditions is a condition.
  return fc.oneof(leaf, group as unknown as fc.Arbitrary<C>)
}

const lineLeaf = fc.oneof(
  field('product_id.category', askText),
  field('product_id.list_price', askNumber(amounts)),
  field('total_line_amount', askNumber(amounts)),
)
const where = fc.option(nested<RowCondition>(rowLeaf, 2), { nil: undefined })
const related = (
  of: Pick<Related, 'measure' | 'of'>,
  asked: fc.Arbitrary<Comparison>,
): fc.Arbitrary<Condition> =>
  fc.tuple(where, asked).map(([rows, comparison]) => ({
    related: 'sales_order',
    ...of,
    ...(rows === undefined ? {} : { where: rows }),
    ...comparison,
  }))

const lineWhere = fc.option(nested<RowCondition>(lineLeaf, 1), { nil: undefined })
const lookBack = fc.option(fc.record({ value: oneOf(1, 7, 24), unit }), { nil: undefined, freq: 2 })
const rows = fc.oneof(
  fc.tuple(where, lookBack).map(([of, back]) => rowsFrom('sales_order', of, back)),
  fc.tuple(lineWhere, lookBack).map(([of, back]) => rowsFrom('sales_order_product', of, back)),
)
const rowsFrom = (
  object: string,
  of: RowCondition | undefined,
  back: { value: number; unit: (typeof units)[number] } | undefined,
) => ({
  related: object,
  ...(of === undefined ? {} : { where: of }),
  ...(back === undefined ? {} : { look_back: back }),
})
const measure = (
  of: fc.Arbitrary<Pick<Related, 'measure' | 'of'>>,
  asked: fc.Arbitrary<Comparison>,
  from: fc.Arbitrary<ReturnType<typeof rowsFrom>> = rows,
): fc.Arbitrary<Condition> =>
  fc.tuple(from, of, asked).map(([some, what, comparison]) => ({ ...some, ...what, ...comparison }))
const lines = fc
  .tuple(lineWhere, lookBack)
  .map(([of, back]) => rowsFrom('sales_order_product', of, back))
const within = fc.option(fc.record({ value: oneOf(1, 7, 24, 400), unit: oneOf(...gapUnits) }), {
  nil: undefined,
})
const sequence: fc.Arbitrary<Condition> = fc
  .tuple(fc.array(fc.tuple(rows, within), { minLength: 2, maxLength: 3 }), fc.boolean())
  .map(([steps, isNever]) => ({
    sequence: steps.map(([step, span], i) => ({
      ...step,
      ...(i === 0 || span === undefined ? {} : { within: span }),
      ...(isNever && i === steps.length - 1 ? { never: true } : {}),
    })),
  }))
const amount = 'grand_total_amount'
const leaf: fc.Arbitrary<Condition> = fc.oneof(
  field('country', askText),
  field('yearly_income', askNumber(amounts)),
  field('number_of_children', askNumber([0, 1, 2])),
  field('owns_home', askFlag),
  field('birth_date', askTime(days)),
  field('created_at', askTime([...days, ...instants, ...zoneless])),
  field('interests', askItems),
  askNumber(amounts).map((of) => ({ insight: 'spend.total', ...of })),
  fc.constant({ segment: 'vips' }),
  oneOf('berliners', 'either').map((key) => ({ segment: key, use: 'definition' as const })),
  rows,
  sequence,
  sequence,
  measure(
    fc.constant({ measure: 'count_distinct', of: 'product_id' }),
    askNumber([0, 1, 2]),
    lines,
  ),
  measure(
    fc.record({
      measure: oneOf('first' as const, 'last' as const),
      of: fc.constant('product_id.list_price'),
    }),
    askNumber(amounts),
    lines,
  ),
  measure(fc.constant({ measure: 'last', of: 'product_id' }), askText, lines),
  measure(fc.constant({ measure: 'sum', of: 'product_id.list_price' }), askNumber(amounts), lines),
  related({ measure: 'count' }, askNumber([0, 1, 2])),
  related({ measure: 'sum', of: amount }, askNumber([...amounts, 20.75])),
  related({ measure: 'min', of: amount }, askNumber(amounts)),
  related({ measure: 'avg', of: amount }, askAverage),
  related({ measure: 'max', of: 'purchased_at' }, askTime([...days, ...instants])),
)
const condition = nested(leaf, 3)
const membership: fc.Arbitrary<Membership> = fc
  .tuple(condition, fc.option(condition, { freq: 3 }), fc.option(oneOf(...zones)))
  .map(([include, exclude, zone]) => ({
    include,
    ...(exclude === null ? {} : { exclude }),
    ...(zone === null ? {} : { time_zone: zone }),
  }))

// --- both must agree ---

const engine = await memoryEngine()
await segmentTenant(engine)
// Two streams know the same product: a line must not count twice.
await setRows(
  engine,
  'product',
  [...products, ...products.slice(0, 1)].map((of, i) => ({
    id: `p${i % 3}`,
    _key: i % 3,
    category: of['product_id.category'] ?? null,
    list_price: of['product_id.list_price'] ?? null,
  })),
)
// The standard model has no list, so this tenant has one more field.
const subjects = {
  ...tenantSubjects,
  person: { ...tenantSubjects.person, interests: 'json' as const },
  segments: new Map<string, Segment['body']>([
    ...tenantSubjects.segments,
    ...Object.entries(defined),
  ]),
}
const ground: Ground = {
  ...tenantGround(now),
  subjects,
  columns: (schema, name) =>
    schema === 'unified'
      ? new Set(Object.keys(subjects.person))
      : tenantGround(now).columns(schema, name),
}

async function settle(people: readonly Person[]) {
  const own = (row: Plain, i: number): TenantRow => ({ ...row, profile: profileId(i) })
  await setPeople(
    engine,
    people.map(({ fields: { interests: _, ...fields } }, i) => own(fields, i)),
  )
  await setRows(
    engine,
    'sales_order',
    people.flatMap(({ orders }, i) => orders.map((row) => own(row, i))),
  )
  await setRows(
    engine,
    'sales_order_product',
    people.flatMap(({ lines: of }, i) =>
      of.map(({ purchased_at = null, total_line_amount = null, product_id = null }) =>
        own(
          {
            purchased_at,
            total_line_amount,
            product_id,
            product_id__key: product_id === null ? null : Number(String(product_id).slice(1)),
          },
          i,
        ),
      ),
    ),
  )
  await engine.change('spend, vips and interests', async (writer) => {
    await writer.run(sql`alter table ${personTable} add column interests varchar`)
    for (const [i, { fields }] of people.entries())
      await writer.run(
        sql`update ${personTable} set interests = ${value(fields['interests'] ?? null, 'json')} where profile = ${value(profileId(i))}`,
      )
    const spend = insightTable('spend')
    await writer.run(sql`delete from ${spend}`)
    await writer.run(sql`delete from ${memberTable}`)
    for (const [i, { total, isVip }] of people.entries()) {
      const profile = value(profileId(i))
      await writer.run(
        sql`insert into ${spend} (profile_id, ${column('total')}) values (${profile}, ${value(total, 'decimal')})`,
      )
      if (isVip)
        await writer.run(
          sql`insert into ${memberTable} (segment, profile) values ('vips', ${profile})`,
        )
    }
  })
}

test('random conditions on random people mean whom the obvious version means', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(person, { minLength: 1, maxLength: 5 }),
      fc.array(membership, { minLength: 12, maxLength: 12 }),
      async (people, memberships) => {
        await settle(people)
        for (const membership of memberships) {
          expect(problemsOfMembership(membership, subjects)).toEqual([])
          const rows = await engine.rows(compile(membership, ground))
          const found = rows.map((row) => Number(BigInt(String(row['profile'])) - profileId(0)))
          const { include, exclude, time_zone: zone = 'UTC' } = membership
          const expected = people.flatMap((one, i) =>
            holds(include, one, zone) && !(exclude && holds(exclude, one, zone)) ? [i] : [],
          )
          expect(found.toSorted((a, b) => a - b)).toEqual(expected)
        }
      },
    ),
    { numRuns: isLong ? 40 : 15 },
  )
}, 60_000)

const isMember = async (membership: Membership, profile: bigint, at: number) => {
  const rows = await engine.rows(compile(membership, { ...ground, now: new Date(at) }))
  return rows.some((row) => BigInt(String(row['profile'])) === profile)
}

// Whether somebody is in, and at every moment until that changes; and that it changes when it is told to, and not at all if it is not.
async function agrees(membership: Membership, profile: bigint) {
  const segment = { key: '', body: { label: 'x', on: 'individual', ...membership } }
  const told = await whyOf(engine, { segment, isKept: false, profile, ground })
  const isIn = (at: number) => isMember(membership, profile, at)
  expect(told.member).toBe(await isIn(now.getTime()))
  expect(told.include.holds && told.exclude?.holds !== true).toBe(told.member)
  if (told.looked_until !== undefined) return
  const flip = told.flips_at === undefined ? undefined : Date.parse(told.flips_at)
  if (flip !== undefined) expect(await isIn(flip)).toBe(!told.member)
  const until = flip ?? now.getTime() + 3 * 365 * day
  for (const share of [0.01, 0.1, 0.3, 0.5, 0.8, 0.99, 1]) {
    const before = Math.floor(now.getTime() + share * (until - now.getTime())) - 1
    if (before > now.getTime()) expect(await isIn(before)).toBe(told.member)
  }
}

test('why somebody is in agrees with the members, and tells when that changes with time alone', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(person, { minLength: 1, maxLength: 3 }),
      fc.array(membership, { minLength: 4, maxLength: 4 }),
      async (people, memberships) => {
        await settle(people)
        for (const membership of memberships)
          for (const i of people.keys()) await agrees(membership, profileId(i))
      },
    ),
    { numRuns: isLong ? 8 : 3 },
  )
}, 120_000)
