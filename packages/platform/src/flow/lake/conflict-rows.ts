import { call, cast, column, type Draft, type Part, sql, value, type Writer } from '#engine'
import { conflictTable, type LakeField, shownLength } from './tables.ts'

/** Rows with values beside their columns. */
interface Held {
  readonly stream: string
  readonly sides: readonly LakeField[]
  /** `_position`, `_event`, `_at` and the sides. */
  readonly rows: Part
  /** Which of the rows are in the lake now. */
  readonly isKept: Draft
}

/** Notes the rows that hold a value beside its column. */
export async function keepConflicts(
  writer: Writer,
  { stream, sides, rows, isKept }: Held,
): Promise<void> {
  const at = cast(call('from_epoch_ms', column('_at')), 'timestamp')
  for (const { name, type, sideOf: main = name } of sides) {
    const shown = sql`substr(cast(${column(name)} as varchar), 1, ${value(shownLength)})`
    await writer.run(sql`insert into ${conflictTable} (stream, field, type, position, event, value, taken_at)
      select ${value(stream)}, ${value(main)}, ${value(type)}, _position, _event, ${shown}, ${at}
      from ${rows} where ${column(name)} is not null and ${isKept}`)
  }
}
