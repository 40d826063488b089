import {
  type Ask,
  cast,
  column,
  type Engine,
  every,
  join,
  type Part,
  type Row,
  some,
  sql,
  type TableName,
  type Writer,
} from '#engine'
import { Fault } from '#kernel/fault.ts'
import type { FieldType } from '#kernel/scalar.ts'
import type { CheckedQuery } from '#query'
import { personColumn } from './definition.ts'
import { insightFaults } from './faults.ts'
import type { InsightShape } from './shapes.ts'
import {
  computedTypes,
  forgetInsight,
  type InsightRun,
  insightTable,
  keepRun,
  keepState,
  statesOf,
  type Types,
} from './tables.ts'

/** What a refresh did. */
export interface Refreshed {
  /** The position of the last change of its content, also when this refresh changed nothing. */
  readonly position: number
  readonly rows: number
  readonly changed: boolean
}

/** How a query is asked on behalf of whoever wants the refresh. */
export type Asked = Pick<Ask, 'signal'>

/** What is kept of a refresh beside its rows. */
export type RunNotes = Omit<InsightRun, 'at' | 'tookMs' | 'fault' | 'goodAt'>

/** Computes an insight beside its last result and puts it in place when it differs; a failure leaves the last one. */
export async function refreshWhole(
  engine: Engine,
  shape: InsightShape,
  { ask, finish }: { readonly ask: Asked; readonly finish: (writer: Writer) => Promise<void> },
): Promise<Refreshed> {
  const types = await typesOf(engine, shape.query, shape, ask)
  return computed(engine, { query: shape.query, types, ask }, async (staged) => {
    const rows = await soundRows(engine, { shape, types, staged })
    const [state, before] = await Promise.all([statesOf(engine), computedTypes(engine)])
    const last = state.get(shape.key)
    const isKept = last && hasSameColumns(before.get(shape.key), types)
    const table = insightTable(shape.key)
    if (isKept && (await isSame(engine, { shape, staged, types, before: table }, ask))) {
      await engine.change(`insight.${shape.key}`, finish)
      return { ...last, changed: false }
    }
    const position = await engine.change(`insight.${shape.key}`, async (writer) => {
      await finish(writer)
      return replace(writer, shape, { staged, rows })
    })
    return { position, rows, changed: true }
  })
}

interface Computation {
  readonly query: CheckedQuery
  readonly types: Types
  readonly ask: Asked
}

/** Computes a checked query into a table of its own, with our types; what the engine refuses is told as the user's to mend. */
export async function computed<T>(
  engine: Engine,
  { query, types, ask }: Computation,
  use: (staged: TableName) => Promise<T>,
): Promise<T> {
  const columns = [...types].map(
    ([name, type]) => sql`${cast(column(name), type)} as ${column(name)}`,
  )
  let isComputed = false
  try {
    return await engine.staged(
      sql`select ${join(columns)} from (${query.part}) answer`,
      (staged) => {
        isComputed = true
        return use(staged)
      },
      ask,
    )
  } catch (thrown) {
    // What the engine refuses while it computes is the user's to mend; whatever comes later is ours.
    const isOurs = isComputed || ask.signal?.aborted || thrown instanceof Fault
    if (isOurs || !(thrown instanceof Error)) throw thrown
    const [why = ''] = thrown.message.split('\n')
    throw insightFaults.cannot_run({ why }, { cause: thrown })
  }
}

/** The types of an answer's columns, ours. Asked without its rows: what the engine makes of sums and averages depends on it. */
export async function typesOf(
  engine: Engine,
  query: CheckedQuery,
  { dimensions, measures }: Pick<InsightShape, 'dimensions' | 'measures'>,
  ask: Asked,
): Promise<Types> {
  const { columns } = await engine.checked(`select * from (${query.text}) as answer limit 0`, ask)
  const found = new Map(columns.map(({ name, type }) => [name, type]))
  const kept = [...dimensions, ...measures.keys()]
  const types = new Map(kept.map((name): [string, FieldType] => [name, found.get(name) ?? 'text']))
  const person = types.get(personColumn)
  if (person !== undefined && person !== 'integer')
    throw insightFaults.person_type({ type: person })
  return types
}

