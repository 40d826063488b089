import type { PayloadRow } from './destination.ts'
import type { BatchRecord, Records } from './records.ts'

/** What is asked of the members of a batch as it goes out. */
export interface Question {
  /** Which of them are asked; all unless set. */
  readonly asks?: (row: PayloadRow) => boolean
  /** Those who are sent after all, each with the row as it is sent. */
  readonly keep: (rows: readonly PayloadRow[]) => Promise<ReadonlyMap<PayloadRow, PayloadRow>>
  /** Hears of those who are not, before the batch is written without them; may hear of them twice. */
  readonly onGone?: (rows: readonly PayloadRow[]) => Promise<void>
  /** Why they are not. */
  readonly reason: string
}

/**
 * Leaves out of a batch, part by part, who is not sent after all, and counts them. The batch as it is now; who was dealt with at an
 * earlier attempt stands where they were.
 */
export async function sift(
  records: Records,
  batch: BatchRecord,
  { asks = () => true, keep, onGone = async () => {}, reason }: Question,
): Promise<BatchRecord> {
  let { members } = batch
  let place = 0
  let number = 0
  for await (const rows of records.rowsOf(batch.sequence)) {
    number++
    const isAsked = (row: PayloadRow, i: number) => place + i >= batch.done && asks(row)
    const asked = rows.filter(isAsked)
    const now = await keep(asked)
    const kept = rows.flatMap((row, i): readonly PayloadRow[] => {
      const left = isAsked(row, i) ? now.get(row) : row
      return left ? [left] : []
    })
    const gone = asked.filter((row) => !now.has(row))
    if (gone.length > 0) await onGone(gone)
    if (gone.length > 0 || asked.some((row) => now.get(row) !== row))
      await records.replacePart(batch, { number, rows: kept }, { [reason]: gone.length })
    members -= gone.length
    place += kept.length
  }
  return { ...batch, members }
}
