import { type Engine, type Row, sql, value } from '#engine'
import type { FieldType } from '#kernel/scalar.ts'
import { conflictTable, fieldsOf } from './tables.ts'

/** A field with values that do not fit its type; they stand beside it. */
export interface Conflict {
  readonly field: string
  readonly expected: FieldType
  /** What the values are, the most frequent first. */
  readonly found: readonly { readonly type: string; readonly count: number }[]
  readonly count: number
  readonly firstAt: string
  readonly lastAt: string
  readonly examples: readonly ConflictExample[]
}

/** A value that does not fit, and the row that holds it. */
export interface ConflictExample {
  /** Cut where it is long. */
  readonly value: string
  readonly type: string
  readonly position: number
  /** The place in the log, when it came as an event. */
  readonly event?: number
}

const mostExamples = 5

/** The fields of a stream that have values which do not fit, the most frequent first. */
export async function conflictsOf(engine: Engine, stream: string): Promise<readonly Conflict[]> {
  const isOf = sql`stream = ${value(stream)}`
  const counts = await engine.rows(sql`
    select field, type, count(*) as n, min(taken_at) as first_at, max(taken_at) as last_at
    from ${conflictTable} where ${isOf} group by field, type order by n desc, type`)
  if (counts.length === 0) return []
  const examples = await engine.rows(sql`
    select field, type, value, position, event from (
      select *, row_number() over (partition by field order by position desc) as place
      from ${conflictTable} where ${isOf}) c
    where place <= ${value(mostExamples)} order by position desc`)
  const fields = await fieldsOf(engine, stream)
  const groups = Map.groupBy(counts, (row) => String(row['field']))
  return [...groups].map(([field, rows]) => ({
    field,
    expected: fields.find(({ name }) => name === field)?.type ?? 'text',
    found: rows.map((row) => ({ type: String(row['type']), count: Number(row['n']) })),
    count: rows.reduce((sum, row) => sum + Number(row['n']), 0),
    firstAt: String(rows.map((row) => String(row['first_at'])).toSorted()[0]),
    lastAt: String(
      rows
        .map((row) => String(row['last_at']))
        .toSorted()
        .at(-1),
    ),
    examples: examples.filter((row) => row['field'] === field).map(exampleFrom),
  }))
}

const exampleFrom = (row: Row): ConflictExample => ({
  value: String(row['value']),
  type: String(row['type']),
  position: Number(row['position']),
  ...(row['event'] === null ? {} : { event: Number(row['event']) }),
})
