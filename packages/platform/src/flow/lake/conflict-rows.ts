import { call, cast, column, type Draft, type Part, sql, value, type Writer } from '#engine'
import type { StagedStream } from './staging.ts'
import { conflictTable, shownLength } from './tables.ts'

/** Notes which of the rows that are kept hold a value beside its column. */
export async function keepConflicts(
  writer: Writer,
  of: { readonly staged: StagedStream; readonly rows: Part; readonly isKept: Draft },
): Promise<void> {
  const { staged, rows, isKept } = of
  for (const { name, type, sideOf: main = name } of staged.sides) {
    const about = sql`${value(staged.shape.key)}, ${value(main)}, ${value(type)}`
    const at = cast(call('from_epoch_ms', column('_at')), 'timestamp')
    await writer.run(sql`insert into ${conflictTable} (stream, field, type, position, event, value, taken_at)
      select ${about}, _position, _event, substr(cast(${column(name)} as varchar), 1, ${value(shownLength)}), ${at}
      from ${rows} where ${column(name)} is not null and ${isKept}`)
  }
}
