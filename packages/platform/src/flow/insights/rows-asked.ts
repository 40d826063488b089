import { cast, column, type Part, sql, value } from '#engine'
import type { Problem } from '#kernel/fault.ts'
import { didYouMean } from '#kernel/near.ts'
import type { FieldType } from '#kernel/scalar.ts'
import type { BehindBody } from './api.ts'
import { insightFaults } from './faults.ts'
import type { InsightShape } from './shapes.ts'
import type { Types } from './tables.ts'

/** What is wrong with the values by which a row of an insight is named. */
export function problemsOfDimensions(
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

/** What is wrong with the measure that is asked about. */
export function problemsOfMeasure(
  { measures }: InsightShape,
  measure: string | undefined,
): readonly Problem[] {
  if (measure === undefined || measures.has(measure)) return []
  const details = { name: measure, near: didYouMean(measure, measures.keys()) }
  return insightFaults.unknown_part(details, { at: 'measure' }).problems
}

/** What is wrong with the table that is asked for, of those that are read. */
export function problemsOfTable(
  { key: insight }: InsightShape,
  table: string | undefined,
  tables: readonly string[],
): readonly Problem[] {
  if (table === undefined || tables.includes(table)) return []
  return insightFaults.unknown_table({ insight, table, tables }, { at: 'table' }).problems
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

/** Whether a dimension has a value, as the row is kept: what is cut to fit there is cut here too. */
export function isOf(name: string, found: unknown, types: Types): Part {
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
