import { describe, expect, test } from 'vitest'
import { problemsOf, read } from '#kernel/read.ts'
import { countBody } from './api.ts'
import { problemsOfMembership } from './check.ts'
import { problemsOfSegment } from './check-segment.ts'
import {
  type Condition,
  conditionSchema,
  type Membership,
  type SegmentDefinition,
  segmentSchema,
} from './definition.ts'
import { tenantSubjects } from './testing/index.ts'

const says = (include: Condition) => {
  expect(problemsOf(conditionSchema, include)).toEqual([])
  return problemsOfMembership({ include }, tenantSubjects).map(({ at, say }) => `${at}: ${say}`)
}
const orders = { related: 'sales_order', measure: 'count', op: '>', value: 1 } as const

describe('the shape', () => {
  const body = { label: 'x', on: 'individual' }
  const placesIn = (include: unknown) =>
    problemsOf(segmentSchema, { ...body, include }).map(({ at, say }) => `${at}: ${say}`)

  test('a refusal names the place, however deep', () => {
    const where = { all: [{ field: 'channel', op: 'is', value: 'web' }] }
    expect(placesIn({ all: [orders, { ...orders, where }] })).toEqual([
      expect.stringMatching(/^include\.all\[1\]\.where\.all\[0\]\.op: expected one of "=", /),
    ])
  })

  test('a row cannot be asked what only a person can', () => {
    expect(placesIn({ ...orders, where: { segment: 'vips' } })[0]).toContain('include.where')
  })
})

describe('names', () => {
  test('a field that a person does not have', () => {
    expect(says({ not: { field: 'county', op: 'is_empty' } })).toEqual([
      'include.not.field: a person has no field "county"; did you mean "country"?',
    ])
  })

  test('an object, a field of its rows, and what is measured', () => {
    expect(says({ ...orders, related: 'sales_orders' })).toEqual([
      'include.related: "sales_orders" is no model object whose rows belong to a person; did you mean "sales_order"?',
    ])
    expect(says({ ...orders, related: 'product' })).toHaveLength(1)
    expect(says({ ...orders, where: { any: [{ field: 'chanel', op: 'is_empty' }] } })).toEqual([
      'include.where.any[0].field: "sales_order" has no field "chanel"; did you mean "channel"?',
    ])
    expect(says({ ...orders, measure: 'sum', of: 'total' })[0]).toContain('include.of')
  })

  test('insights, their measures, and segments', () => {
    expect(says({ insight: 'spent.total', op: '>', value: 1 })).toEqual([
      'include.insight: there is no insight "spent"; did you mean "spend"?',
    ])
    expect(says({ insight: 'spend.totals', op: '>', value: 1 })).toEqual([
      'include.insight: the insight "spend" has no measure "totals"; did you mean "total"?',
    ])
    expect(says({ insight: 'by_channel.total', op: '>', value: 1 })[0]).toContain(
      'does not have exactly one row per person (its dimensions are profile_id, channel)',
    )
    expect(says({ all: [{ segment: 'vip' }] })).toEqual([
      'include.all[0].segment: there is no segment "vip"; did you mean "vips"?',
    ])
  })
})

describe('measures', () => {
  test('need what they are taken of, and it must fit', () => {
    expect(says({ ...orders, measure: 'sum' })).toEqual([
      'include.of: "sum" needs "of": the field it is taken of (grand_total_amount, tax_amount)',
    ])
    expect(says({ ...orders, of: 'channel' })[0]).toContain('include.of: "count" counts rows')
    expect(says({ ...orders, measure: 'max', of: 'channel' })[0]).toContain(
      '"max" cannot be taken of "channel" (text); it can of ',
    )
    expect(says({ ...orders, measure: 'avg', of: 'purchased_at' })[0]).toContain('an instant')
  })

  test('have the type of what they are taken of', () => {
    const last = { related: 'sales_order', measure: 'max', of: 'purchased_at' } as const
    expect(says({ ...last, op: 'within_last_days', value: 30 })).toEqual([])
    expect(says({ ...orders, op: 'within_last_days', value: 30 })[0]).toContain('include.op')
    expect(says({ ...orders, measure: 'avg', of: 'tax_amount', op: '>', value: 1.5 })).toEqual([])
  })
})

