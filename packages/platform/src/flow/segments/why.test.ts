import { beforeEach, describe, expect, test } from 'vitest'
import { consentObjects } from '#consent'
import { sql, table } from '#engine'
import { memoryEngine } from '#engine/testing'
import { stoppedClock } from '#kernel/clock.ts'
import { problemsOf } from '#kernel/read.ts'
import { memoryStore } from '#store/testing'
import { membersQuery, profileParams } from './api.ts'
import {
  type Condition,
  historyTable,
  makeSegments,
  memberTable,
  type Segment,
  segmentMigrations,
} from './index.ts'
import { stateTable } from './tables.ts'
import {
  mergePeople,
  profileId,
  segmentTenant,
  setRows,
  tenantInsights,
  tenantModel,
  tenantRelations,
} from './testing/index.ts'
import { whyParams, whyStayParams } from './why-api.ts'

const engine = await memoryEngine()
const store = await memoryStore({ segments: segmentMigrations })
const clock = stoppedClock(new Date('2026-02-16T12:00:00Z'))
const dayMs = 86_400_000
const [ada, bob, cleo, dan, eve] = [
  profileId(1),
  profileId(2),
  profileId(3),
  profileId(4),
  profileId(5),
] as const

let defined: readonly Segment[] = []
const segments = makeSegments({
  engine,
  store,
  clock,
  known: async () => ({
    model: tenantModel,
    insights: tenantInsights,
    segments: defined,
    relations: tenantRelations,
  }),
})

const common = { label: 'A label', on: 'individual' }
const segment = (
  key: string,
  body: DistributiveOmit<Segment['body'], 'label' | 'on'>,
): Segment => ({
  key,
  body: { ...common, ...body },
})
type DistributiveOmit<T, K extends string> = T extends unknown ? Omit<T, K> : never

beforeEach(async () => {
  await segmentTenant(engine)
  await engine.change('test', async (writer) => {
    const merges = table('unified', 'redirect_individual')
    for (const name of [memberTable, historyTable, stateTable, merges])
      await writer.run(sql`delete from ${name}`)
  })
})

const why = (include: Condition, profile: bigint) =>
  segments.whyOf({ include, profile: String(profile) })

