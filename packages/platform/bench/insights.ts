import { column, type Draft, type Engine, join, openDuckdb, sql, value, type Writer } from '#engine'
import { type Insight, type InsightDefinition, makeInsights, prepareInsights } from '#insights'
import { readConfig } from '#kernel/config.ts'
import { modelRelations, prepareMappings, prepareModel } from '#mappings'
import { modelOf, modelTable, noteRowChange } from '#model'
import { type Bench, type Figure, rounded, timed } from './bench.ts'

/** What it costs to keep many insights up to date while rows change. */
export const insights: Bench = {
  name: 'insights',
  about:
    'A hundred insights of ten shapes over orders of people and as many clicks, refreshed after 1 % of the orders came, changed or went and 1 % more clicks came: only the groups of changed rows where that is less work, beside computing everything. With --long over a million orders and as many clicks.',
  run: async ({ folder, isShort, isLong, say }) => {
    const size = isShort ? sizes.short : sizes[isLong ? 'long' : 'whole']
    const engine = await openDuckdb({ ...readConfig({}), folder })
    const peak = watchMemory()
    try {
      await prepare(engine, size)
      const bench = benchOf(engine)
      const first = await bench.refreshAll('changes')
      say(`${bench.count} insights computed from ${size.orders} orders and clicks`)
      const start = peak.take()
      const changed = await changeSome(engine, { ...size, before: 0 })
      const partial = await bench.refreshAll('changes')
      const partialMemory = peak.take()
      const same = await bench.refreshAll('whole')
      if (same.changed > 0) throw new Error(`${same.changed} insights differ when computed whole`)
      await changeSome(engine, { ...size, before: 1 })
      peak.take()
      const whole = await bench.refreshAll('whole')
      say(`${partial.partial} of ${bench.count} computed from changes, all equal to the whole`)
      return figuresOf(
        { first, partial, whole, changed, size },
        { start, partialMemory, whole: peak.take() },
      )
    } finally {
      peak.stop()
      await engine.close()
    }
  },
}

const sizes = {
  short: { people: 2000, orders: 20_000 },
  whole: { people: 50_000, orders: 400_000 },
  long: { people: 100_000, orders: 1_000_000 },
} as const

type Size = (typeof sizes)[keyof typeof sizes]

const model = modelOf([])
const day = { name: 'day', of: 'purchased_at', by: 'day' } as const
const month = { name: 'month', of: 'purchased_at', by: 'month' } as const
const total = { name: 'total', how: 'sum', of: 'grand_total_amount' } as const
const count = { name: 'orders', how: 'count' } as const

type Build = NonNullable<InsightDefinition['build']>
type Parts = Pick<Build, 'dimensions' | 'measures'> & Partial<Pick<Build, 'from' | 'window'>>

// Ten questions that companies ask.
const shapes: readonly Parts[] = [
  { dimensions: ['profile_id'], measures: [count, total] },
  { dimensions: ['profile_id', month], measures: [count, total] },
  { dimensions: ['profile_id', 'channel'], measures: [total] },
  {
    dimensions: ['profile_id'],
    measures: [
      { name: 'first', how: 'min', of: 'purchased_at' },
      { name: 'last', how: 'max', of: 'purchased_at' },
    ],
  },
  {
    dimensions: ['profile_id'],
    measures: [
      { name: 'mean', how: 'avg', of: 'grand_total_amount' },
      { name: 'channels', how: 'count_distinct', of: 'channel' },
    ],
  },
  { dimensions: ['profile_id'], measures: [{ ...count, where: "channel = 'web'" }, total] },
  { dimensions: [day, 'channel'], measures: [count, total] },
  { dimensions: ['individual_id.country', month], measures: [total] },
  {
    dimensions: [
      'profile_id',
      { name: 'year', of: 'purchased_at', by: 'year', zone: 'Europe/Rome' },
    ],
    measures: [total],
  },
  {
    from: 'website_engagement',
    window: { kind: 'sliding', size: '1 hour', every: '15 minutes', lateness: '10 minutes' },
    dimensions: ['channel'],
    measures: [count],
  },
]

const hundred: readonly Insight[] = shapes.flatMap((shape, i) =>
  Array.from({ length: 10 }, (_, n) => ({
    key: `shape_${i}_${n}`,
    body: {
      label: `Shape ${i}, ${n}`,
      build: {
        from: 'sales_order',
        ...shape,
        where: shape.from ? `length(channel) <> ${n + 10}` : `grand_total_amount >= ${n}`,
        dimensions: [...(shape.dimensions ?? [])],
        measures: [...shape.measures],
      },
    },
  })),
)

async function prepare(engine: Engine, { people, orders }: Size): Promise<void> {
  await prepareMappings(engine)
  await prepareModel(engine, model)
  await prepareInsights(engine)
  await engine.change('people and orders', async (writer) => {
    await writer.run(sql`insert into ${modelTable('individual')} (_stream, _position, _key, id, country)
      select 'people', i, i, 'p' || i, 'country ' || i % 30 from range(${value(people)}) t(i)`)
    const first = await writer.positions(orders)
    await writer.run(
      ordersFrom(sql`select i, i + ${value(first)} as p from range(${value(orders)}) t(i)`, people),
    )
    await noteRowChange(writer, model.get('sales_order'), 'as they came')
    await addClicks(writer, { from: 0, count: orders, people })
  })
}