describe('operators and values', () => {
  const field = (name: string, rest: object) => says({ field: name, ...rest } as Condition)
  const value = 'include.value'

  test.each([
    [
      'country',
      { op: '>', value: 'x' },
      'include.op: ">" does not fit text; what fits is =, <>, in',
    ],
    [
      'owns_home',
      { op: 'contains', value: 'x' },
      'include.op: "contains" does not fit true or false',
    ],
    ['country', { op: '=', value: 5 }, `${value}: expected text that is not empty`],
    ['country', { op: '=', value: '' }, `${value}: expected text that is not empty`],
    [
      'country',
      { op: '=' },
      `${value}: expected text that is not empty (numbers and words such as true in quotes), found nothing`,
    ],
    ['country', { op: 'is_empty', value: 'x' }, `${value}: expected no value, found "x"`],
    ['country', { op: 'in', value: 'x' }, `${value}: expected a list of values, found "x"`],
    ['country', { op: 'in', value: [] }, `${value}: expected a list of values, found []`],
    ['country', { op: 'in', value: ['x', 3] }, `${value}[1]: expected text`],
    ['number_of_children', { op: '>', value: 1.5 }, `${value}: expected a whole number, found 1.5`],
    ['yearly_income', { op: 'between', value: [1] }, `${value}: expected a list of two values`],
    ['yearly_income', { op: 'between', value: [9, 1] }, `${value}: nothing lies between 9 and 1`],
    [
      'birth_date',
      { op: 'between', value: ['2026-02-01', '2026-01-01'] },
      `${value}: nothing lies between 2026-02-01 and`,
    ],
    ['owns_home', { op: '=', value: 'yes' }, `${value}: expected true or false, found "yes"`],
    [
      'birth_date',
      { op: 'on', value: '2026-02-30' },
      `${value}: expected a day such as 2026-01-31, found "2026-02-30"`,
    ],
    ['birth_date', { op: 'after', value: '2026-01-01T10:00:00Z' }, `${value}: expected a day`],
    [
      'created_at',
      { op: 'after', value: 'yesterday' },
      `${value}: expected a day such as 2026-01-31 or an instant`,
    ],
    [
      'created_at',
      { op: 'within_last_days', value: -1 },
      `${value}: expected a whole number of days`,
    ],
    [
      'yearly_income',
      { op: '=', value: 1, case_sensitive: true },
      'include.case_sensitive: "case_sensitive" is for text',
    ],
  ])('%s %j', (name, rest, expected) => {
    const found = field(name, rest)
    expect(found).toHaveLength(1)
    expect(found[0]).toContain(expected)
  })

  test.each([
    ['created_at', { op: 'after', value: '2026-01-31' }],
    ['created_at', { op: '<=', value: '2026-01-31T10:00:00+02:00' }],
    ['created_at', { op: 'between', value: ['2026-01-01', '2026-01-01T12:00'] }],
    ['birth_date', { op: 'within_next_days', value: 0 }],
    ['number_of_children', { op: '=', value: '123456789012345678' }],
    ['yearly_income', { op: 'not in', value: [1, 2.5] }],
    ['country', { op: 'starts_with', value: 'Fr', case_sensitive: true }],
  ])('%s %j is fine', (name, rest) => {
    expect(field(name, rest)).toEqual([])
  })

  test('before its first run a measure takes any value, but the form must fit', () => {
    expect(says({ insight: 'fresh.n', op: '>', value: 1 })).toEqual([])
    expect(says({ insight: 'fresh.n', op: 'in', value: 1 })).toHaveLength(1)
    expect(says({ insight: 'fresh.n', op: '>' })).toEqual([
      'include.value: expected a value, found nothing',
    ])
  })
})

test('everything is told at once, also of those who are to be left out', () => {
  const bad = { field: 'x', op: 'is_empty' } as const
  const problems = problemsOfMembership(
    { include: { any: [bad, { segment: 'y' }] }, exclude: bad },
    tenantSubjects,
  )
  expect(problems.map(({ at }) => at)).toEqual([
    'include.any[0].field',
    'include.any[1].segment',
    'exclude.field',
  ])
})

test('what is nested too deeply is refused', () => {
  let condition: Condition = { segment: 'vips' }
  for (let i = 0; i < 60; i++) condition = { not: condition }
  expect(says(condition)).toEqual(['include: conditions are nested more than 40 deep'])
  for (let i = 0; i < 5000; i++) condition = { not: condition }
  expect(() => read(countBody, { include: condition })).toThrow('nested more than 128 levels deep')
})

