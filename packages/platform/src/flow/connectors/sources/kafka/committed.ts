import {
  IS_CONTROL,
  IS_TRANSACTIONAL,
  type KafkaRecord,
  type RecordsBatch,
} from '@platformatic/kafka'
import type { Fetched } from './cluster.ts'

/** A record and its place in the partition. */
export interface PlacedRecord {
  readonly record: KafkaRecord
  readonly offset: bigint
  /** Milliseconds since 1970; -1 when there is none. */
  readonly timestamp: bigint
}

const isAppendTime = 8
const abortMarker = 0

/**
 * The records of a fetch that count: not the marks that transactions leave, nor what was written in a transaction that
 * was aborted. A transaction counts as aborted from its first offset on until its mark.
 */
export function* committedRecords({ batches, aborted }: Fetched): Generator<PlacedRecord> {
  const coming = aborted.toSorted((a, b) => (a.firstOffset < b.firstOffset ? -1 : 1))
  const undone = new Set<bigint>()
  for (const batch of batches) {
    while (coming[0] && coming[0].firstOffset <= lastOffset(batch)) {
      undone.add(coming[0].producerId)
      coming.shift()
    }
    if (isAbort(batch)) undone.delete(batch.producerId)
    const isUndone = (batch.attributes & IS_TRANSACTIONAL) !== 0 && undone.has(batch.producerId)
    if ((batch.attributes & IS_CONTROL) !== 0 || isUndone) continue
    for (const record of batch.records) yield placed(batch, record)
  }
}

/** The offset after a batch, also where compaction has removed its last records. */
export const nextOffset = (batch: RecordsBatch): bigint => lastOffset(batch) + 1n

const lastOffset = ({ firstOffset, lastOffsetDelta }: RecordsBatch) =>
  firstOffset + BigInt(lastOffsetDelta)

function isAbort({ attributes, records }: RecordsBatch): boolean {
  const key = records[0]?.key
  return (attributes & IS_CONTROL) !== 0 && key?.length === 4 && key.readInt16BE(2) === abortMarker
}

const placed = (batch: RecordsBatch, record: KafkaRecord): PlacedRecord => ({
  record,
  offset: batch.firstOffset + BigInt(record.offsetDelta),
  timestamp:
    (batch.attributes & isAppendTime) === 0
      ? batch.firstTimestamp + record.timestampDelta
      : batch.maxTimestamp,
})
