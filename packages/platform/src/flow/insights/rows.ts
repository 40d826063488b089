import { cast, column, type Engine, every, join, type Part, type Row, sql, value } from '#engine'
import { type Problem, refuseIfAny } from '#kernel/fault.ts'
import { didYouMean } from '#kernel/near.ts'
import type { FieldType } from '#kernel/scalar.ts'
import { checkQuery } from '#query'
import type { BehindAnswer, BehindBody, BehindRow } from './api.ts'
import { type MeasuredRow, sourceColumn, type WrittenRows } from './build.ts'
import { insightFaults } from './faults.ts'
import type { InsightShape } from './shapes.ts'
import { insightTable, type Types } from './tables.ts'

/** The insight whose rows are asked for, and the types of its columns. */
export interface Behind {
  readonly shape: InsightShape
  readonly types: Types
}

/** The rows of a model object that one row of an insight is computed from, page by page, newest first. */
export async function rowsBehind(
  engine: Engine,
  { shape, types }: Behind,
  { dimensions, measure, limit = 100, offset = 0 }: BehindBody,
  ask: { readonly signal?: AbortSignal },
): Promise<BehindAnswer> {
  const built = shape.plan?.built
  if (!built) throw insightFaults.no_rows_behind({ insight: shape.key, reads: readsOf(shape) })
  refuseIfAny([
    ...problemsOfDimensions(shape, dimensions, types),
    ...problemsOfMeasure(shape, measure),
  ])
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

const readsOf = ({ query: { reads } }: InsightShape): readonly string[] =>
  reads.map(({ relation, columns }) =>
    columns === 'all' ? relation : `${relation} (${columns.join(', ')})`,
  )

function problemsOfDimensions(
  { key: insight, dimensions }: InsightShape,
  given: BehindBody['dimensions'],
  types: Types,
): readonly Problem[] {
  const strange = Object.keys(given).filter((name) => !dimensions.includes(name))
  return [
    ...strange.flatMap((name) => {
      const details = { name, near: didYouMean(name, dimensions) }
      return insightFaults.unknown_part(details, { at: `dimensions.${name}` }).problems
    }),
    ...dimensions.flatMap((dimension) => {
      const at = { at: `dimensions.${dimension}` }
      const found = given[dimension]
      const type = types.get(dimension) ?? 'text'
      if (found === undefined)
        return insightFaults.missing_dimension({ insight, dimension }, at).problems
      if (found === null || fits[type](found)) return []
      return insightFaults.unfit_dimension({ dimension, type, found: JSON.stringify(found) }, at)
        .problems
    }),
  ]
}

function problemsOfMeasure(
  { measures }: InsightShape,
  measure: string | undefined,
): readonly Problem[] {
  if (measure === undefined || measures.has(measure)) return []
  const details = { name: measure, near: didYouMean(measure, measures.keys()) }
  return insightFaults.unknown_part(details, { at: 'measure' }).problems
}

const isText = (of: unknown): of is string => typeof of === 'string'
const isTime = (of: unknown) => isText(of) && !Number.isNaN(Date.parse(of))
const isWhole = (of: string) =>
  /^-?\d{1,19}$/.test(of) && BigInt.asIntN(64, BigInt(of)) === BigInt(of)
const isAmount = (of: unknown) => Number.isFinite(of)

const fits: Readonly<Record<FieldType, (of: unknown) => boolean>> = {
  text: isText,
  json: isText,
  integer: (of) => Number.isSafeInteger(of) || (isText(of) && isWhole(of)),
  decimal: isAmount,
  number: isAmount,
  boolean: (of) => typeof of === 'boolean',
  date: isTime,
  timestamp: isTime,
}

// As the row is kept, so that what is cut to fit there is cut here too.
function isOf(name: string, found: unknown, types: Types): Part {
  const type = types.get(name) ?? 'text'
  const cell = cast(column(name), type)
  if (found === null) return sql`${cell} is null`
  return sql`${cell} = ${cast(givenValue(found, type), type)}`
}

function givenValue(found: unknown, type: FieldType): Part {
  if (type === 'integer') return value(BigInt(String(found)))
  if (typeof found === 'boolean' || typeof found === 'number') return value(found, type)
  return value(String(found), type)
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
