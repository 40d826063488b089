import { expect, test } from 'vitest'
import { memoryEngine } from '#engine/testing'
import { graphMigrations, makeGraph } from '#graph'
import {
  type Insight,
  insightNodes,
  insightRefresher,
  makeInsights,
  prepareInsights,
} from '#insights'
import { stoppedClock } from '#kernel/clock.ts'
import { countedIds } from '#kernel/ids.ts'
import { silentLog } from '#kernel/log.ts'
import { memoryStore } from '#store/testing'
import {
  askedPublish,
  makeSegments,
  prepareSegments,
  type Segment,
  scheduledAsOf,
  segmentMigrations,
  segmentNodes,
  segmentRefresher,
} from './index.ts'
import { fillTenant, profileId, setRows, tenantModel, tenantRelations } from './testing/index.ts'

const engine = await memoryEngine()
await fillTenant(engine)
await prepareInsights(engine)
await prepareSegments(engine)
const store = await memoryStore({ graph: graphMigrations, segments: segmentMigrations })
const clock = stoppedClock(new Date('2026-02-16T12:00:00Z'))

const total = 'select profile_id, sum(grand_total_amount) as total from sales_order group by 1'
let spend: Insight = {
  key: 'spend',
  body: { label: 'Spend', sql: total, dimensions: ['profile_id'] },
}
const big: Segment = {
  key: 'big',
  body: {
    label: 'Big',
    on: 'individual',
    include: { insight: 'spend.total', op: '>', value: 400 },
  },
}
const recent: Segment = {
  key: 'recent',
  body: {
    label: 'Recent',
    on: 'individual',
    include: {
      related: 'sales_order',
      measure: 'max',
      of: 'purchased_at',
      op: 'within_last_days',
      value: 3,
    },
  },
}

const insights = makeInsights({
  engine,
  known: async () => ({ insights: [spend], relations: tenantRelations }),
})
const segments = makeSegments({
  engine,
  store,
  clock,
  known: async () => ({
    model: tenantModel,
    insights: await insights.shapes(),
    segments: [big, recent],
  }),
  keeping: async (asked) =>
    scheduledAsOf(
      new Map(asked.map(({ key }) => [key, { lane: key === 'big' ? 'live' : 'scheduled' }])),
      { view: () => graph.view(), now: clock.now() },
    ),
})
const kept = async () => (await segments.list()).map((one) => one.kept)

let orders = 1
const hasObject = (key: string) => key === 'sales_order'
const source = (key: string, position: number) =>
  ({
    key,
    kind: 'source',
    label: key,
    inputs: [],
    definition: '',
    freshness: 'by itself',
    position,
  }) as const
const graph = makeGraph({
  store,
  clock,
  ids: countedIds(),
  log: silentLog,
  nodes: async () => [
    source('model:sales_order', orders),
    source('unified:individual', 1),
    ...insightNodes(await insights.shapes(), hasObject, await insights.positions()),
    ...segmentNodes([big, recent], {
      model: tenantModel,
      insights: await insights.shapes(),
      relations: tenantRelations,
      hasObject,
      published: await segments.published(),
    }),
  ],
  refreshers: { insight: insightRefresher(insights), segment: segmentRefresher(segments) },
})
const refreshed = async (want: 'stale' | 'due' = 'stale') => {
  const { steps } = await graph.refresh({ want })
  return steps.map(({ node, result }) => `${node} ${result}`)
}
const members = async (key: string) => (await segments.members(key, { limit: 99 })).total