describe('the tree', () => {
  test('has every condition with its place, a sentence, the answer and the value', async () => {
    const told = await why(
      {
        all: [
          { field: 'country', op: '=', value: 'France' },
          { not: { any: [{ insight: 'spend.total', op: '>', value: 500 }] } },
          { field: 'owns_home', op: '=', value: false },
        ],
      },
      ada,
    )
    expect(told).toMatchObject({
      profile: String(ada),
      member: false,
      notes: ['the insight "spend" changes when it is refreshed'],
    })
    expect(told.include).toEqual({
      at: 'include',
      kind: 'all',
      says: 'all of these hold',
      holds: false,
      parts: [
        {
          at: 'include.all[0]',
          kind: 'field',
          says: 'country is "France"',
          holds: true,
          value: 'France',
        },
        {
          at: 'include.all[1]',
          kind: 'not',
          says: 'this does not hold',
          holds: true,
          parts: [
            {
              at: 'include.all[1].not',
              kind: 'any',
              says: 'at least one of these holds',
              holds: false,
              parts: [
                {
                  at: 'include.all[1].not.any[0]',
                  kind: 'insight',
                  says: 'total of the insight "spend" is more than 500',
                  holds: false,
                  value: 420.5,
                },
              ],
            },
          ],
        },
        {
          at: 'include.all[2]',
          kind: 'field',
          says: 'owns home is false',
          holds: false,
          value: true,
        },
      ],
    })
  })

  test('shows the rows that counted, and the fields that are asked', async () => {
    const told = await why(
      {
        related: 'sales_order',
        where: { field: 'channel', op: '=', value: 'web' },
        measure: 'max',
        of: 'grand_total_amount',
        op: '>=',
        value: 300,
      },
      ada,
    )
    expect(told.include).toMatchObject({
      says: 'largest grand total amount of sales order where channel is "web" is at least 300',
      holds: true,
      value: 300,
      evidence: [
        {
          object: 'sales_order',
          key: '3',
          id: 'o3',
          counts: true,
          fields: {
            channel: 'web',
            grand_total_amount: 300,
            purchased_at: '2025-06-01T09:00:00.000Z',
          },
        },
        { key: '1', counts: true },
      ],
    })
  })

  test('shows what comes nearest where nothing counted', async () => {
    const recent = { related: 'sales_order', look_back: { value: 3, unit: 'day' as const } }
    const none = await why({ ...recent, measure: 'count', op: '=', value: 0 }, ada)
    expect(none).toMatchObject({
      member: true,
      include: { value: 0, evidence: [{ key: '2', counts: false }] },
    })
    expect(none.include.evidence).toHaveLength(1)
    expect((await why(recent, dan)).include).toMatchObject({ holds: false, evidence: [] })
  })

  test('of a sequence shows the rows of its steps, and what is missing', async () => {
    const steps = (second: string): Condition => ({
      sequence: [
        { related: 'sales_order', where: { field: 'channel', op: '=', value: 'web' } },
        {
          related: 'sales_order',
          where: { field: 'channel', op: '=', value: second },
          within: { value: 8, unit: 'week' },
        },
      ],
    })
    const told = await why(steps('store'), ada)
    expect(told.include).toMatchObject({
      says: 'first sales order where channel is "web", then within 8 weeks sales order where channel is "store"',
      holds: true,
      progress: { taken: 2, steps: 2 },
      evidence: [
        { step: 1, key: '1', counts: true },
        { step: 2, key: '2', counts: true },
      ],
    })
    expect((await why(steps('phone'), ada)).include).toMatchObject({
      holds: false,
      progress: { taken: 1, steps: 2 },
      evidence: [
        { step: 1, key: '1', counts: true },
        { step: 2, key: '2', counts: false },
      ],
    })
  })

  test('of a sequence says of rows that they have no time', async () => {
    const order = (n: number, purchased_at: string | null) => ({
      id: `o${n}`,
      _key: BigInt(n),
      profile: ada,
      purchased_at,
    })
    await setRows(engine, 'sales_order', [order(1, '2026-01-01T00:00:00Z'), order(2, null)])
    const twice: Condition = {
      sequence: [{ related: 'sales_order' }, { related: 'sales_order' }],
    }
    expect((await why(twice, ada)).include).toMatchObject({
      holds: false,
      note: 'one of the rows has no time, and counts as no step',
    })
  })

  test('of a sequence that must not go on shows what went on', async () => {
    const quiet: Condition = {
      sequence: [
        { related: 'sales_order', where: { field: 'channel', op: '=', value: 'web' } },
        { related: 'sales_order', within: { value: 60, unit: 'day' }, never: true },
      ],
    }
    // Ada's order of June was followed by none for 60 days.
    expect((await why(quiet, ada)).include).toMatchObject({
      holds: true,
      progress: { taken: 2, steps: 2 },
      evidence: [{ step: 1, key: '3' }],
    })
    expect((await why(quiet, eve)).include).toMatchObject({
      holds: false,
      progress: { taken: 1, steps: 2 },
      evidence: [{ step: 1, key: '6' }],
      // 60 days after the order, in the first moment that is later.
      flips_at: '2026-04-16T12:00:00.001Z',
    })
    expect((await why(quiet, bob)).include).toMatchObject({ progress: { taken: 0, steps: 2 } })
  })
})