interface Result {
  readonly shape: InsightShape
  readonly staged: TableName
  readonly types: Types
}

/** How many rows a result has; refused where they cannot be told apart, or its numbers are none. Asked at once, and anew only to say which. */
export async function soundRows(engine: Engine, of: Result): Promise<number> {
  const { shape, staged, types } = of
  const odd = some(doublesIn(shape, types).map((name) => sql`coalesce(${isInfinite(name)}, false)`))
  const dimensions = shape.dimensions.map((name) => column(name))
  const grouped = dimensions.length === 0 ? sql`` : sql`group by ${join(dimensions)}`
  const [found] = await engine.rows(
    sql`select cast(coalesce(sum("_rows"), 0) as bigint) as n, max("_rows") as most, coalesce(bool_or("_odd"), false) as odd
      from (select count(*) as "_rows", bool_or(${odd}) as "_odd" from ${staged} ${grouped}) as g`,
  )
  if (Number(found?.['most'] ?? 0) > 1) await assertOneRowPerKey(engine, shape, staged)
  if (found?.['odd']) await assertFinite(engine, of)
  return Number(found?.['n'])
}

const doublesIn = ({ measures }: InsightShape, types: Types): readonly string[] =>
  [...measures.keys()].filter((name) => types.get(name) === 'number')

async function assertOneRowPerKey(engine: Engine, shape: InsightShape, staged: TableName) {
  const dimensions = shape.dimensions.map((name) => column(name))
  const grouped = dimensions.length === 0 ? sql`` : sql`group by ${join(dimensions)}`
  const [doubled] = await engine.rows(
    sql`select ${join([...dimensions, sql`count(*) as "_rows"`])} from ${staged} ${grouped} having count(*) > 1 limit 1`,
  )
  if (!doubled) return
  const { _rows, ...example } = doubled
  throw insightFaults.doubled_key({
    dimensions: shape.dimensions,
    example: exampleOf(example),
    rows: Number(_rows),
  })
}

// Beyond the largest double there is only infinity, and what is no number counts as larger still.
const isInfinite = (name: string) => sql`abs(${column(name)}) > 1.7976931348623157e308`

async function assertFinite(engine: Engine, { shape, staged, types }: Result): Promise<void> {
  for (const measure of doublesIn(shape, types)) {
    const dimensions = [sql`count(*) over () as "_rows"`, ...shape.dimensions.map((d) => column(d))]
    const [found] = await engine.rows(
      sql`select ${join(dimensions)} from ${staged} where ${isInfinite(measure)} limit 1`,
    )
    if (!found) continue
    const { _rows, ...example } = found
    throw insightFaults.not_finite({ measure, rows: Number(_rows), example: exampleOf(example) })
  }
}

const exampleOf = (row: Row) =>
  Object.entries(row)
    .map(([name, cell]) => `${name} = ${cell === null ? 'nothing' : String(cell)}`)
    .join(', ') || 'no dimensions'

/** Whether two sets of columns are the same, whatever their order. */
export const hasSameColumns = (a: Types | undefined, b: Types): boolean =>
  a !== undefined && JSON.stringify([...a].sort()) === JSON.stringify([...b].sort())

/** Rows of two results side by side by their dimensions, called `now` and `before`. */
export const sideBySide = (dimensions: readonly string[], now: Part, before: Part): Part => {
  const keys = dimensions.map(
    (name) => sql`${column(name, 'now')} is not distinct from ${column(name, 'before')}`,
  )
  return sql`(select 1 as "_one", * from ${now}) now
    full outer join (select 1 as "_one", * from ${before}) before
      on ${every([sql`now."_one" = before."_one"`, ...keys])}`
}

/** Whether rows that stand side by side differ, or one has no other. */
export const anyDiffers = (measures: Iterable<string>, types: Types): Part =>
  some([
    sql`now."_one" is null`,
    sql`before."_one" is null`,
    ...[...measures].map((name) => differs(name, types.get(name))),
  ])

