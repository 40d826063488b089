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

/**
 * Leaves out of a batch that was given up and is tried again whom something newer was queued about, once a newer batch has been
 * delivered: who left meanwhile would come back by it. Of a list of everybody that is all of it, and an empty one is old as well.
 */
export async function leaveOvertaken(
  { engine, records }: OvertakenTools,
  batch: BatchRecord,
): Promise<News> {
  if (batch.revived === 0 || !(await records.wasOvertaken(batch)))
    return { batch, isOldList: false }
  const { activation, destination } = batch
  const position = (await records.progressOf(activation))?.position ?? 0
  const line = { activation, destination, position }
  const isOldList = batch.send === 'everything'
  const keep = async (rows: readonly PayloadRow[]) =>
    isOldList ? new Map() : stillNews(engine, line, { batch, rows })
  const left = await sift(records, batch, { keep, reason: reasons.overtaken })
  return { batch: left, isOldList }
}

/** What is still news of a batch. */
interface News {
  readonly batch: BatchRecord
  /** Whether it is a list of everybody from before one that was delivered: nothing of it is to be told. */
  readonly isOldList: boolean
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
