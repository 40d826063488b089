import { setImmediate as breath } from 'node:timers/promises'
import {
  type Ask,
  type Engine,
  join,
  made,
  makeAll,
  type Part,
  placed,
  type Step,
  sql,
  value,
} from '#engine'
import {
  cleanRows,
  decidedPairs,
  halvesOf,
  heldSteps,
  keysOf,
  lastDecided,
  linkTable,
  lookedUpBy,
  publishedPosition,
  type Ruleset,
  unifiedTable,
} from '#identity'
import type { Model } from '#model'
import type { Store } from '#store'
import { halves, type Keys, type Known, placeOf, type Several } from './known.ts'

/** What loading needs. */
export interface LoadTools {
  readonly engine: Engine
  readonly store: Store
  readonly model: Model
  readonly ruleset: Ruleset
  readonly now: () => Date
  readonly signal: AbortSignal
}

const none = new Int32Array()

/** Loads what is published, all of one run: when another is published meanwhile, once more. */
export async function load(tools: LoadTools): Promise<Known> {
  for (;;) {
    const before = await publishedPosition(tools.engine, tools.ruleset.on)
    const known = await loadOnce(tools, before)
    if ((await publishedPosition(tools.engine, tools.ruleset.on)) === before) return known
  }
}

async function loadOnce(tools: LoadTools, position: number): Promise<Known> {
  const { engine, model, now, signal } = tools
  const { ruleset, leftOut } = lookedUpBy(tools.ruleset)
  const ask: Ask = { lane: 'heavy', signal }
  const bench = { engine, ask, now, timings: [] }
  const keys = await keysOf(engine, tools.ruleset, model)
  return makeAll(bench, numberSteps(ruleset), new Map(), async (numbered) => {
    const of = (query: Part) => engine.integers(placed(query, numbered), ask)
    const [high = none, low = none, age = none] = await of(
      sql`select ${halvesOf(sql`profile`)}, age from ${made('profile')} order by p`,
    )
    const [keyHigh = none, keyLow = none, number = none] = await of(
      sql`select ${halvesOf(sql`record`)}, n from ${made('record')} order by record`,
    )
    const [profile = none] = await of(sql`select p, n from ${made('record')} order by n`)
    const count = number.length
    const records = { count, keys: { high: keyHigh, low: keyLow }, number, profile }
    const blocks = await makeAll(bench, keys.steps, numbered, (where) =>
      blocksOf(engine, placed(entriesOf(ruleset, keys.query), where), ask),
    )
    const cleanOnes = cleanRows(ruleset)
    const [cleanRecord = none, cleanStream = none] = cleanOnes
      ? await of(sql`select n, stream from (${cleanOnes}) c order by n`)
      : []
    const held = await heldIn(tools, ruleset, { bench, numbered })
    return {
      ruleset,
      leftOut,
      position,
      records: { ...records, blocks: await turned(blocks.records, count) },
      profiles: { ids: { high, low }, age, records: await grouped(profile, high.length) },
      blocks,
      held,
      clean: { record: cleanRecord, stream: cleanStream },
      ...(await decided(tools, records)),
    }
  })
}

/** Records and profiles with their numbers, in the order of age and of ids. */
const numberSteps = ({ on }: Ruleset): readonly Step[] => [
  {
    name: 'profile',
    says: 'profiles, numbered',
    query: sql`select profile, _space as space, row_number() over (order by profile) - 1 as p,
      row_number() over (order by first_seen, profile) - 1 as age from ${unifiedTable(on)}`,
  },
  {
    name: 'record',
    says: 'records, numbered from the one that was seen first',
    query: sql`select l.record, p.p, p.space, row_number() over (order by l.since, l.record) - 1 as n
      from ${linkTable(on)} l join ${made('profile')} p on p.profile = l.profile`,
  },
]

const entriesOf = ({ match }: Ruleset, keys: Part): Part => {
  const rules = match.map(({ key }, i) => sql`(${value(key)}, ${value(i)})`)
  return sql`select ${halvesOf(sql`k.key`)}, m.i, r.n from (${keys}) k
    join (values ${join(rules)}) m(rule, i) on m.rule = k.rule join ${made('record')} r on r.record = k.record
    order by k.key, r.n`
}