test('a day in the life of an insight and two segments in the graph', async () => {
  expect(await kept()).toEqual([{ lane: 'live' }, { lane: 'scheduled' }])
  expect(await refreshed()).toEqual([
    'insight:spend refreshed',
    'segment:big refreshed',
    'segment:recent refreshed',
  ])
  const asOf = clock.now().toISOString()
  const scheduled = { lane: 'scheduled', as_of: asOf }
  expect(await kept()).toEqual([{ lane: 'live' }, { ...scheduled, staleness_ms: 0 }])
  expect([await members('big'), await members('recent')]).toEqual([2, 2])
  expect(await refreshed()).toEqual([])

  // Orders moved, but no sum did: what is made from the sums is not made again.
  orders = 2
  expect(await refreshed()).toEqual([
    'insight:spend refreshed',
    'segment:big up to date',
    'segment:recent refreshed',
  ])

  // Nothing moved but time: only who is recent is looked at again.
  clock.move(2 * 3_600_000)
  expect(await kept()).toEqual([{ lane: 'live' }, { ...scheduled, staleness_ms: 2 * 3_600_000 }])
  expect(await refreshed('due')).toEqual(['segment:recent refreshed'])
  clock.move(3 * 86_400_000)
  expect(await refreshed('due')).toEqual(['segment:recent refreshed'])
  expect(await members('recent')).toBe(0)

  // A mistake keeps the last good result, says why, and stops only what depends on it.
  spend = {
    ...spend,
    body: { ...spend.body, sql: total.replace('grand_total_amount', 'cast(channel as integer)') },
  }
  orders = 3
  expect(await refreshed()).toEqual([
    'insight:spend failed',
    'segment:big up to date',
    'segment:recent refreshed',
  ])
  expect((await graph.get('insight:spend')).fault?.say).toContain("string 'web'")
  expect([await members('big'), await insights.rows('spend', 99)]).toEqual([
    2,
    expect.objectContaining({ length: 5 }),
  ])

  // Mended: everything comes up again.
  spend = { ...spend, body: { ...spend.body, sql: total } }
  await setRows(engine, 'sales_order', [{ profile: profileId(4), grand_total_amount: '401' }])
  orders = 4
  await refreshed()
  expect((await segments.members('big', { limit: 9 })).members.map(({ name }) => name)).toEqual([
    'Dan',
  ])
})

test('a change that the graph has not noted, because the process died, still reaches what is made from it', async () => {
  await refreshed()
  await setRows(engine, 'sales_order', [])
  // As a refresher would have done it, up to the moment before the graph writes it down.
  expect(await insights.refresh('spend')).toMatchObject({ changed: true })
  orders = 5
  expect(await refreshed()).toEqual([
    'insight:spend refreshed',
    'segment:big refreshed',
    'segment:recent refreshed',
  ])
  expect(await members('big')).toBe(0)
  expect(await refreshed()).toEqual([])
})

test('whoever publishes one leaves nothing of it to the next refresh, unless with values of their own', async () => {
  const publish = askedPublish(segments, graph.make)
  await refreshed()
  await setRows(engine, 'sales_order', [{ profile: profileId(4), grand_total_amount: '401' }])
  orders = 6
  await graph.refresh({ want: ['insight:spend'] })
  expect(await publish('big')).toMatchObject({ entered: 1, members: 1 })
  expect(await graph.get('segment:big')).toMatchObject({
    state: 'fresh',
    counts: { members: 1, entered: 1, left: 0 },
  })
  expect(await refreshed()).toEqual(['segment:recent refreshed'])
  orders = 7
  expect(await publish('recent', undefined, clock.now())).toMatchObject({ members: 0 })
  expect(await refreshed()).toContain('segment:recent refreshed')
  await expect(publish('bigg')).rejects.toMatchObject({ code: 'segments.unknown' })
  // What was published beside the graph counts, too.
  await setRows(engine, 'sales_order', [])
  await insights.refresh('spend')
  await segments.publish('big')
  expect((await graph.get('segment:big')).counts).toMatchObject({ members: 0 })
})

test('what rests because it costs much says so, and as of when its members are', async () => {
  const now = new Date('2026-01-01T12:00:00Z')
  const view = async () => [
    {
      key: 'segment:best',
      kind: 'segment',
      label: 'Best',
      inputs: [],
      freshness: 'live' as const,
      state: 'stale' as const,
      why: ['insight:spend has moved on', 'it took 40 seconds, so it rests'],
      output: 1,
      counts: {},
      refreshedAt: '2026-01-01T11:59:50.000Z',
      durationMs: 40_000,
      waits: { for: 'its time' as const, until: '2026-01-01T12:00:30.000Z' },
    },
  ]
  const kept = new Map([['best', { lane: 'scheduled', why: 'it has "rank"' } as const]])
  expect((await scheduledAsOf(kept, { view, now })).get('best')).toEqual({
    lane: 'scheduled',
    why: 'it has "rank"',
    as_of: '2026-01-01T11:59:10.000Z',
    staleness_ms: 50_000,
    waits: { why: 'it took 40 seconds, so it rests', until: '2026-01-01T12:00:30.000Z' },
  })
})
