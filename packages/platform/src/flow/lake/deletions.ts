import { column, type Engine, every, join, sql, value } from '#engine'
import { type BatchFile, type Counts, neededOf } from './arrival.ts'
import {
  batchTable,
  currentTable,
  type LakeField,
  position,
  rejectedTable,
  retire,
} from './tables.ts'

/** A file that names, by their keys, rows that are no longer there. */
export interface Deletion {
  readonly stream: string
  readonly primaryKey: readonly string[]
  /** The stream's fields so far. */
  readonly known: readonly LakeField[]
  readonly file: BatchFile
  readonly at: Date
  readonly signal: AbortSignal
}

/**
 * Moves the rows that a file names to the past, in one engine transaction with the marker of the file. A key that names a row
 * counts as deleted, one that names none as unchanged, one that is empty as rejected.
 */
export function takeDeletions(engine: Engine, of: Deletion): Promise<Counts> {
  const { stream, primaryKey, known, file, at, signal } = of
  const keyFields = file.fields.filter(({ name }) => primaryKey.includes(name))
  return engine.load(
    { file: file.file, fields: keyFields, ...neededOf(primaryKey), signal },
    (loaded) =>
      engine.change(`lake.${stream}`, async (writer) => {
        const received = loaded.rows + loaded.rejectedRows
        const first = await writer.positions(Math.max(1, received))
        const last = first + Math.max(1, received) - 1
        const about = join([value(stream), value(file.fingerprint), value(file.name)])
        await writer.run(sql`insert into ${rejectedTable}
        (stream, fingerprint, name, record, reason, raw, taken_at, position)
        select ${about}, _row, reason, raw, ${value(at)}, ${value(first - 1)} + _row from ${loaded.rejected}`)
        const meets = every(
          primaryKey.map((name) => sql`${column(name, 'c')} = ${column(name, 'd')}`),
        )
        const removed = await retire(
          writer,
          { stream, known },
          sql`select c.${position} as old, ${value(last)} as by_whom from ${currentTable(stream)} c
          where exists (select 1 from ${loaded.table} d where ${meets})`,
        )
        const rejected = loaded.rejectedRows
        const deleted = Math.min(removed, received - rejected)
        const unchanged = received - rejected - deleted
        const counts = { received, stored: 0, unchanged, rejected, removed }
        await writer.run(sql`insert into ${batchTable} (stream, fingerprint, name, first_position, last_position, received, stored,
          unchanged, rejected, removed, duplicate, parked, deleted, mended, taken_at)
        values (${about}, ${join([first, last, received, 0, unchanged, rejected, removed, 0, 0, deleted, 0].map((n) => value(n)))}, ${value(at)})`)
        return counts
      }),
  )
}
