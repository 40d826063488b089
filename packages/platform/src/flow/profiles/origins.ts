import { as, call, column, type Engine, type Part, type Row, sql, value } from '#engine'
import { batchTable, originOf } from '#lake'
import type { Origin } from './api.ts'
import { recordOf, shown } from './cells.ts'

/** Rows of a model object, each with the file and the row that it came from, or its place in the log. */
export async function withOrigins(engine: Engine, rows: Part): Promise<readonly Row[]> {
  const isEvent = call('starts_with', column('fingerprint', 'b'), value('log:'))
  const found =
    await engine.rows(sql`select r.*, b.name as _file, ${as(isEvent, column('_is_event'))},
      r._position - b.first_position + 1 as _row
    from (${rows}) r left join ${batchTable} b
      on b.stream = r._stream and r._position between b.first_position and b.last_position`)
  return Promise.all(
    found.map(async (row) => {
      if (row['_is_event'] !== true) return row
      const stream = String(row['_stream'])
      const from = await originOf(engine, { stream, position: Number(row['_position']) })
      const event = from && 'event' in from ? from.event : null
      return { ...row, _file: null, _place: event }
    }),
  )
}

/** Where a row of `withOrigins` came from. */
export function originIn(row: Row): Origin {
  const [file, event] = [shown(row['_file']), shown(row['_place'])]
  return {
    ...recordOf(row),
    ...(file === undefined ? {} : { file: String(file), row: Number(row['_row']) }),
    ...(event === undefined ? {} : { event: Number(event) }),
  }
}
