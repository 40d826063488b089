import { describe, expect, test } from 'vitest'
import { type Catalogue, defineKind } from '#definitions'
import { describeKinds, trial } from '#definitions/testing'
import { rulesetKind } from '#identity'
import { insightKind, insightTable, shapesReader } from '#insights'
import { object } from '#kernel/read.ts'
import type { Relation } from '#query'
import { needsOf, segmentKind, segmentNodes, segmentsIn } from './index.ts'
import { tenantModel, tenantRelations } from './testing/index.ts'

const relationsIn = () => tenantRelations
const modelIn = () => tenantModel
const kinds = [
  defineKind({ kind: 'note', label: 'Note', schema: object({}) }),
  insightKind(relationsIn),
  segmentKind({ modelIn, shapesIn: shapesReader(relationsIn), relationsIn }),
  rulesetKind,
]
describeKinds(kinds.slice(1, 3))

const insight = `
kind: insight
key: spend
label: Spend
sql: select profile_id, sum(grand_total_amount) as total from sales_order group by profile_id
dimensions: [profile_id]
---`
const segment = (key: string, include: string) => `
kind: segment
key: ${key}
label: ${key}
on: individual
include: ${include}
---`
const accounts = `
kind: ruleset
key: accounts
label: Accounts
on: account
match:
  - key: name
    all:
      - { object: account, field: name, by: normalised }
reconcile: { default: last_updated }
---`
const says = (...documents: readonly string[]) =>
  // The file and line are the business of the room that reads files.
  trial(kinds, documents.join('')).plan.problems.map(
    ({ at, say }) => `${at.replace(/^\S+:\d+:\d+ /, '')}: ${say}`,
  )
const catalogue = (...documents: readonly string[]): Catalogue =>
  trial(kinds, documents.join('')).catalogue

test('definitions that refer to each other are checked together', () => {
  expect(
    says(
      segment('vips', '{ insight: spend.total, op: ">", value: 100 }'),
      segment('others', '{ not: { segment: vips } }'),
      insight,
    ),
  ).toEqual([])
})

test('a reference to nothing is told once, with its place', () => {
  const found = says(
    segment('vips', '{ all: [{ insight: spent.total, op: ">", value: 1 }, { segment: vip }] }'),
    insight,
  )
  expect(found).toHaveLength(2)
  expect(found[0]).toMatch(/^include\.all\[0\]\.insight: .*"spent".*did you mean "spend"/)
  expect(found[1]).toMatch(/^include\.all\[1\]\.segment: .*"vip".*did you mean "vips"/)
})

test('a measure that an insight does not have', () => {
  expect(says(insight, segment('vips', '{ insight: spend.sum, op: ">", value: 1 }'))).toEqual([
    'include.insight: the insight "spend" has no measure "sum"',
  ])
})

test('segments that need each other in a circle are named', () => {
  const found = says(
    segment('a', '{ segment: b }'),
    segment('b', '{ any: [{ segment: c }] }'),
    segment('c', '{ not: { segment: a } }'),
    segment('d', '{ segment: a }'),
    segment('e', '{ segment: e }'),
  )
  expect(found).toEqual([
    'include.segment: segments that need each other in a circle: a → b → c → a',
    'include.any[0].segment: segments that need each other in a circle: b → c → a → b',
    'include.not.segment: segments that need each other in a circle: c → a → b → c',
    'include.segment: segments that need each other in a circle: e → e',
  ])
})

test('a circle over definitions and a waterfall is told once, where it begins', () => {
  const steps = `
kind: segment
key: steps
label: Steps
on: individual
waterfall: [a, b]
---`
  const found = says(
    segment('a', '{ segment: steps, use: definition }'),
    segment('b', '{ all: [] }'),
    steps,
  )
  expect(found).toEqual([
    'include.segment: segments that need each other in a circle: a → steps → a',
    'waterfall[0]: segments that need each other in a circle: steps → a → steps',
  ])
})

test('a part stands in one waterfall only, and parts are plain segments about the same', () => {
  const steps = (key: string, parts: string) => `
kind: segment
key: ${key}
label: ${key}
on: individual
waterfall: [${parts}]
---`
  const firms = segment('firms', '{ all: [] }').replace('on: individual', 'on: account')
  const plain = [segment('a', '{ all: [] }'), segment('b', '{ all: [] }')]
  expect(
    says(
      ...plain,
      firms,
      accounts,
      steps('one', 'a, b'),
      steps('two', 'a, one'),
      steps('three', 'firms, no'),
    ),
  ).toEqual([
    expect.stringContaining(
      'waterfall[0]: the segment "a" is already a part of the waterfall "two"',
    ),
    expect.stringContaining(
      'waterfall[0]: the segment "a" is already a part of the waterfall "one"',
    ),
    expect.stringContaining('waterfall[1]: the segment "one" is a waterfall itself'),
    expect.stringContaining('"no"'),
    expect.stringContaining('waterfall[0]: the segment "firms" is about "account"'),
  ])
})

test('accounts can be meant once a ruleset unifies them', () => {
  const firms = segment('firms', '{ all: [] }').replace('on: individual', 'on: account')
  expect(says(firms)).toEqual([
    'on: no ruleset unifies "account", so nothing can be a member; define a ruleset with `on: account`',
  ])
  expect(says(firms, accounts)).toEqual([])
})

