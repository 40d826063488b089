import { type Engine, join, type Row, sql, value } from '#engine'
import { modelTable } from '#model'
import type { RecordName } from './api.ts'
import type { Subject } from './definition.ts'
import { identityFaults } from './faults.ts'
import { linkTable } from './tables.ts'

/** Finds a record by `stream:id` (or `source:id`), or by its key. */
export async function findRecord(engine: Engine, on: Subject, name: string): Promise<RecordName> {
  const colon = name.indexOf(':')
  const [stream, id] = [value(name.slice(0, Math.max(colon, 0))), value(name.slice(colon + 1))]
  const isThis =
    colon < 0 && /^\d{1,19}$/.test(name)
      ? sql`r._key = ${value(BigInt(name))}`
      : sql`r.id = ${id} and (r._stream = ${stream} or r._source = ${stream})`
  const [row] = await recordsWhere(engine, on, isThis)
  if (row) return row
  throw identityFaults.unknown_record({ record: name, on })
}

/** Records that a condition over their rows `r` holds for, with their profiles. */
export async function recordsWhere(
  engine: Engine,
  on: Subject,
  condition: ReturnType<typeof sql>,
): Promise<readonly RecordName[]> {
  const rows =
    await engine.rows(sql`select r._key as record, r._space, r._stream, r._source, r.id, l.profile
    from ${modelTable(on)} r left join ${linkTable(on)} l on l.record = r._key where ${condition} order by r._position`)
  return rows.map(nameFrom)
}

const nameFrom = (row: Row): RecordName => ({
  record: String(row['record']),
  space: String(row['_space']),
  stream: String(row['_stream']),
  source: String(row['_source']),
  id: String(row['id']),
  ...(row['profile'] === null ? {} : { profile: String(row['profile']) }),
})

/** Records by their keys; when several rows tell of one, the first that came. */
export async function namesOf(
  engine: Engine,
  on: Subject,
  keys: readonly string[],
): Promise<ReadonlyMap<string, RecordName>> {
  if (keys.length === 0) return new Map()
  const listed = join([...new Set(keys)].map((key) => value(BigInt(key))))
  const rows = await recordsWhere(engine, on, sql`r._key in (${listed})`)
  return new Map(rows.toReversed().map((row) => [row.record, row]))
}