describe('what a condition stands on', () => {
  test('another segment: since when they are a member, or until when they were', async () => {
    defined = [
      segment('buyers', {
        include: { related: 'sales_order', look_back: { value: 10, unit: 'day' } },
      }),
      segment('never', { include: { any: [] } }),
    ]
    await segments.publish('buyers')
    clock.move(9 * dayMs)
    await segments.publish('buyers')
    const told = (key: string, of: bigint) => why({ segment: key }, of)
    expect((await told('buyers', eve)).include).toMatchObject({
      says: 'a member of the segment "buyers"',
      holds: true,
      membership: { segment: 'buyers', member: true, entered_at: '2026-02-16T12:00:00.000Z' },
    })
    expect((await told('buyers', ada)).include).toMatchObject({
      holds: false,
      membership: { member: false, left_at: '2026-02-25T12:00:00.000Z' },
    })
    expect((await told('buyers', dan)).include.membership).toEqual({
      segment: 'buyers',
      member: false,
    })
    expect((await told('never', ada)).include.note).toBe('"never" has not been published')
    clock.move(-9 * dayMs)
  })

  test('the definition of another segment, with its own parts, zone and parameters', async () => {
    defined = [
      segment('of_channel', {
        time_zone: 'Asia/Kathmandu',
        parameters: { channel: { type: 'text', default: 'web' } },
        include: {
          related: 'sales_order',
          where: { field: 'channel', op: '=', value: '$channel' },
        },
        exclude: { field: 'country', op: '=', value: 'France' },
      }),
    ]
    const told = await why({ not: { segment: 'of_channel', use: 'definition' } }, cleo)
    expect(told).toMatchObject({ member: false })
    expect(told.include.parts?.[0]).toMatchObject({
      at: 'include.not',
      holds: true,
      parts: [
        {
          at: 'include.not.include',
          says: 'at least one row of sales order where channel is "web"',
          holds: true,
          evidence: [{ key: '5' }],
        },
        { at: 'include.not.exclude', holds: false },
      ],
    })
  })

  test('a rank: their place, and the last who is in', async () => {
    defined = [
      segment('best', {
        include: { field: 'country', op: 'is_filled' },
        rank: {
          first: 1,
          by: { related: 'sales_order', measure: 'sum', of: 'grand_total_amount' },
        },
      }),
    ]
    expect(await segments.why('best', ada)).toMatchObject({
      member: false,
      include: { holds: true },
      rank: {
        says: 'among the first 1 with the highest sum of grand total amount of sales order',
        place: 2,
        value: 420.5,
        among: 3,
        last: { profile: String(cleo), place: 1, value: 1000 },
        holds: false,
      },
      notes: ['places depend on others, so the rank may change at any time'],
    })
    expect(await segments.why('best', cleo)).toMatchObject({
      member: true,
      rank: { place: 1, last: { profile: String(cleo) } },
    })
    const out = await segments.why('best', eve)
    expect(out).toMatchObject({ member: false, rank: { holds: false, value: 40, among: 3 } })
    expect(out.rank).not.toHaveProperty('place')
  })

  test('of a segment that somebody is in, it is told without a word of others', async () => {
    defined = [
      segment('best', {
        include: { field: 'country', op: 'is_filled' },
        rank: { first: 2, by: { field: 'yearly_income' } },
      }),
      segment('other', { include: { field: 'country', op: 'is_filled' } }),
    ]
    await segments.publish('best')
    const found = await segments.members('best', { limit: 10 })
    const [one = 0n] = found.members.map(({ profile }) => BigInt(profile))
    const whole = await segments.why('best', one)
    const { among, last, ...rank } = whole.rank!
    expect([among, last?.profile]).toEqual([expect.any(Number), expect.any(String)])
    expect(await segments.whyStay('best', one)).toEqual({ ...whole, rank })
    const refused = { code: 'segments.not_in', status: 404 }
    await expect(segments.whyStay('best', eve)).rejects.toMatchObject(refused)
    for (const key of ['other', 'nowhere'])
      await expect(segments.whyStay(key, one)).rejects.toMatchObject(refused)
  })

  test('a rank in groups compares with those of their own group', async () => {
    defined = [
      segment('best', {
        include: { all: [] },
        rank: { first: 1, per: 'country', by: { field: 'yearly_income' }, order: 'highest' },
      }),
    ]
    expect((await segments.why('best', ada)).rank).toMatchObject({
      group: 'france',
      place: 2,
      among: 2,
      last: { profile: String(bob), value: 52000.5 },
    })
  })

  test('a part of a waterfall: which part took them', async () => {
    defined = [
      segment('french', { include: { field: 'country', op: '=', value: 'France' } }),
      segment('buyers', { include: { related: 'sales_order' } }),
      segment('tiers', { waterfall: ['french', 'buyers'] }),
    ]
    expect(await segments.why('buyers', ada)).toMatchObject({
      member: false,
      include: { holds: true },
      waterfall: { waterfall: 'tiers', taken_by: 'french', holds: false },
    })
    expect(await segments.why('buyers', eve)).toMatchObject({
      member: true,
      waterfall: { taken_by: 'buyers', holds: true },
    })
    const whole = await segments.why('tiers', ada)
    expect(whole).toMatchObject({ member: true, waterfall: { taken_by: 'french', holds: true } })
    expect(whole.include).toMatchObject({
      kind: 'waterfall',
      parts: [
        { at: 'waterfall[0]', holds: true, parts: [{ at: 'waterfall[0].include' }] },
        { at: 'waterfall[1]', holds: true },
      ],
    })
    const out = await segments.why('tiers', dan)
    expect(out).toMatchObject({ member: false, waterfall: { holds: false } })
  })

  test('a part of a waterfall loses them when an earlier part takes them with time alone', async () => {
    const recent = { related: 'sales_order', look_back: { value: 30, unit: 'day' as const } }
    defined = [
      segment('lapsed', { include: { ...recent, measure: 'count', op: '=', value: 0 } }),
      segment('buyers', { include: { related: 'sales_order' } }),
      segment('web', { sql: "select profile_id from sales_order where channel = 'web'" }),
      segment('tiers', { waterfall: ['lapsed', 'buyers', 'web'] }),
    ]
    const told = await segments.why('buyers', ada)
    expect(told).toMatchObject({ member: true, flips_at: '2026-03-12T09:00:00.001Z' })
    expect(told.include).not.toHaveProperty('flips_at')
    expect(await segments.why('web', ada)).not.toHaveProperty('flips_at')
    expect(await segments.why('tiers', ada)).not.toHaveProperty('flips_at')
  })

  test('a part of a waterfall that keeps only the first by a value', async () => {
    const best = { rank: { first: 1, by: { insight: 'spend.total' } } }
    defined = [
      segment('best', { include: { all: [] }, ...best }),
      segment('rest', { include: { related: 'sales_order' } }),
      segment('tiers', { waterfall: ['best', 'rest'] }),
    ]
    const told = async (key: string, of: bigint) => segments.why(key, of)
    expect(await told('best', ada)).toMatchObject({
      member: false,
      rank: { place: 2 },
      waterfall: { taken_by: 'rest', holds: false },
    })
    expect(await told('rest', ada)).toMatchObject({ member: true })
    expect(await told('best', cleo)).toMatchObject({ member: true, rank: { place: 1 } })
    await segments.publish('tiers')
    const { members } = await segments.members('rest', { limit: 9 })
    expect(members.map(({ profile }) => profile)).toEqual([ada, bob, eve].map(String))
  })

  test('SQL: in or out, and no more', async () => {
    defined = [segment('web', { sql: "select profile_id from sales_order where channel = 'web'" })]
    expect(await segments.why('web', ada)).toMatchObject({
      member: true,
      include: {
        kind: 'sql',
        holds: true,
        note: 'it is written in SQL, so only in or out can be told',
      },
    })
    expect((await segments.why('web', bob)).member).toBe(false)
  })

  test('the rank inside another segment counts everybody, not only this one', async () => {
    defined = [
      segment('best', {
        include: { all: [] },
        rank: { first: 1, by: { insight: 'spend.total' } },
      }),
    ]
    const told = await why({ segment: 'best', use: 'definition' }, ada)
    expect(told).toMatchObject({
      member: false,
      include: { note: '"best" keeps only the first by a value' },
    })
    expect((await why({ segment: 'best', use: 'definition' }, cleo)).member).toBe(true)
  })
})

