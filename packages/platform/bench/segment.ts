import { join } from 'node:path'
import { type Draft, type Engine, openDuckdb, sql } from '#engine'
import { unifiedRelations } from '#identity'
import { makeInsights } from '#insights'
import { readConfig } from '#kernel/config.ts'
import { modelRelations } from '#mappings'
import { modelOf } from '#model'
import type { RunResult } from '#runs/api'
import { compile, type SegmentDefinition, subjectsOf } from '#segments'
import { type Bench, type Figure, percentile, rounded, timed } from './bench.ts'
import { definitionsOf, msOf, openPlatform, type Platform } from './platform.ts'
import { type ByHand, loadByHand } from './segment-by-hand.ts'
import { type ShopSize, writeShop } from './shop.ts'

/** What a segment costs over tables that the product made, beside SQL that a person wrote. */
export const segment: Bench = {
  name: 'segment',
  about:
    'A segment of two attributes, an aggregate over a time window and an insight, over 100,000 people and a million orders (with --long ten times as many), beside SQL written by hand over the same files.',
  run: async ({ folder, isShort, isLong, say }) => {
    const size = sizeFor(isShort, isLong)
    const [files, dataFolder] = [join(folder, 'files'), join(folder, 'data')]
    const now = new Date()
    await writeShop(files, size, now)
    say(`${size.customers} customers, ${size.orders} orders written`)
    const flow = await takeThroughFlow(dataFolder, files)
    say(`${flow.best.members} of ${flow.profiles} people are members`)
    const byHand = await loadByHand(join(folder, 'by-hand.duckdb'), files)
    const engine = await openDuckdb({ ...readConfig({}), folder: dataFolder })
    try {
      const who = await compiled(engine, flow.best.definition, now)
      const times = await alternate(isShort ? 5 : 25, { engine, who, byHand, now })
      return [...figuresOf(times), ...flowFigures(flow, size)]
    } finally {
      byHand.close()
      await engine.close()
    }
  },
}

const sizes = {
  short: { people: 5000, customers: 5500, orders: 50_000 },
  middle: { people: 100_000, customers: 110_000, orders: 1_000_000 },
  whole: { people: 1_000_000, customers: 1_100_000, orders: 10_000_000 },
} as const satisfies Record<string, ShopSize>

function sizeFor(isShort: boolean, isLong: boolean): ShopSize {
  if (isShort) return sizes.short
  return isLong ? sizes.whole : sizes.middle
}

interface Flow {
  readonly run: RunResult
  readonly profiles: number
  readonly best: { readonly members: number; readonly definition: SegmentDefinition }
  readonly publish: { readonly ms: number; readonly note: string }
  readonly republish: { readonly ms: number; readonly note: string }
}

/** Streams, mappings, identity, insight and segment as a run refreshes them; then the segment with other countries. */
async function takeThroughFlow(dataFolder: string, filesFolder: string): Promise<Flow> {
  const platform = await openPlatform({ dataFolder, filesFolder })
  try {
    await platform.define(definitionsOf('shop'))
    const run = await platform.refresh()
    const { profiles, segments } = await summaryOf(platform)
    const path = '/definitions/segment/best'
    // Checked by the product when it was applied.
    const { body } = (await platform.client.call('GET', path)) as { body: SegmentDefinition }
    await platform.client.call('PUT', path, { body: { body: withOtherCountries(body) } })
    const again = await platform.refresh()
    return {
      run,
      profiles,
      best: { members: segments[0]?.members ?? 0, definition: body },
      publish: publishOf(run),
      republish: publishOf(again),
    }
  } finally {
    await platform.close()
  }
}

// The endpoint answers with this shape; see the runs room.
const summaryOf = async ({ client }: Platform) =>
  (await client.call('GET', '/summary')) as {
    readonly profiles: number
    readonly segments: readonly { readonly members: number }[]
  }

function withOtherCountries(body: SegmentDefinition): SegmentDefinition {
  if (!('include' in body)) throw new Error('the segment has no conditions')
  const { include } = body
  if (!('all' in include)) throw new Error('the segment is no list of conditions')
  const [, ...rest] = include.all
  const other = { field: 'country', op: 'in', value: ['DE', 'AT', 'FR'] } as const
  return { ...body, include: { all: [{ ...other, value: [...other.value] }, ...rest] } }
}