describe('times and words', () => {
  const born = (asked: object) => says({ field: 'birth_date', ...asked } as Condition)

  test('a time zone that does not exist, and one where there is no time', () => {
    expect(born({ op: 'today', time_zone: 'Europe/Berlin' })).toEqual([])
    expect(born({ op: 'today', time_zone: 'Europe/Berln' })).toEqual([
      'include.time_zone: there is no time zone "Europe/Berln"; did you mean "Europe/Berlin"?',
    ])
    expect(born({ op: 'today', time_zone: '+02:00' })[0]).toContain('no time zone "+02:00"')
    expect(says({ field: 'country', op: '=', value: 'x', time_zone: 'UTC' })).toEqual([
      'include.time_zone: "time_zone" says nothing beside "="; leave it out',
    ])
    const of = { include: { all: [] }, time_zone: 'Mars/Base' }
    expect(problemsOfMembership(of, tenantSubjects)).toMatchObject([
      { code: 'segments.unknown_time_zone', at: 'time_zone' },
    ])
  })

  test('units that are missing or mean nothing, and numbers that no date has', () => {
    expect(born({ op: 'within_last', value: 3 })[0]).toMatch(/^include\.unit: .* needs "unit"/)
    expect(born({ op: 'this', unit: 'week' })).toEqual([])
    expect(born({ op: 'today', unit: 'week' })[0]).toMatch(/^include\.unit: .*says nothing/)
    expect(born({ op: 'this', unit: 'week', value: 1 })[0]).toMatch(/^include\.value: .*no value/)
    expect(born({ op: 'month', value: [2, 13] })[0]).toContain('a whole number from 1 to 12')
    expect(born({ op: 'day_of_month', value: [] })[0]).toContain('from 1 to 31')
    expect(born({ op: 'ago', value: -1, unit: 'day' })[0]).toMatch(/^include\.value: /)
    expect(born({ op: 'anniversary_of', value: '2025-02-29' })[0]).toContain('expected a day')
  })

  test('a word needs letters, and only lists have items', () => {
    expect(says({ field: 'country', op: 'whole_word', value: '%' })[0]).toContain(
      'letters or digits',
    )
    expect(says({ field: 'country', op: 'has_any', value: ['x'] })[0]).toMatch(/^include\.op: /)
  })
})

describe('rows', () => {
  const lines = { related: 'sales_order_product' } as const
  const path = (field: string) => says({ ...lines, where: { field, op: 'is_filled' } })

  test('a path goes over links only, as far as there are fields', () => {
    expect(path('product_id.category')).toEqual([])
    expect(path('sales_order_id.individual_id.primary_account_id.parent_account_id.name')).toEqual(
      [],
    )
    expect(path('product_id.categry')).toEqual([
      'include.where.field: "product" has no field "categry"; did you mean "category"?',
    ])
    expect(path('line_number.category')).toEqual([
      'include.where.field: the field "line_number" of "sales_order_product" is no link, so nothing can be asked beyond it',
    ])
    expect(path('prodct_id.category')[0]).toContain(
      '"sales_order_product" has no field "prodct_id"',
    )
    expect(says({ field: 'primary_account_id.name', op: 'is_filled' })[0]).toContain('is no link')
    const seven = 'a.b.c.d.e.f.g'
    const where = { field: seven, op: 'is_filled' } as const
    expect(problemsOf(conditionSchema, { ...lines, where })[0]?.at).toBe('where.field')
  })

  test('at least one is meant when nothing is measured', () => {
    expect(says({ ...lines })).toEqual([])
    expect(says({ ...lines, look_back: { value: 30, unit: 'day' } })).toEqual([])
    expect(problemsOf(conditionSchema, { ...lines, op: '>', value: 1 })).not.toEqual([])
  })

  test('what has no time has no first, no last and no recent', () => {
    const emails = { related: 'contact_point_email' } as const
    expect(says({ ...emails, look_back: { value: 1, unit: 'day' } })[0]).toMatch(
      /^include\.look_back: .*"contact_point_email" do not say when/,
    )
    const last = { measure: 'last', of: 'usage_type', op: '=', value: 'x' } as const
    expect(says({ ...emails, ...last })[0]).toMatch(/^include\.measure: /)
    expect(says({ sequence: [emails, { related: 'sales_order' }] })[0]).toMatch(
      /^include\.sequence\[0\]\.related: /,
    )
  })

  test('sequences: what never comes stands last, and the first comes after nothing', () => {
    const bought = { related: 'sales_order' } as const
    const within = { value: 7, unit: 'day' } as const
    expect(says({ sequence: [bought, { ...lines, within, never: true }] })).toEqual([])
    expect(says({ sequence: [{ ...bought, never: true }, lines] })[0]).toMatch(
      /^include\.sequence\[0\]\.never: only the last step/,
    )
    expect(says({ sequence: [{ ...bought, within }, lines] })[0]).toMatch(
      /^include\.sequence\[0\]\.within: /,
    )
    expect(problemsOf(conditionSchema, { sequence: [bought] })).not.toEqual([])
    expect(
      problemsOf(conditionSchema, {
        sequence: [bought, { ...lines, within: { value: 1, unit: 'month' } }],
      })[0]?.at,
    ).toBe('sequence[1].within.unit')
  })
})