test('consent: also what others said of a contact point that they share', async () => {
  for (const object of consentObjects) await setRows(engine, object, [])
  const common = { email_address: 'both@example.com' }
  await setRows(engine, 'contact_point_email', [
    { ...common, _key: 1n, id: 'e1', profile: ada, individual_id__key: 1n },
    { ...common, _key: 2n, id: 'e2', profile: bob, individual_id__key: 2n },
  ])
  const said = { channel: 'email', status: 'opt_in', effective_to: '2026-03-01T00:00:00Z' }
  await setRows(engine, 'contact_point_consent', [
    { ...said, profile: bob, individual_id__key: 2n, contact_point: 'both@example.com' },
  ])
  const include: Condition = {
    all: [
      { consent: { channel: 'email', status: 'opted_in' } },
      { related: 'contact_point_email' },
    ],
  }
  const members = (await segments.sample({ include }, 9)).map(({ profile }) => profile)
  expect(members.toSorted()).toEqual([ada, bob].map(String))
  for (const person of [ada, bob, cleo])
    expect((await why(include, person)).member).toBe(members.includes(String(person)))
  const told = await why(include, bob)
  expect(told.flips_at).toMatch(/^2026-03-01T00:00:00.00[01]Z$/)
  expect(told.include.parts?.[0]).toMatchObject({
    kind: 'consent',
    says: 'consent to being reached by email is opted in',
    holds: true,
  })
})