/** Whether a result is what another already holds. */
export async function isSame(
  engine: Engine,
  { shape, staged, types, before }: Result & { readonly before: Part },
  ask: Asked,
): Promise<boolean> {
  const [first] = await engine.rows(
    sql`select 1 as differs from ${sideBySide(shape.dimensions, staged, before)}
      where ${anyDiffers(shape.measures.keys(), types)} limit 1`,
    { lane: 'heavy', ...ask },
  )
  return first === undefined
}

// Sums of doubles depend on the order in which threads add them up; that alone is no change.
function differs(name: string, type: FieldType | undefined): Part {
  const [now, before] = [column(name, 'now'), column(name, 'before')]
  if (type !== 'number') return sql`${now} is distinct from ${before}`
  return sql`coalesce(abs(${now} - ${before}) > 1e-9 * greatest(abs(${now}), abs(${before})), ${now} is distinct from ${before})`
}

async function replace(
  writer: Writer,
  { key, dimensions }: InsightShape,
  { staged, rows }: { staged: TableName; rows: number },
): Promise<number> {
  const position = await writer.positions(1)
  // In order, so that the rows of one person lie together.
  const order =
    dimensions.length === 0
      ? sql``
      : sql`order by ${join(personFirst(dimensions).map((d) => column(d)))}`
  await writer.run(
    sql`create or replace table ${insightTable(key)} as select * from ${staged} ${order}`,
  )
  await keepState(writer, key, { position, rows })
  return position
}

const personFirst = (dimensions: readonly string[]) =>
  dimensions.toSorted((a, b) => Number(b === personColumn) - Number(a === personColumn))

/** Adds up a measure over the rows that are kept. */
export async function totalOf(
  engine: Engine,
  key: string,
  names: readonly string[],
): Promise<number> {
  const sums = names.map((name) => sql`coalesce(sum(${column(name)}), 0)`)
  const [row] = await engine.rows(
    sql`select ${join(sums, sql` + `)} as n from ${insightTable(key)}`,
  )
  return Number(row?.['n'] ?? 0)
}

/** Remembers that a refresh failed; the last good result stands. */
export async function noteFailure(engine: Engine, key: string, run: InsightRun): Promise<void> {
  await engine.change(`insight.${key}`, (writer) => keepRun(writer, key, run))
}

/** Drops the results of insights that are no longer defined. */
export async function sweepInsights(engine: Engine, defined: readonly string[]): Promise<void> {
  const computed = [...(await computedTypes(engine)).keys()]
  const left = computed.filter((key) => !defined.includes(key))
  if (left.length === 0) return
  await engine.change('insights that are no more', async (writer) => {
    for (const key of left) await forgetInsight(writer, key)
  })
}

/** Puts the rows of some groups in place of those there were; its new state. */
export async function replaceGroups(
  writer: Writer,
  { shape, staged, types }: Result,
  groups: TableName,
): Promise<{ readonly position: number; readonly rows: number }> {
  const { key, dimensions } = shape
  const table = insightTable(key)
  const isOf = every(
    dimensions.map((name) => sql`${column(name, 'a')} is not distinct from ${column(name, 't')}`),
  )
  await writer.run(
    sql`delete from ${table} as a where exists (select 1 from ${groups} as t where ${isOf})`,
  )
  const columns = join([...types.keys()].map((name) => column(name)))
  await writer.run(sql`insert into ${table} (${columns}) select ${columns} from ${staged}`)
  const [count] = await writer.rows(sql`select count(*) as n from ${table}`)
  const state = { position: await writer.positions(1), rows: Number(count?.['n']) }
  await keepState(writer, key, state)
  return state
}

/** The rows that are kept of some groups. */
export const rowsOfGroups = ({ key, dimensions }: InsightShape, groups: TableName): Part => {
  const isOf = every(
    dimensions.map((name) => sql`${column(name, 'a')} is not distinct from ${column(name, 't')}`),
  )
  return sql`(select a.* from ${insightTable(key)} as a where exists (select 1 from ${groups} as t where ${isOf}))`
}
