import fc from 'fast-check'
import { expect, test } from 'vitest'
import { column, sql, value } from '#engine'
import { memoryEngine } from '#engine/testing'
import { insightTable } from '#insights'
import { problemsOfMembership } from './check.ts'
import { compile } from './compile.ts'
import type { Comparison, Condition, Membership, Related, RowCondition } from './definition.ts'
import { memberTable } from './tables.ts'
import {
  profileId,
  segmentTenant,
  setPeople,
  setRows,
  type TenantRow,
  tenantGround,
  tenantSubjects,
} from './testing/index.ts'

const now = new Date('2026-02-16T12:00:00Z')

// --- the slow obvious version ---

type Cell = string | number | boolean | null
type Plain = Readonly<Record<string, Cell>>

interface Person {
  readonly fields: Plain
  readonly orders: readonly Plain[]
  readonly total: number | null
  readonly isVip: boolean
}

const ms = (text: string) => Date.parse(text.length === 10 ? `${text}T00:00:00Z` : text)
const day = 86_400_000

function holds(condition: Condition, person: Person): boolean {
  if ('all' in condition) return condition.all.every((inner) => holds(inner, person))
  if ('any' in condition) return condition.any.some((inner) => holds(inner, person))
  if ('not' in condition) return !holds(condition.not, person)
  if ('segment' in condition) return person.isVip
  if ('insight' in condition) return answers(person.total, condition)
  if ('field' in condition) return answers(person.fields[condition.field] ?? null, condition)
  return answers(measured(condition, person.orders), condition)
}

function measured({ measure, of = '', where }: Related, orders: readonly Plain[]): Cell {
  const rows = orders.filter((row) => where === undefined || rowHolds(where, row))
  if (measure === 'count') return rows.length
  const cells = rows.flatMap((row) => row[of] ?? [])
  if (cells.length === 0) return null
  if (measure === 'min' || measure === 'max') {
    const sorted = cells.toSorted((a, b) => (a < b ? -1 : 1))
    return (measure === 'min' ? sorted[0] : sorted.at(-1)) ?? null
  }
  const sum = cells.reduce((all: number, cell) => all + Number(cell), 0)
  return measure === 'sum' ? sum : sum / cells.length
}

function rowHolds(condition: RowCondition, row: Plain): boolean {
  if ('all' in condition) return condition.all.every((inner) => rowHolds(inner, row))
  if ('any' in condition) return condition.any.some((inner) => rowHolds(inner, row))
  if ('not' in condition) return !rowHolds(condition.not, row)
  return answers(row[condition.field] ?? null, condition)
}

const denials: Readonly<Record<string, Comparison['op']>> = {
  '<>': '=',
  'not in': 'in',
  not_within_last_days: 'within_last_days',
  is_empty: 'is_filled',
}

function answers(cell: Cell, asked: Comparison): boolean {
  const denied = denials[asked.op]
  if (denied) return !answers(cell, { ...asked, op: denied })
  if (cell === null || cell === '') return false
  if (asked.op === 'is_filled') return true
  const isTime = typeof cell === 'string' && /^\d{4}-/.test(cell)
  return isTime ? answersTime(cell, asked) : answersPlain(cell, asked)
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
  }
  return answer[asked.op] ?? expect.unreachable(asked.op)
}

// A day that is compared with an instant means the whole of it.
function answersTime(cell: string, asked: Comparison): boolean {
  const at = ms(cell)
  const isDay = cell.length === 10
  const today = isDay ? ms(now.toISOString().slice(0, 10)) : now.getTime()
  const span = (text: unknown) => {
    const from = ms(String(text))
    return { from, last: String(text).length === 10 && !isDay ? from + day - 1 : from }
  }
  const { from, last } = span(Array.isArray(asked.value) ? asked.value[0] : asked.value)
  const upTo = Array.isArray(asked.value) ? span(asked.value[1]).last : last
  const within = (a: number, b: number) => at >= Math.min(a, b) && at <= Math.max(a, b)
  const answer: Partial<Record<Comparison['op'], boolean>> = {
    '=': at >= from && at <= last,
    on: at >= from && at <= last,
    '<': at < from,
    before: at < from,
    '<=': at <= last,
    '>': at > last,
    after: at > last,
    '>=': at >= from,
    between: at >= from && at <= upTo,
    within_last_days: within(today, today - Number(asked.value) * day),
    within_next_days: within(today, today + Number(asked.value) * day),
  }
  return answer[asked.op] ?? expect.unreachable(asked.op)
}