/** Clicks in their order, a few of them a quarter of an hour late. */
async function addClicks(
  writer: Writer,
  {
    from,
    count: clicks,
    people,
  }: { readonly from: number; readonly count: number; readonly people: number },
): Promise<void> {
  const position = await writer.positions(clicks)
  await writer.run(sql`insert into ${modelTable('website_engagement')} (_stream, _position, _key, _profile, channel, engaged_at)
    select 'clicks', i + ${value(position)}, i + ${value(from)}, (i * 7919) % ${value(people)},
      case i % 3 when 0 then 'web' when 1 then 'app' else 'shop' end,
      timestamp '2026-01-01 00:00:00' + to_seconds(cast(20 * (i + ${value(from)}) - case i % 50 when 0 then 900 else 0 end as bigint))
    from range(${value(clicks)}) t(i)`)
  await noteRowChange(writer, model.get('website_engagement'), 'as they came')
}

const filled = [
  '_stream',
  '_position',
  '_key',
  '_profile',
  'individual_id__key',
  'purchased_at',
  'channel',
  'grand_total_amount',
]

// From numbers, so that every run has the same orders.
const ordersFrom = (rows: Draft, people: number): Draft =>
  sql`insert into ${modelTable('sales_order')} (${join(filled.map((name) => column(name)))})
    select 'orders', p, i, (i * 7919) % ${value(people)}, (i * 7919) % ${value(people)},
      timestamp '2023-01-01 00:00:00' + to_hours(cast((i * 31) % 26280 as int)),
      case p % 4 when 0 then 'web' when 1 then 'store' when 2 then 'app' else 'phone' end,
      (p % 10000) / 100.0
    from (${rows}) r`

/** Half of the changes are orders that changed, and as many came and went as the other half; and as many clicks came. */
async function changeSome(
  engine: Engine,
  { people, orders, before }: Size & { readonly before: number },
): Promise<number> {
  const some = orders / 400
  const table = modelTable('sales_order')
  await engine.change('orders', async (writer) => {
    const position = await writer.positions(3 * some)
    const isChanged = sql`_key % 200 = 7`
    await writer.run(
      sql`delete from ${table} where ${isChanged} or _key % 400 = ${value(11 + before)}`,
    )
    await writer.run(
      ordersFrom(
        sql`select 200 * i + 7 as i, i + ${value(position)} as p from range(${value(2 * some)}) t(i)`,
        people,
      ),
    )
    await writer.run(
      ordersFrom(
        sql`select i + ${value(orders + before * some)} as i, i + ${value(position + 2 * some)} as p from range(${value(some)}) t(i)`,
        people,
      ),
    )
    await noteRowChange(writer, model.get('sales_order'), 'as they came')
    await addClicks(writer, { from: orders + before * 4 * some, count: 4 * some, people })
  })
  return 8 * some
}

interface Round {
  readonly ms: number
  /** Of all threads together; what others do on the machine is not in it. */
  readonly cpuMs: number
  readonly partial: number
  readonly changed: number
}

function benchOf(engine: Engine) {
  const relations = modelRelations(model)
  const room = makeInsights({
    engine,
    known: async () => ({ insights: hundred, relations, model }),
  })
  let round = 0
  return {
    count: hundred.length,
    refreshAll: async (how: 'whole' | 'changes'): Promise<Round> => {
      const at = (n: number) => ({ 'model:sales_order': n, 'model:website_engagement': n })
      const inputs = { from: at(round), to: at(++round) }
      let [partial, changed] = [0, 0]
      const before = process.cpuUsage()
      const ms = await timed(async () => {
        for (const { key } of hundred) {
          const done = await room.refresh(key, how === 'whole' ? {} : { inputs })
          if (done.run.how === 'changes') partial++
          if (done.changed) changed++
        }
      })
      const { user, system } = process.cpuUsage(before)
      return { ms, cpuMs: (user + system) / 1000, partial, changed }
    },
  }
}

function watchMemory() {
  const megabytes = () => process.memoryUsage().rss / 1024 ** 2
  let most = megabytes()
  const look = setInterval(() => {
    most = Math.max(most, megabytes())
  }, 20)
  return {
    take: () => {
      const was = most
      most = megabytes()
      return was
    },
    stop: () => clearInterval(look),
  }
}

interface Rounds {
  readonly first: Round
  readonly partial: Round
  readonly whole: Round
  readonly changed: number
  readonly size: Size
}

function figuresOf(
  { first, partial, whole, changed, size }: Rounds,
  memory: { readonly start: number; readonly partialMemory: number; readonly whole: number },
): readonly Figure[] {
  const of = `${hundred.length} insights over ${size.orders.toLocaleString('en-US')} orders and clicks`
  return [
    { name: `${of}, for the first time`, value: rounded(first.ms), unit: 'ms' },
    {
      name: `the same after ${changed.toLocaleString('en-US')} changes; ${partial.partial} from changed rows only`,
      value: rounded(partial.ms),
      unit: 'ms',
      comparedWith: `computing all whole, after as many: ${rounded(whole.ms)} ms`,
      ratio: rounded(partial.ms / whole.ms),
    },
    {
      name: 'work of processors for that, all threads together',
      value: rounded(partial.cpuMs),
      unit: 'ms',
      comparedWith: `computing all whole: ${rounded(whole.cpuMs)} ms`,
      ratio: rounded(partial.cpuMs / whole.cpuMs),
    },
    { name: 'most memory of the process, first time', value: rounded(memory.start), unit: 'MB' },
    {
      name: 'most memory, after the changes',
      value: rounded(memory.partialMemory),
      unit: 'MB',
      comparedWith: `computing all whole: ${rounded(memory.whole)} MB`,
      ratio: rounded(memory.partialMemory / memory.whole),
    },
  ]
}