describe('memberships', () => {
  const all = { all: [] }
  const problems = (of: Partial<Membership>) =>
    problemsOfMembership({ include: all, ...of }, tenantSubjects).map(
      ({ at, say }) => `${at}: ${say}`,
    )

  test('ranks', () => {
    const first = 10
    expect(problems({ rank: { first, by: { insight: 'spend.total' }, per: 'country' } })).toEqual(
      [],
    )
    expect(problems({ rank: { first, by: { field: 'incme' } } })[0]).toMatch(/^rank\.by\.field: /)
    expect(problems({ rank: { first, by: { field: 'city' }, per: 'cuntry' } })[0]).toMatch(
      /^rank\.per: .*did you mean "country"/,
    )
    expect(problems({ rank: { first, by: { insight: 'spend.x' } } })[0]).toMatch(
      /^rank\.by\.insight/,
    )
    const by = { related: 'sales_order', measure: 'sum' } as const
    expect(problems({ rank: { first, by } })[0]).toMatch(/^rank\.by\.of: /)
  })

  test('parameters', () => {
    const include = { field: 'country', op: 'in', value: ['$country', 'Italy'] } as const
    const text = { type: 'text' } as const
    const of = (parameters: Membership['parameters']) =>
      problems({
        include: structuredClone(include) as never,
        ...(parameters ? { parameters } : {}),
      })
    expect(of({ country: text })).toEqual([])
    expect(of({ contry: text })).toEqual([
      'include.value[0]: there is no parameter "country"; did you mean "contry"?',
    ])
    expect(of(undefined)).toHaveLength(1)
    expect(of({ country: { type: 'text', default: 3 } })[0]).toMatch(
      /^parameters\.country\.default/,
    )
    expect(of({ country: { type: 'integer', default: 3 } })[0]).toMatch(/^include\.value\[0\]: /)
    expect(of({ country: { type: 'text', list: true, default: ['France'] } })).toEqual([])
    expect(of({ country: { type: 'text', list: true, default: 'France' } })[0]).toContain('a list')
  })

  test('definitions of other segments, and circles of them', () => {
    const use = 'definition'
    const body = (include: Condition): SegmentDefinition => ({
      label: 'x',
      on: 'individual',
      include,
    })
    const segments = new Map<string, SegmentDefinition>([
      ['broken', body({ field: 'contry', op: 'is_filled' })],
      ['a', body({ segment: 'b', use })],
      ['b', body({ not: { segment: 'a', use } })],
      ['firms', { ...body(all), on: 'account' }],
      ['steps', { label: 'x', on: 'individual', waterfall: ['a', 'broken'] }],
    ])
    const of = (key: string) =>
      problemsOfMembership({ include: { segment: key, use } }, { ...tenantSubjects, segments }).map(
        ({ at, say }) => `${at}: ${say}`,
      )
    expect(of('broken')).toEqual([
      'include.segment: in the segment "broken", include.field: a person has no field "contry"; did you mean "country"?',
    ])
    expect(of('a')).toEqual([
      'include.segment: segments that need each other in a circle: a → b → a',
    ])
    expect(of('firms')).toEqual([
      'include.segment: the segment "firms" is about "account", and this one about "individual"',
    ])
    expect(of('steps')).toHaveLength(2)
  })

  test('a part stands in one waterfall; whoever only asks about it takes no part away', () => {
    const plain = { label: 'x', on: 'individual', include: all } as const
    const steps = { label: 'x', on: 'individual', waterfall: ['a', 'b'] }
    const segments = new Map<string, SegmentDefinition>([
      ['a', plain],
      ['b', plain],
      ['steps', steps],
    ])
    const subjects = { ...tenantSubjects, segments }
    const of = (key: string) =>
      problemsOfSegment({ key, body: steps }, { subjects, relations: [] }).map(({ at }) => at)
    expect(of('steps')).toEqual([])
    expect(of('other')).toEqual(['waterfall[0]', 'waterfall[1]'])
    expect(of('')).toEqual([])
  })
})