// --- what is asked, and of whom ---

const oneOf = <T>(...values: readonly T[]) => fc.constantFrom(...values)
const texts = ['web', 'Web', 'store', "o'hara", 'Ünal', 'ÜNAL', '100%', 'a_b']
const amounts = [-1, 0, 0.25, 10, 10.5, 99.75, 1000]
const days = ['2026-02-15', '2026-02-16', '2026-02-17', '2026-01-01', '2024-02-29']
const instants = [
  '2026-02-16T12:00:00Z',
  '2026-02-16T00:00:00Z',
  '2026-02-15T11:59:59.999Z',
  '2026-02-09T12:00:00Z',
  '2026-03-01T00:00:00Z',
  '2024-02-29T23:59:59.999Z',
]

const emptyOr = <T extends Cell>(values: readonly T[]) => fc.option(oneOf(...values))
const personFields = fc.record<Plain>({
  country: emptyOr([...texts, '']),
  yearly_income: emptyOr(amounts),
  number_of_children: emptyOr([0, 1, 2]),
  owns_home: emptyOr([true, false]),
  birth_date: emptyOr(days),
  created_at: emptyOr(instants),
})
const order = fc.record<Plain>({
  channel: emptyOr([...texts, '']),
  grand_total_amount: emptyOr(amounts),
  purchased_at: emptyOr(instants),
})
const person: fc.Arbitrary<Person> = fc.record({
  fields: personFields,
  orders: fc.array(order, { maxLength: 4 }),
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
  one(['=', '<>', 'contains', 'starts_with', 'ends_with'], [...texts, 'e', '%', '_']),
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
const askTime = (values: readonly string[]) =>
  comparison(
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

const amount = 'grand_total_amount'
const leaf: fc.Arbitrary<Condition> = fc.oneof(
  field('country', askText),
  field('yearly_income', askNumber(amounts)),
  field('number_of_children', askNumber([0, 1, 2])),
  field('owns_home', askFlag),
  field('birth_date', askTime(days)),
  field('created_at', askTime([...days, ...instants])),
  askNumber(amounts).map((of) => ({ insight: 'spend.total', ...of })),
  fc.constant({ segment: 'vips' }),
  related({ measure: 'count' }, askNumber([0, 1, 2])),
  related({ measure: 'sum', of: amount }, askNumber([...amounts, 20.75])),
  related({ measure: 'min', of: amount }, askNumber(amounts)),
  related({ measure: 'avg', of: amount }, askAverage),
  related({ measure: 'max', of: 'purchased_at' }, askTime([...days, ...instants])),
)
const condition = nested(leaf, 3)
const membership: fc.Arbitrary<Membership> = fc
  .tuple(condition, fc.option(condition, { freq: 3 }))
  .map(([include, exclude]) => (exclude === null ? { include } : { include, exclude }))

// --- both must agree ---

const engine = await memoryEngine()
await segmentTenant(engine)

async function settle(people: readonly Person[]) {
  const own = (row: Plain, i: number): TenantRow => ({ ...row, profile: profileId(i) })
  await setPeople(
    engine,
    people.map(({ fields }, i) => own(fields, i)),
  )
  await setRows(
    engine,
    'sales_order',
    people.flatMap(({ orders }, i) => orders.map((row) => own(row, i))),
  )
  await engine.change('spend and vips', async (writer) => {
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
          expect(problemsOfMembership(membership, tenantSubjects)).toEqual([])
          const rows = await engine.rows(compile(membership, tenantGround(now)))
          const found = rows.map((row) => Number(BigInt(String(row['profile'])) - profileId(0)))
          const { include, exclude } = membership
          const expected = people.flatMap((one, i) =>
            holds(include, one) && !(exclude && holds(exclude, one)) ? [i] : [],
          )
          expect(found.toSorted((a, b) => a - b)).toEqual(expected)
        }
      },
    ),
    { numRuns: 40 },
  )
}, 60_000)
