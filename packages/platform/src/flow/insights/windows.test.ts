import fc from 'fast-check'
import { expect, test } from 'vitest'
import { memoryEngine } from '#engine/testing'
import type { Builder, Insight } from './definition.ts'
import { makeInsights, prepareInsights } from './index.ts'
import { shapesOf } from './shapes.ts'
import { fillTenant, setRows, tenantModel, tenantRelations } from './testing/index.ts'

const engine = await memoryEngine()
await prepareInsights(engine)
await fillTenant(engine)

const insightOf = (window: NonNullable<Builder['window']>): Insight => ({
  key: 'clicks',
  body: {
    label: 'Clicks',
    build: {
      from: 'website_engagement',
      window,
      dimensions: ['channel'],
      measures: [{ name: 'clicks', how: 'count' }],
    },
  },
})
let defined: readonly Insight[] = []
const insights = makeInsights({
  engine,
  known: async () => ({ insights: defined, relations: tenantRelations, model: tenantModel }),
})

interface Event {
  /** Minutes after the beginning. */
  readonly at: number
  readonly channel: string
}

const start = Date.UTC(2026, 0, 5)

/** What a stream processor does: one event after the other, with the latest time seen so far. */
function byHand(
  events: readonly Event[],
  { size, every, lateness }: { size: number; every: number; lateness: number },
) {
  const counts = new Map<string, number>()
  let [seen, tooLate] = [Number.NEGATIVE_INFINITY, 0]
  for (const { at, channel } of events) {
    for (let begin = Math.floor(at / every) * every; begin > at - size; begin -= every) {
      if (begin + size + lateness <= seen) {
        tooLate++
        continue
      }
      const key = JSON.stringify([begin, channel])
      counts.set(key, (counts.get(key) ?? 0) + 1)
    }
    seen = Math.max(seen, at)
  }
  const rows = [...counts].map(([key, clicks]) => {
    // Made by the line above.
    const [begin, channel] = JSON.parse(key) as [number, string]
    const time = (minutes: number) => new Date(start + minutes * 60_000).toISOString()
    return { window_start: time(begin), window_end: time(begin + size), channel, clicks }
  })
  return { tooLate, rows: rows.toSorted((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1)) }
}

const orderOf = ({ window_start, channel }: { window_start: string; channel: string }) =>
  window_start + channel

const put = (events: readonly Event[]) =>
  setRows(
    engine,
    'website_engagement',
    events.map(({ at, channel }, i) => ({
      _position: i + 1,
      _key: i,
      channel,
      engaged_at: new Date(start + at * 60_000).toISOString(),
    })),
  )

const event = fc.record({ at: fc.nat(60), channel: fc.constantFrom('app', 'web') })

test.each([
  { kind: 'tumbling', size: 5, every: 5, lateness: 0 },
  { kind: 'tumbling', size: 10, every: 10, lateness: 7 },
  { kind: 'sliding', size: 10, every: 4, lateness: 5 },
] as const)(
  '%j: the same as one event after the other, in whatever portions they come',
  async (of) => {
    defined = [
      insightOf({
        kind: of.kind,
        size: `${of.size} minutes`,
        ...(of.kind === 'sliding' && { every: `${of.every} minutes` }),
        ...(of.lateness > 0 && { lateness: `${of.lateness} minutes` }),
      }),
    ]
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 30 }), fc.nat(30), async (events, cut) => {
        for (const portion of [events.slice(0, cut), events]) {
          await put(portion)
          const { run } = await insights.refresh('clicks')
          const expected = byHand(portion, of)
          expect(await insights.rows('clicks', 1000)).toEqual(expected.rows)
          expect(run.tooLate).toBe(expected.tooLate)
        }
      }),
      { numRuns: 15 },
    )
  },
  120_000,
)

test('an event that says to come from the future closes no window', async () => {
  defined = [insightOf({ kind: 'tumbling', size: '5 minutes' })]
  await put([
    { at: 1e8, channel: 'web' },
    { at: 1, channel: 'web' },
  ])
  await insights.refresh('clicks')
  expect(await insights.rows('clicks', 9)).toMatchObject([{ clicks: 1 }])
})

test('sliding windows are not added up', async () => {
  defined = [insightOf({ kind: 'sliding', size: '10 minutes', every: '5 minutes' })]
  await put([{ at: 1, channel: 'web' }])
  await insights.refresh('clicks')
  const asked = insights.query('clicks', { dimensions: ['channel'], measures: ['clicks'] })
  await expect(asked).rejects.toThrow('would count several times')
})

test('windows that make no sense are refused', () => {
  const said = (window: NonNullable<Builder['window']>, from = 'website_engagement') => {
    const insight = insightOf(window)
    const build = { ...insight.body.build, from } as Builder
    const insights = [{ ...insight, body: { label: 'x', build } }]
    const { problems } = shapesOf({ insights, relations: tenantRelations })
    return problems.get('clicks')?.map(({ at, say }) => `${at}: ${say}`)
  }
  expect(said({ kind: 'sliding', size: '5 minutes' })?.[0]).toContain('need `every`')
  expect(said({ kind: 'sliding', size: '5 minutes', every: '1 hour' })?.[0]).toContain('be lost')
  expect(said({ kind: 'sliding', size: '1 day', every: '1 second' })?.[0]).toContain(
    '86400 windows',
  )
  expect(said({ kind: 'tumbling', size: '5 minutes' }, 'individual')?.[0]).toContain(
    'build.window: "individual" has no event time',
  )
})