test('an insight cannot have the name of a model object', () => {
  expect(says(insight.replace('key: spend', 'key: sales_order'))[0]).toContain(
    '"sales_order" is already the name of a relation',
  )
})

test('an insight that others read is checked with them', () => {
  const reader = `
kind: insight
key: rich
label: Rich
sql: select count(*) as people from spent
dimensions: []
---`
  expect(says(insight, reader)[0]).toMatch(
    /^sql: line 1, column 32: .*"spent".*did you mean "spend"/,
  )
})

const spend: Relation = {
  name: 'spend',
  table: insightTable('spend'),
  columns: [
    { name: 'profile_id', type: 'integer' },
    { name: 'total', type: 'decimal' },
  ],
}

describe('nodes', () => {
  const nodes = (...documents: readonly string[]) =>
    segmentNodes(segmentsIn(catalogue(...documents)), {
      model: tenantModel,
      insights: [],
      relations: [...tenantRelations, spend],
      hasObject: (key) => ['sales_order', 'sales_order_product', 'product'].includes(key),
    }).map(({ key, inputs, freshness }) => [key, inputs, freshness])
  const orders = (rest: string) =>
    `{ related: sales_order, measure: count, op: '>', value: 1${rest} }`

  test('know what they are made from', () => {
    const include = `{ all: [${orders('')}, { related: case, measure: count, op: '>', value: 1 }, { insight: spend.total, op: '>', value: 1 }, { segment: b }] }`
    expect(nodes(insight, segment('a', include), segment('b', orders('')))).toEqual([
      [
        'segment:a',
        ['unified:individual', 'model:sales_order', 'insight:spend', 'segment:b'],
        'live',
      ],
      ['segment:b', ['unified:individual', 'model:sales_order'], 'live'],
    ])
  })

  test('know what a definition inside them, a query and a path are made from', () => {
    const lines =
      "{ related: sales_order_product, where: { field: product_id.category, op: '=', value: x } }"
    const query = `
kind: segment
key: asked
label: Asked
on: individual
sql: select l.profile_id from sales_order l join spend s on s.profile_id = l.profile_id
---`
    const steps = `
kind: segment
key: steps
label: Steps
on: individual
waterfall: [a, asked]
---`
    const use = '{ not: { segment: a, use: definition } }'
    const all = [insight, segment('a', lines), segment('b', use), query, steps]
    const of = ['unified:individual', 'model:sales_order_product', 'model:product']
    expect(says(...all)).toEqual([])
    expect(nodes(...all).map(([key, inputs]) => [key, inputs])).toEqual([
      ['segment:a', ['segment:steps']],
      ['segment:asked', ['segment:steps']],
      ['segment:b', of],
      ['segment:steps', [...of, 'model:sales_order', 'insight:spend']],
    ])
  })

  test('ask for the values that only whoever publishes them gives', () => {
    const open = `
kind: segment
key: open
label: Open
on: individual
include: { field: country, op: '=', value: $country }
parameters: { country: { type: text } }
---`
    expect(nodes(open)).toEqual([
      ['segment:open', ['unified:individual'], { asksFor: ['country'] }],
    ])
  })

  test('are made every hour when people come and go with time alone', () => {
    const hourly = { atLeastEveryMs: 3_600_000 }
    const recent = '{ field: purchased_at, op: within_last_days, value: 7 }'
    expect(
      nodes(
        segment('a', orders(`, where: { any: [${recent}] }`)),
        segment('b', '{ not: { field: birth_date, op: within_next_days, value: 7 } }'),
        segment('c', '{ field: birth_date, op: before, value: 2000-01-01 }'),
        segment('d', '{ related: sales_order, look_back: { value: 7, unit: day } }'),
        segment('e', '{ segment: d, use: definition }'),
        segment('f', '{ segment: d }'),
        segment('g', `{ sequence: [{ related: sales_order }, { related: case }] }`),
        segment(
          'h',
          `{ sequence: [{ related: case }, { related: case, within: { value: 7, unit: day }, never: true }] }`,
        ),
      ).map(([, , freshness]) => freshness),
    ).toEqual([hourly, hourly, 'live', hourly, hourly, 'live', 'live', hourly])
  })
})

test('needs have their places, also those of who is left out', () => {
  const need = { insight: 'spend.total', op: '>', value: 1 } as const
  expect(needsOf({ include: { any: [{ segment: 'a' }] }, exclude: { not: need } })).toEqual([
    { kind: 'segment', key: 'a', at: 'include.any[0].segment' },
    { kind: 'insight', key: 'spend', at: 'exclude.not.insight' },
  ])
})

test('a channel that looks like a misspelt one is told, and one of ones own is not', async () => {
  const [kind] = kinds.filter((one) => one.kind === 'segment')
  const told = (channel: string) =>
    kind?.warn?.(
      { include: { all: [{ consent: { channel, status: 'opted_in' } }] } },
      catalogue(),
      { kind: 'segment', key: 'a' },
    )
  expect(await told('emial')).toMatchObject([
    {
      code: 'consent.odd_channel',
      at: 'include.all[0].consent.channel',
      say: expect.stringContaining('did you mean "email"'),
    },
  ])
  expect(await told('telegram')).toEqual([])
})
