import {
  join,
  keyOf,
  type Made,
  made,
  makeAll,
  type Part,
  placed,
  sql,
  value,
  type Workbench,
} from '#engine'
import type { Decision, NamedRecord } from './api.ts'
import { cleanRecords, crowdedBySource } from './clean.ts'
import { clustersOf } from './clusters.ts'
import { candidateStep } from './compile.ts'
import {
  type Constraints,
  clusterUnder,
  type Pairs,
  type Tie,
  type Verdict,
} from './constrained.ts'
import { mostRecords, mostValues, type Ruleset } from './definition.ts'
import { conflictsIn, type HeldValues, heldValues } from './identifiers.ts'

/** What groups are made of. */
export interface Grouping {
  readonly ruleset: Ruleset
  /** Links between record numbers, two integers a row. */
  readonly links: Part
  readonly found: Made
  /** The decisions that stand. */
  readonly decisions: readonly Decision[]
}

/** How verdicts are written where only integers are. */
export const verdicts: readonly Verdict[] = [
  'made',
  'kept_apart',
  'identifiers_differ',
  'too_many_records',
  'clean_source',
]

/**
 * Makes groups in memory, from integers only: first as if nothing stood between records, then again, link by link, those
 * groups in which something does. What nothing stands against comes out the same both ways, because a link never leads
 * out of its group. Gives `cluster`, and for the groups that were made again `troubled`, `candidate` and `tie`; links by
 * decision are in `must`.
 */
export async function withGroups<T>(
  bench: Workbench,
  of: Grouping,
  use: (made: Made) => Promise<T>,
): Promise<T> {
  const { engine, now } = bench
  bench.progress?.('cluster')
  const startedAt = now().getTime()
  const decided = await pairsOf(bench, of)
  const root = await freeGroups(bench, of, decided.must)
  return engine.stagedIntegers({ n: numbersOf(root), root }, async (component) => {
    const where = new Map([...of.found, ['component', component]])
    const troubled = await troubledIn(bench, { ...of, where, root, cannot: decided.cannot })
    return stageAll(bench, { troubled: { n: troubled } }, where, (marked) =>
      makeAll(bench, [candidateStep(of.ruleset)], marked, async (offered) => {
        const held = await heldValues(bench, of.ruleset, offered)
        const clean = await cleanRecords(bench, of.ruleset, offered)
        const again = { ...of, where: offered, root, troubled, decided, held, clean }
        const ties = await regroup(bench, again)
        const tables = {
          ...(troubled.length === 0 ? {} : { cluster: { n: numbersOf(root), root } }),
          must: { ...decided.must },
          tie: columnsOfTies(ties, held),
        }
        return stageAll(bench, tables, new Map([...offered, ['cluster', component]]), (grouped) => {
          bench.timings.push({ step: 'cluster', ms: now().getTime() - startedAt })
          return use(grouped)
        })
      }),
    )
  })
}

const numbersOf = (root: Int32Array): Int32Array => root.map((_, i) => i)

type Columns = Readonly<Record<string, Int32Array>>

async function stageAll<T>(
  bench: Workbench,
  tables: Readonly<Record<string, Columns>>,
  where: Made,
  use: (made: Made) => Promise<T>,
): Promise<T> {
  const [first, ...rest] = Object.entries(tables)
  if (!first) return use(where)
  const [name, columns] = first
  return bench.engine.stagedIntegers(columns, (table) =>
    stageAll(bench, Object.fromEntries(rest), new Map([...where, [name, table]]), use),
  )
}

const integer = (of: readonly number[]): Int32Array => Int32Array.from(of)

const columnsOfTies = (ties: readonly Tie[], { identifier }: HeldValues): Columns => ({
  link: integer(ties.map(({ link }) => link)),
  other: integer(ties.map(({ to }) => to)),
  verdict: integer(ties.map(({ verdict }) => verdicts.indexOf(verdict))),
  identifier: integer(ties.map(({ slot }) => (slot === undefined ? -1 : identifier(slot)))),
})

/** Groups as if nothing stood between records. */
async function freeGroups(
  { engine, ask }: Workbench,
  { links, found }: Grouping,
  must: Pairs,
): Promise<Int32Array> {
  const [row] = await engine.rows(placed(sql`select count(*) as n from ${made('record')}`, found))
  const [left, right] = await engine.integers(placed(links, found), ask)
  return clustersOf(
    Number(row?.['n'] ?? 0),
    joined(left ?? new Int32Array(), must.left),
    joined(right ?? new Int32Array(), must.right),
  )
}