async function blocksOf(engine: Engine, entries: Part, ask: Ask): Promise<Known['blocks']> {
  const [high = none, low = none, rule = none, member = none] = await engine.integers(entries, ask)
  const first: number[] = []
  await paced(high.length, (i) => {
    if (i === 0 || high[i] !== high[i - 1] || low[i] !== low[i - 1]) first.push(i)
  })
  const start = Int32Array.from([...first.values(), high.length])
  const only = (of: Int32Array) => Int32Array.from(first, (i) => of[i] ?? 0)
  return {
    keys: { high: only(high), low: only(low) },
    rule: Uint8Array.from(first, (i) => rule[i] ?? 0),
    records: { start, member },
  }
}

/** The same the other way round: for each member, what it is a member of. */
async function turned({ start, member }: Several, count: number): Promise<Several> {
  const owners = new Int32Array(member.length)
  await paced(start.length - 1, (i) => owners.fill(i, start[i], start[i + 1]))
  const { start: from, member: place } = await grouped(member, count)
  return { start: from, member: place.map((i) => owners[i] ?? 0) }
}

/** The places of a row of numbers, by number. */
async function grouped(numbers: Int32Array, count: number): Promise<Several> {
  const start = new Int32Array(count + 1)
  await paced(numbers.length, (i) => {
    const next = (numbers[i] ?? 0) + 1
    start[next] = (start[next] ?? 0) + 1
  })
  for (let i = 0; i < count; i++) start[i + 1] = (start[i + 1] ?? 0) + (start[i] ?? 0)
  const free = start.slice()
  const member = new Int32Array(numbers.length)
  await paced(numbers.length, (i) => {
    const of = numbers[i] ?? 0
    const at = free[of] ?? 0
    member[at] = i
    free[of] = at + 1
  })
  return { start, member }
}

const atOnce = 1 << 18

/** Does something often, with a breath now and then: whoever is served meanwhile need not wait. */
async function paced(times: number, work: (i: number) => void): Promise<void> {
  for (let from = 0; from < times; from += atOnce) {
    const to = Math.min(times, from + atOnce)
    for (let i = from; i < to; i++) work(i)
    await breath()
  }
}

type Bench = Parameters<typeof makeAll>[0]
type Numbered = Parameters<typeof makeAll>[2]

async function heldIn(
  { engine, model }: LoadTools,
  ruleset: Ruleset,
  { bench, numbered }: { readonly bench: Bench; readonly numbered: Numbered },
): Promise<Known['held']> {
  if ((ruleset.limits?.identifiers ?? []).length === 0)
    return { record: none, slot: none, high: none, low: none }
  const { steps, query } = heldSteps(ruleset, model)
  return makeAll(bench, steps, numbered, async (where) => {
    const [record = none, slot = none, high = none, low = none] = await engine.integers(
      placed(query, where),
      bench.ask,
    )
    return { record, slot, high, low }
  })
}

/** What people decided, by the numbers of records. */
export async function decided(
  { engine, store, ruleset }: Pick<LoadTools, 'engine' | 'store' | 'ruleset'>,
  records: { readonly keys: Keys; readonly number: Int32Array },
): Promise<Pick<Known, 'lastDecided' | 'must' | 'cannot'>> {
  // Asked first: what is decided meanwhile is then read again, and never missed.
  const last = await lastDecided(store)
  const numberOf = (key: string) => records.number[placeOf(records.keys, ...halves(key))]
  const must = new Map<number, number[]>()
  const cannot: (readonly [number, number])[] = []
  for (const { kind, left, right } of await decidedPairs(engine, store, ruleset.on)) {
    const [one, other] = [numberOf(left), numberOf(right)]
    if (one === undefined || other === undefined || one === other) continue
    if (kind === 'cannot_link') cannot.push([one, other])
    else {
      must.set(one, [...(must.get(one) ?? []), other])
      must.set(other, [...(must.get(other) ?? []), one])
    }
  }
  return { lastDecided: last, must, cannot }
}