describe('whom and when', () => {
  test('an id that was merged is told about as the one that is left', async () => {
    defined = [segment('french', { include: { field: 'country', op: '=', value: 'France' } })]
    await segments.publish('french')
    await mergePeople(engine, [[ada, bob]])
    await segments.publish('french')
    expect(await segments.why('french', ada)).toMatchObject({
      profile: String(bob),
      asked_for: String(ada),
      published: { member: true },
      member: true,
      label: 'A label',
    })
  })

  test('nobody with that id, and everything that is wrong with a condition', async () => {
    await expect(why({ all: [] }, 7n)).rejects.toMatchObject({
      code: 'segments.unknown_person',
      status: 404,
    })
    await expect(why({ field: 'x', op: 'is_empty' }, ada)).rejects.toMatchObject({
      code: 'segments.unknown_field',
    })
  })

  test('values of parameters', async () => {
    defined = [
      segment('of_country', {
        parameters: { country: { type: 'text' } },
        include: { field: 'country', op: '=', value: '$country' },
      }),
    ]
    await expect(segments.why('of_country', ada)).rejects.toMatchObject({
      code: 'segments.missing_value',
    })
    expect(await segments.why('of_country', ada, { given: { country: 'France' } })).toMatchObject({
      member: true,
      given: { country: 'France' },
      include: { says: 'country is "France"' },
    })
  })

  test('when it changes by itself: each condition and the whole', async () => {
    const told = await why(
      {
        all: [
          {
            related: 'sales_order',
            look_back: { value: 30, unit: 'day' },
            measure: 'count',
            op: '>=',
            value: 1,
          },
          { field: 'birth_date', op: 'month', value: 12 },
          { not: { field: 'birth_date', op: 'anniversary_within_next_days', value: 7 } },
        ],
      },
      ada,
    )
    expect(told).toMatchObject({ member: true, flips_at: '2026-03-12T09:00:00.001Z' })
    expect(told.include.parts?.map(({ flips_at: flip }) => flip)).toEqual([
      '2026-03-12T09:00:00.001Z',
      undefined,
      '2026-12-03T00:00:00.000Z',
    ])
  })

  test('other things than people', async () => {
    const product = (n: number, category: string) => ({ id: `p${n}`, _key: BigInt(n), category })
    await setRows(engine, 'product', [product(1, 'bikes'), product(2, 'bikes')])
    await setRows(engine, 'sales_order_product', [
      { id: 'l1', _key: 10n, product_id: 'p1', product_id__key: 1n, total_line_amount: '5' },
    ])
    const unsold = {
      on: 'product',
      include: { not: { related: 'sales_order_product' } },
    }
    expect(await segments.whyOf({ ...unsold, profile: '2' })).toMatchObject({ member: true })
    expect(await segments.whyOf({ ...unsold, profile: '1' })).toMatchObject({
      member: false,
      include: { parts: [{ holds: true, value: 1, evidence: [{ key: '10', id: 'l1' }] }] },
    })
  })
})

test('an id that no profile can have is refused', () => {
  const [profile, key] = ['9999999999999999999', 'vips']
  const refused = [{ say: expect.stringContaining('too long for an id') }]
  expect(problemsOf(profileParams, { profile })).toMatchObject(refused)
  expect(problemsOf(whyParams, { profile, key })).toMatchObject(refused)
  expect(problemsOf(whyStayParams, { profile, key })).toMatchObject(refused)
  expect(problemsOf(membersQuery, { after: profile })).toMatchObject(refused)
})
