import {
  column,
  type Engine,
  join,
  type Made,
  made,
  type Part,
  placed,
  sql,
  value,
  type Workbench,
} from '#engine'
import { modelTable } from '#model'
import type { Constraints } from './constrained.ts'
import { cleanStreams, type Ruleset } from './definition.ts'

const none = new Int32Array()

/** The numbered records of clean streams: `n`, and the place of the `stream` in the list; nothing where there are no such streams. */
export function cleanRows(ruleset: Ruleset): Part | undefined {
  const streams = cleanStreams(ruleset)
  if (streams.length === 0) return undefined
  const rows = streams.map((stream, i) => sql`(${value(i)}, ${value(stream)})`)
  return sql`select distinct k.n, s.place as stream from ${made('record')} k
    join ${modelTable(ruleset.on)} r on r._key = k.record
    join (values ${join(rows)}) s(place, stream) on s.stream = r.${column('_stream')}`
}

/** Groups in which two records of one clean stream stand. */
export async function crowdedBySource(
  { engine, ask }: Workbench,
  ruleset: Ruleset,
  where: Made,
): Promise<Int32Array> {
  const rows = cleanRows(ruleset)
  if (!rows) return none
  const query = sql`select distinct root from (select c.root from (${rows}) s
    join ${made('component')} c on c.n = s.n group by c.root, s.stream having count(*) > 1) crowded`
  const [roots] = await engine.integers(placed(query, where), ask)
  return roots ?? none
}

/** The troubled records of clean streams. */
export async function cleanRecords(
  { engine, ask }: Workbench,
  ruleset: Ruleset,
  where: Made,
): Promise<Constraints['clean']> {
  const rows = cleanRows(ruleset)
  if (!rows) return { record: none, stream: none }
  const query = sql`select n, stream from (${rows}) s
    where n in (select n from ${made('troubled')})`
  const [record = none, stream = none] = await engine.integers(placed(query, where), ask)
  return { record, stream }
}

/** For each record the number of its clean source, or -1; nothing where no source is said to be clean. */
export async function cleanSources(
  engine: Engine,
  ruleset: Ruleset,
  { count, found }: { readonly count: number; readonly found: Made },
): Promise<Int32Array | undefined> {
  const rows = cleanRows(ruleset)
  if (!rows) return undefined
  const first = sql`select n, min(stream) from (${rows}) s group by n`
  const [numbers, sources] = await engine.integers(placed(first, found))
  const clean = new Int32Array(count).fill(-1)
  for (const [i, record] of (numbers ?? none).entries()) clean[record] = sources?.[i] ?? -1
  return clean
}