function joined(one: Int32Array, other: Int32Array): Int32Array {
  if (other.length === 0) return one
  const both = new Int32Array(one.length + other.length)
  both.set(one)
  both.set(other, one.length)
  return both
}

interface Decided {
  readonly must: Pairs & { readonly decision: Int32Array }
  readonly cannot: Pairs
}

/** How many names are looked up in one question. */
const namesAtOnce = 1000

/** The decisions as pairs of record numbers. What is about records that are not there (any more) has no pair. */
async function pairsOf(bench: Workbench, { found, decisions }: Grouping): Promise<Decided> {
  const names = decisions.flatMap(({ left, right }) => [left, right])
  const numbers = new Map<number, number>()
  for (let from = 0; from < names.length; from += namesAtOnce) {
    const query = numbersQuery(names.slice(from, from + namesAtOnce))
    const [place, number] = await bench.engine.integers(placed(query, found), bench.ask)
    for (const [i, at] of (place ?? integer([])).entries()) numbers.set(from + at, number?.[i] ?? 0)
  }
  const all = decisions.flatMap(({ kind, number }, i) => {
    const [left, right] = [numbers.get(2 * i), numbers.get(2 * i + 1)]
    if (left === undefined || right === undefined || left === right) return []
    return [{ kind, left: Math.min(left, right), right: Math.max(left, right), decision: number }]
  })
  const columns = (kind: Decision['kind']) => {
    const pairs = all.filter((pair) => pair.kind === kind)
    return {
      left: integer(pairs.map(({ left }) => left)),
      right: integer(pairs.map(({ right }) => right)),
      decision: integer(pairs.map(({ decision }) => decision)),
    }
  }
  return { must: columns('must_link'), cannot: columns('cannot_link') }
}

function numbersQuery(names: readonly NamedRecord[]): Part {
  const rows = names.map(
    ({ space, source, id }, i) => sql`(${value(i)}, ${keyOf([space, source], value(id))})`,
  )
  return sql`select v.place, k.n from (values ${join(rows)}) v(place, record)
    join ${made('record')} k on k.record = v.record`
}

interface Groups extends Grouping {
  readonly where: Made
  readonly root: Int32Array
}

/** The records of groups in which something stands between records. */
async function troubledIn(
  bench: Workbench,
  { ruleset, where, root, cannot }: Groups & { readonly cannot: Pairs },
): Promise<Int32Array> {
  const most = mostRecords(ruleset)
  const sizes = new Int32Array(root.length)
  for (const of of root) sizes[of] = (sizes[of] ?? 0) + 1
  const roots = new Set([
    ...(await conflictsIn(bench, ruleset, where)),
    ...(await crowdedBySource(bench, ruleset, where)),
  ])
  for (const [i, left] of cannot.left.entries())
    if (root[left] === root[cannot.right[i] ?? left]) roots.add(root[left] ?? left)
  for (const [of, size] of sizes.entries()) if (size > most) roots.add(of)
  return roots.size === 0
    ? new Int32Array()
    : numbersOf(root).filter((n) => roots.has(root[n] ?? n))
}

/** Makes the troubled groups again, link by link, in place; what became of each link. */
async function regroup(
  bench: Workbench,
  of: Groups & {
    readonly troubled: Int32Array
    readonly decided: Decided
    readonly held: HeldValues
    readonly clean: Constraints['clean']
  },
): Promise<readonly Tie[]> {
  const { ruleset, where, root, troubled, decided, held, clean } = of
  if (troubled.length === 0) return []
  const offers = sql`select block, first, n from ${made('candidate')} order by link`
  const [block, first, record] = await bench.engine.integers(placed(offers, where), bench.ask)
  const again = new Set(troubled)
  for (const n of troubled) root[n] = n
  const ties = clusterUnder(
    root,
    {
      must: only(decided.must, again),
      block: block ?? integer([]),
      first: first ?? integer([]),
      record: record ?? integer([]),
    },
    { ...constraintsOf(ruleset, decided, held), clean },
  )
  // Parents are never larger than their children, so one pass from below settles everybody.
  for (const n of troubled) root[n] = root[root[n] ?? n] ?? n
  return ties
}

const constraintsOf = (ruleset: Ruleset, { cannot }: Decided, values: HeldValues) => ({
  cannot,
  mostRecords: mostRecords(ruleset),
  values,
  mostValues: (slot: number) => mostValues(ruleset, values.identifier(slot)),
})

function only({ left, right }: Pairs, records: ReadonlySet<number>): Pairs {
  const isIn = (_: number, i: number) => records.has(left[i] ?? -1)
  return { left: left.filter(isIn), right: right.filter(isIn) }
}
