import { as, column, type Engine, every, join, type Part, type Row, sql, value } from '#engine'
import { type Problem, refuseIfAny } from '#kernel/fault.ts'
import { systemColumns } from '#model'
import { type Relation, type TracedTable, traceQuery } from '#query'
import type { BehindAnswer, BehindBody, BehindRow } from './api.ts'
import { insightFaults } from './faults.ts'
import { isOf, problemsOfTable } from './rows-asked.ts'
import type { InsightShape } from './shapes.ts'
import { insightTable, type Types } from './tables.ts'

/** The insight whose rows are asked for, the types of its columns, and what tells the rows of other insights apart. */
export interface BehindSql {
  readonly shape: InsightShape
  readonly types: Types
  readonly dimensionsOf: (insight: string) => readonly string[]
}

/** What is asked, and what is wrong with it so far. */
interface Asked {
  readonly asked: BehindBody
  readonly problems: readonly Problem[]
}

/** The rows of one table that one row of an insight in SQL was made of, and how many of every other; newest first. */
export async function rowsBehindSql(
  engine: Engine,
  { shape, types, dimensionsOf }: BehindSql,
  { asked: { dimensions, measure, table, limit = 100, offset = 0 }, problems }: Asked,
  { signal }: { readonly signal?: AbortSignal },
): Promise<BehindAnswer> {
  const { sql: text, relations } = shape.plan ?? { sql: shape.query.text, relations: [] }
  const traced = traceQuery(text, relations, { ids: idsOf(dimensionsOf) })
  const refused = (clause: string) =>
    insightFaults.no_rows_behind({ insight: shape.key, clause, reads: readsOf(shape) })
  if ('untold' in traced) {
    refuseIfAny(problems)
    throw refused(traced.untold)
  }
  const { tables, asked, untoldOf } = traced
  const names = tables.map(({ name }) => name)
  refuseIfAny([...problems, ...problemsOfTable(shape, table, names)])
  const untold = measure === undefined ? undefined : untoldOf(measure)
  if (untold !== undefined) throw refused(untold)
  const isGroup = every(shape.dimensions.map((name) => isOf(name, dimensions[name], types)))
  const own = signal ? { signal } : {}
  const ask = { holds: 'what users write' as const, ...own }
  const behind = (one: TracedTable) => one.behind({ where: isGroup, measure })
  const chosen = tables.find(({ name }) => name === table) ?? tables[0]
  const columns = chosen ? columnsOf(chosen.relation, shape) : []
  const [kept] = await engine.rows(
    sql`select * from ${insightTable(shape.key)} where ${isGroup}`,
    own,
  )
  const found = chosen
    ? await engine.rows(
        sql`${rowsOf(chosen, columns, behind(chosen))} limit ${value(limit)} offset ${value(offset)}`,
        ask,
      )
    : []
  // One after another: such questions share one place, and those of others stand in between.
  const counts = []
  for (const one of tables) {
    const [row] = await engine.rows(sql`select count(*) as n from (${behind(one)}) as b`, ask)
    counts.push({ name: one.name, from: one.relation.name, rows: Number(row?.['n']) })
  }
  return {
    from: chosen?.relation.name ?? '',
    ...(chosen && { table: chosen.name }),
    tables: counts,
    ...(asked.length > 0 && { asked: [...asked] }),
    ...(kept && { kept }),
    rows: found.map((row) => rowFrom(row, columns, chosen?.relation)),
    total: counts.find(({ name }) => name === chosen?.name)?.rows ?? 0,
  }
}

const readsOf = ({ query: { reads } }: InsightShape): readonly string[] =>
  reads.map(({ relation, columns }) =>
    columns === 'all' ? relation : `${relation} (${columns.join(', ')})`,
  )

const { stream, position, key } = systemColumns

/** What tells rows of a table apart: where they came from, whose they are, or the dimensions of an insight. */
const idsOf =
  (dimensionsOf: BehindSql['dimensionsOf']) =>
  ({ name, table }: Relation): readonly string[] => {
    if (isOfModel(table)) return [stream, position, key]
    return table.schema === 'insight' ? dimensionsOf(name) : ['profile']
  }

const isOfModel = ({ schema }: Relation['table']) => schema === 'model'

/** The columns that the query reads of a relation, as users name them. */
function columnsOf({ name, columns }: Relation, { query: { reads } }: InsightShape) {
  const read = reads.find(({ relation }) => relation === name)?.columns ?? 'all'
  return columns.filter((one) => read === 'all' || read.includes(one.name))
}

const fieldAt = (i: number) => `${i}.field`

function rowsOf({ relation, ids }: TracedTable, columns: Relation['columns'], behind: Part): Part {
  const own = (name: string) => column(name, 'r')
  const isSame = every(
    ids.map((name, i) => sql`${own(name)} is not distinct from ${column(`id${i}`, 'b')}`),
  )
  const fields = columns.map(({ name, physical = name }, i) =>
    as(own(physical), column(fieldAt(i))),
  )
  const isModel = isOfModel(relation.table)
  const source = isModel ? [key, stream, 'id'].map((name) => as(own(name), column(name))) : []
  const list = join([...fields, ...source, column('times', 'b'), column('value', 'b')])
  const newest = [sql`${own(position)} desc`, own(stream), own(key)]
  const order = isModel ? newest : ids.map(own)
  const sorted = order.length === 0 ? sql`` : sql` order by ${join(order)}`
  return sql`select ${list} from ${relation.table} as r join (${behind}) as b on ${isSame}${sorted}`
}

function rowFrom(
  row: Row,
  columns: Relation['columns'],
  relation: Relation | undefined,
): BehindRow {
  const cell = (name: string) => row[name] ?? null
  const times = Number(row['times'])
  return {
    ...(relation &&
      isOfModel(relation.table) && {
        key: String(cell(key)),
        stream: String(cell(stream)),
        id: String(cell('id')),
      }),
    fields: Object.fromEntries(columns.map(({ name }, i) => [name, cell(fieldAt(i))])),
    ...(times > 1 && { times }),
    ...(cell('value') !== null && { value: cell('value') }),
  }
}
