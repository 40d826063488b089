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
  value,
  type Writer,
} from '#engine'
import { Fault } from '#kernel/fault.ts'
import type { FieldType } from '#kernel/scalar.ts'
import { personColumn } from './definition.ts'
import { insightFaults } from './faults.ts'
import type { InsightShape } from './shapes.ts'
import { computedTypes, insightTable, statesOf, stateTable, type Types } from './tables.ts'

/** What a refresh did. */
export interface Refreshed {
  /** The position of the last change of its content, also when this refresh changed nothing. */
  readonly position: number
  readonly rows: number
  readonly changed: boolean
}

/** Computes an insight beside its last result and puts it in place when it differs; a failure leaves the last one. */
export async function refreshInsight(
  engine: Engine,
  shape: InsightShape,
  ask: Pick<Ask, 'signal'> = {},
): Promise<Refreshed> {
  const types = await typesOf(engine, shape, ask)
  return computed(engine, { shape, types, ask }, async (staged) => {
    await assertOneRowPerKey(engine, shape, staged)
    const [count] = await engine.rows(sql`select count(*) as n from ${staged}`, ask)
    const rows = Number(count?.['n'])
    const state = (await statesOf(engine)).get(shape.key)
    if (state && (await isSame(engine, { shape, staged, types }, ask)))
      return { ...state, changed: false }
    const position = await engine.change(`insight.${shape.key}`, (writer) =>
      replace(writer, shape, { staged, rows }),
    )
    return { position, rows, changed: true }
  })
}

interface Computation {
  readonly shape: InsightShape
  readonly types: Types
  readonly ask: Pick<Ask, 'signal'>
}

async function computed<T>(
  engine: Engine,
  { shape, types, ask }: Computation,
  use: (staged: TableName) => Promise<T>,
): Promise<T> {
  const columns = [...types].map(
    ([name, type]) => sql`${cast(column(name), type)} as ${column(name)}`,
  )
  let isComputed = false
  try {
    return await engine.staged(
      sql`select ${join(columns)} from (${shape.query.part}) answer`,
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

// Asked of the answer without its rows: the types of sums and averages depend on the engine, ours are fixed.
async function typesOf(
  engine: Engine,
  { query, dimensions, measures }: InsightShape,
  ask: Pick<Ask, 'signal'>,
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

const exampleOf = (row: Row) =>
  Object.entries(row)
    .map(([name, cell]) => `${name} = ${cell === null ? 'nothing' : String(cell)}`)
    .join(', ') || 'no dimensions'

interface Result {
  readonly shape: InsightShape
  readonly staged: TableName
  readonly types: Types
}

async function isSame(
  engine: Engine,
  { shape, staged, types }: Result,
  ask: Pick<Ask, 'signal'>,
): Promise<boolean> {
  const before = (await computedTypes(engine)).get(shape.key)
  if (before === undefined || !hasSameColumns(before, types)) return false
  const keys = shape.dimensions.map(
    (name) => sql`${column(name, 'now')} is not distinct from ${column(name, 'before')}`,
  )
  const differ = [...shape.measures.keys()].map((name) => differs(name, types.get(name)))
  const [first] = await engine.rows(
    sql`select 1 as differs from (select 1 as "_one", * from ${staged}) now
      full outer join (select 1 as "_one", * from ${insightTable(shape.key)}) before
        on ${every([sql`now."_one" = before."_one"`, ...keys])}
      where ${some([sql`now."_one" is null`, sql`before."_one" is null`, ...differ])} limit 1`,
    { lane: 'heavy', ...ask },
  )
  return first === undefined
}

const hasSameColumns = (a: Types, b: Types) =>
  JSON.stringify([...a].sort()) === JSON.stringify([...b].sort())

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
  await writer.run(sql`delete from ${stateTable} where insight = ${value(key)}`)
  await writer.run(
    sql`insert into ${stateTable} values (${value(key)}, ${value(position)}, ${value(rows)})`,
  )
  return position
}

const personFirst = (dimensions: readonly string[]) =>
  dimensions.toSorted((a, b) => Number(b === personColumn) - Number(a === personColumn))

/** Drops the results of insights that are no longer defined. */
export async function sweepInsights(engine: Engine, defined: readonly string[]): Promise<void> {
  const computed = [...(await computedTypes(engine)).keys()]
  const left = computed.filter((key) => !defined.includes(key))
  if (left.length === 0) return
  await engine.change('insights that are no more', async (writer) => {
    for (const key of left) {
      await writer.run(sql`drop table ${insightTable(key)}`)
      await writer.run(sql`delete from ${stateTable} where insight = ${value(key)}`)
    }
  })
}
