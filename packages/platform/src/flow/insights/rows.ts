import { column, type Engine, every, join, type Part, type Row, sql, value } from '#engine'
import { refuseIfAny } from '#kernel/fault.ts'
import { checkQuery } from '#query'
import type { BehindAnswer, BehindBody, BehindRow } from './api.ts'
import { type MeasuredRow, sourceColumn, type WrittenRows } from './build.ts'
import { isOf, problemsOfDimensions, problemsOfMeasure, problemsOfTable } from './rows-asked.ts'
import { type BehindSql, rowsBehindSql } from './rows-of-sql.ts'
import { insightTable } from './tables.ts'

/** The rows that one row of an insight is computed from, of one table, page by page, newest first. */
export async function rowsBehind(
  engine: Engine,
  behind: BehindSql,
  asked: BehindBody,
  ask: { readonly signal?: AbortSignal },
): Promise<BehindAnswer> {
  const { shape, types } = behind
  const { dimensions, measure, table, limit = 100, offset = 0 } = asked
  const built = shape.plan?.built
  const problems = [
    ...problemsOfDimensions(shape, dimensions, types),
    ...problemsOfMeasure(shape, measure),
  ]
  if (!built) return rowsBehindSql(engine, behind, { asked, problems }, ask)
  refuseIfAny([...problems, ...problemsOfTable(shape, table, [built.driver])])
  const written = built.rows()
  const { part } = checkQuery(written.sql, built.relations)
  const isGroup = shape.dimensions.map((name) => isOf(name, dimensions[name], types))
  const measured = measure === undefined ? undefined : written.measures.get(measure)
  const rows = sql`(${part}) g where ${every([...isGroup, ...countsFor(measured)])}`
  const [found, [count], [kept]] = await Promise.all([
    engine.rows(
      sql`select * from ${rows} order by ${join(orderOf(written))} limit ${value(limit)} offset ${value(offset)}`,
      ask,
    ),
    engine.rows(sql`select count(*) as n from ${rows}`, ask),
    engine.rows(sql`select * from ${insightTable(shape.key)} where ${every(isGroup)}`, ask),
  ])
  return {
    from: built.driver,
    ...(kept ? { kept } : {}),
    rows: found.map((row) => behindFrom(row, written, measured)),
    total: Number(count?.['n']),
  }
}

/** The rows that count for a measure. */
const countsFor = (measured: MeasuredRow | undefined): readonly Part[] =>
  measured === undefined
    ? []
    : [
        ...measured.when.map((name) => column(name)),
        ...(measured.value === undefined ? [] : [sql`${column(measured.value)} is not null`]),
      ]

const orderOf = ({ hasSource, fields }: WrittenRows): readonly Part[] =>
  hasSource
    ? [
        sql`${column(sourceColumn('position'))} desc`,
        column(sourceColumn('stream')),
        column(sourceColumn('key')),
      ]
    : [column('_one'), ...[...fields.values()].map((name) => column(name))]

function behindFrom(
  row: Row,
  { hasSource, fields }: WrittenRows,
  measured: MeasuredRow | undefined,
): BehindRow {
  const cell = (name: string) => row[name] ?? null
  return {
    ...(hasSource && {
      key: String(cell(sourceColumn('key'))),
      stream: String(cell(sourceColumn('stream'))),
      id: String(cell(sourceColumn('id'))),
    }),
    fields: Object.fromEntries([...fields].map(([path, name]) => [path, cell(name)])),
    ...(measured?.value === undefined ? {} : { value: cell(measured.value) }),
  }
}