function publishOf(run: RunResult): Flow['publish'] {
  const note = run.steps.find(({ node }) => node === 'segment:best')?.note ?? ''
  return { ms: msOf(run, 'segment:'), note }
}

/** The query that the product makes of a segment, against the tables as they are. */
async function compiled(engine: Engine, of: SegmentDefinition, now: Date): Promise<Draft> {
  const model = modelOf([])
  const relations = [...modelRelations(model), ...unifiedRelations(model)]
  const insights = await makeInsights({
    engine,
    known: async () => ({ insights: [lifetime], relations }),
  }).shapes()
  const [models, unified] = await Promise.all([engine.tables('model'), engine.tables('unified')])
  const tables = { model: models, unified }
  return compile(of, {
    now,
    subjects: subjectsOf({ model, insights, segments: [] }),
    columns: (schema, name) =>
      new Set(
        tables[schema].find((table) => table.name === name)?.columns.map((column) => column.name),
      ),
  })
}

// As in the definitions; the engine tells the types of what was computed.
const lifetime = {
  key: 'lifetime',
  body: {
    label: 'Lifetime spend',
    sql: 'select profile_id, sum(grand_total_amount) as total, count(*) as orders from sales_order group by profile_id',
    dimensions: ['profile_id'],
  },
}

interface Times {
  readonly ours: readonly number[]
  readonly hand: readonly number[]
  readonly prepared: readonly number[]
}

/** Asks both in turn, so that whatever else the machine does falls on both. */
async function alternate(
  times: number,
  of: { engine: Engine; who: Draft; byHand: ByHand; now: Date },
): Promise<Times> {
  const { engine, who, byHand, now } = of
  const count = async () => {
    const [row] = await engine.rows(sql`select count(*) as n from (${who}) who`)
    return Number(row?.['n'])
  }
  const answers = [await count(), await byHand.count(now), await byHand.countPrepared(now)]
  if (answers[0] === 0 || new Set(answers).size > 1)
    throw new Error(`not the same members: ${answers.join(', ')}`)
  const [ours, hand, prepared] = [[] as number[], [] as number[], [] as number[]]
  for (let n = 0; n < times; n++) {
    ours.push(await timed(count))
    hand.push(await timed(() => byHand.count(now)))
    prepared.push(await timed(() => byHand.countPrepared(now)))
  }
  return { ours, hand, prepared }
}

function figuresOf({ ours, hand, prepared }: Times): readonly Figure[] {
  const least = (of: readonly number[]) => Math.min(...of)
  const against = (name: string, theirs: readonly number[], comparedWith: string) =>
    [['least', least] as const, ['median', middle] as const].map(([word, of]) => ({
      name: `${name}, ${word}`,
      value: rounded(of(ours)),
      unit: 'ms',
      comparedWith: `${comparedWith}: ${rounded(of(theirs))} ms`,
      ratio: rounded(of(ours) / of(theirs)),
      target: 'at most 1.3, under 3,000 ms',
    }))
  return [
    ...against('evaluating', hand, 'SQL by hand over the files as tables'),
    ...against('evaluating', prepared, 'SQL by hand over tables made per person'),
  ]
}

const middle = (of: readonly number[]) => percentile(of, 0.5)

const flowFigures = ({ run, profiles, publish, republish }: Flow, size: ShopSize): Figure[] => [
  { name: `evaluating and publishing: ${publish.note}`, value: publish.ms, unit: 'ms' },
  { name: `after a change: ${republish.note}`, value: republish.ms, unit: 'ms' },
  { name: 'streams: both files into the lake', value: msOf(run, 'stream:'), unit: 'ms' },
  {
    name: `mapping: ${(2 * size.customers + size.orders).toLocaleString('en-US')} rows of the model`,
    value: msOf(run, 'model:'),
    unit: 'ms',
  },
  {
    name: `identity: ${size.customers.toLocaleString('en-US')} records, ${profiles.toLocaleString('en-US')} people`,
    value: msOf(run, 'unified:'),
    unit: 'ms',
  },
  { name: 'the insight', value: msOf(run, 'insight:'), unit: 'ms' },
]
