import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sql, value, type Writer } from '#engine'
import { memoryEngine } from '#engine/testing'
import { noteRowChange, prepareRowChanges } from '#model'
import type { Builder, Insight } from './definition.ts'
import { makeInsights, prepareInsights } from './index.ts'
import { shapesOf } from './shapes.ts'
import { fillTenant, setRows, tenantModel, tenantRelations } from './testing/index.ts'

const engine = await memoryEngine()
await prepareInsights(engine)
await fillTenant(engine)
await engine.change('row changes', prepareRowChanges)

const insightOf = (window: NonNullable<Builder['window']>, by = 'channel'): Insight => ({
  key: 'clicks',
  body: {
    label: 'Clicks',
    build: {
      from: 'website_engagement',
      window,
      dimensions: [{ name: 'channel', of: by }],
      measures: [{ name: 'clicks', how: 'count' }],
    },
  },
})
let defined: readonly Insight[] = []
const insights = makeInsights({
  engine,
  worthRows: 0,
  known: async () => ({ insights: defined, relations: tenantRelations, model: tenantModel }),
})

interface Event {
  /** Minutes after the beginning. */
  readonly at: number
  readonly channel: string | number
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
    const [begin, channel] = JSON.parse(key) as [number, string | number]
    const time = (minutes: number) => new Date(start + minutes * 60_000).toISOString()
    return { window_start: time(begin), window_end: time(begin + size), channel, clicks }
  })
  return { tooLate, rows: rows.toSorted((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1)) }
}

const orderOf = ({ window_start, channel }: { window_start: string; channel: string | number }) =>
  window_start + channel

const put = (events: readonly Event[]) =>
  setRows(
    engine,
    'website_engagement',
    events.map(({ at, channel }, i) => ({
      _stream: 's',
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

interface Kept extends Event {
  readonly key: number
  readonly position: number
}

type Change = Event & {
  readonly kind: 'insert' | 'overtaken' | 'update' | 'delete' | 'move'
  readonly which: number
}

const change: fc.Arbitrary<Change> = fc.record({
  kind: fc.constantFrom('insert', 'insert', 'overtaken', 'update', 'delete', 'move'),
  which: fc.nat(100),
  at: fc.nat(90),
  channel: fc.integer({ min: 1, max: 3 }),
})

const object = tenantModel.get('website_engagement')
let [outputs, base] = [0, 0]

async function refreshChanges() {
  const from = { 'model:website_engagement': outputs }
  const inputs = { from, to: { 'model:website_engagement': ++outputs } }
  return (await insights.refresh('clicks', { inputs })).run
}

const insert = (writer: Writer, { key, position, at, channel }: Kept) =>
  writer.run(sql`insert into model.website_engagement (_stream, _position, _key, _profile, engaged_at)
    values ('s', ${value(position)}, ${value(key)}, ${value(channel, 'integer')},
      ${value(new Date(start + at * 60_000).toISOString(), 'timestamp')})`)

/** Events as they come, change, go, and are found to be somebody else's; in the order of arrival. */
function eventsOf(writer: Writer, kept: Kept[]) {
  const remove = async ({ key }: Kept) => {
    await writer.run(sql`delete from model.website_engagement where _key = ${value(key)}`)
    kept.splice(
      kept.findIndex((one) => one.key === key),
      1,
    )
  }
  const add = async (one: Kept) => {
    await insert(writer, one)
    kept.push(one)
    kept.sort((a, b) => a.position - b.position)
  }
  const last = () => Math.max(0, ...kept.map(({ position }) => position))
  let keys = Math.max(0, ...kept.map(({ key }) => key))
  return async ({ kind, which, at, channel }: Change): Promise<void> => {
    const chosen = kept[which % Math.max(1, kept.length)]
    const position = last() + 1000
    if (kind === 'insert' || !chosen) return add({ key: ++keys, position, at, channel })
    // Its stream was slower than the others: others that came after it are known already.
    if (kind === 'overtaken') {
      const isFree = !kept.some((one) => one.position === chosen.position - 1)
      return isFree ? add({ key: ++keys, position: chosen.position - 1, at, channel }) : undefined
    }
    if (kind === 'move') {
      await writer.run(sql`update model.website_engagement set _profile = ${value(channel, 'integer')}
        where _key = ${value(chosen.key)}`)
      kept[kept.indexOf(chosen)] = { ...chosen, channel }
      return
    }
    await remove(chosen)
    if (kind === 'update') await add({ ...chosen, position, at, channel })
  }
}

test.each([
  { kind: 'tumbling', size: 10, every: 10, lateness: 7 },
  { kind: 'sliding', size: 10, every: 4, lateness: 0 },
] as const)(
  '%j: only the windows of what changed are computed, and it is the same',
  async (of) => {
    const { kind, size, every, lateness } = of
    defined = [
      insightOf(
        {
          kind,
          size: `${size} minutes`,
          ...(kind === 'sliding' && { every: `${every} minutes` }),
          ...(lateness > 0 && { lateness: `${lateness} minutes` }),
        },
        'profile_id',
      ),
    ]
    let partial = 0
    const rounds = fc.array(fc.array(change, { maxLength: 3 }), { minLength: 1, maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(
        fc.array(event, { minLength: 30, maxLength: 40 }),
        rounds,
        async (first, later) => {
          // A position never comes again.
          base += 1_000_000
          const kept = first.map(({ at }, i) => ({
            key: base + i,
            position: base + 1000 * i,
            at: at + i,
            channel: (i % 3) + 1,
          }))
          await setRows(engine, 'website_engagement', [])
          const check = async (work: (writer: Writer) => Promise<void>) => {
            await engine.change('changes', async (writer) => {
              await work(writer)
              await noteRowChange(writer, object, 'as they came')
            })
            const { how, tooLate } = await refreshChanges()
            if (how === 'changes') partial++
            const expected = byHand(kept, of)
            expect(await insights.rows('clicks', 1000)).toEqual(expected.rows)
            expect(tooLate).toBe(expected.tooLate)
          }
          await check(async (writer) => {
            for (const one of kept) await insert(writer, one)
          })
          for (const changes of later)
            await check(async (writer) => {
              const apply = eventsOf(writer, kept)
              for (const one of changes) await apply(one)
            })
        },
      ),
      { numRuns: 10 },
    )
    expect(partial).toBeGreaterThan(0)
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

test('an event from the future is counted once its time has come, with nothing else computed', async () => {
  defined = [insightOf({ kind: 'tumbling', size: '5 minutes' })]
  await put(Array.from({ length: 10 }, (_, at) => ({ at, channel: 'web' })))
  await engine.change('events', (writer) => noteRowChange(writer, object, 'made anew'))
  expect(await refreshChanges()).toMatchObject({ how: 'full' })
  const soon = new Date(Date.now() + 500).toISOString()
  await engine.change('an event', async (writer) => {
    await writer.run(sql`insert into model.website_engagement (_stream, _position, _key, channel, engaged_at)
      values ('s', 11, 11, 'web', ${value(soon, 'timestamp')})`)
    await noteRowChange(writer, object, 'as they came')
  })
  await expect
    .poll(
      async () => {
        expect(await refreshChanges()).toMatchObject({ how: 'changes' })
        const rows = await insights.rows('clicks', 9)
        return rows.map(({ clicks }) => clicks)
      },
      { timeout: 60_000 },
    )
    .toEqual([5, 5, 1])
}, 90_000)

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
