import type { Engine } from '#engine'
import type { PayloadRow } from './destination.ts'
import { reasons } from './reasons.ts'
import type { BatchRecord, Records } from './records.ts'
import { sift } from './sift.ts'
import { type Line, toldOf } from './tables.ts'

/** What leaving out needs. */
export interface OvertakenTools {
  readonly engine: Engine
  readonly records: Records
}

/** Whether a batch was given up, is tried again, and a newer one was delivered meanwhile. */
export const wasOvertaken = async (records: Records, batch: BatchRecord): Promise<boolean> =>
  batch.revived > 0 && (await records.wasOvertaken(batch))

/**
 * Leaves out of a batch that was overtaken whom something newer was queued about: who left meanwhile would come back by it. Of a list
 * of everybody that is all of it. The batch as it is now.
 */
export async function leaveOvertaken(
  { engine, records }: OvertakenTools,
  batch: BatchRecord,
): Promise<BatchRecord> {
  const { activation, destination } = batch
  const position = (await records.progressOf(activation))?.position ?? 0
  const line = { activation, destination, position }
  const keep = async (rows: readonly PayloadRow[]) =>
    batch.send === 'everything' ? new Map() : stillNews(engine, line, { batch, rows })
  return sift(records, batch, { keep, reason: reasons.overtaken })
}

async function stillNews(
  engine: Engine,
  line: Line,
  { batch, rows }: { readonly batch: BatchRecord; readonly rows: readonly PayloadRow[] },
): Promise<ReadonlyMap<PayloadRow, PayloadRow>> {
  const profileOf = (row: PayloadRow) => String(row['profile_id'])
  const told = await toldOf(engine, line, rows.map(profileOf).map(BigInt))
  const isNews = (row: PayloadRow) => {
    const last = told.get(profileOf(row))
    if (row['change'] === 'left') return last === undefined || last <= batch.to_position
    return last !== undefined && last <= batch.to_position
  }
  return new Map(rows.filter(isNews).map((row) => [row, row]))
}
