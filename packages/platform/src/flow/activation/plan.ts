import type { NewBatch } from './records.ts'

/** How members are cut: batches, and the parts of them that are kept and read one at a time. */
export interface BatchPlan {
  readonly batches: readonly NewBatch[]
  readonly rowsPerPart: number
  readonly partsPerBatch: number
}

const rowsPerPartAtMost = 5000

/** Cuts members into batches no larger than the destination takes. No members make no batch, unless `atLeast` is 1. */
export function planBatches(members: number, batchSize: number, atLeast: 0 | 1): BatchPlan {
  const rowsPerPart = Math.min(batchSize, rowsPerPartAtMost)
  const partsPerBatch = Math.floor(batchSize / rowsPerPart)
  const size = rowsPerPart * partsPerBatch
  const needed = members === 0 ? 0 : Math.max(1, Math.ceil(members / size))
  const count = Math.max(atLeast, needed)
  const batches = Array.from({ length: count }, (_, i) => ({
    number: i + 1,
    of: count,
    members: count === 1 ? members : Math.min(size, members - i * size),
  }))
  return { batches, rowsPerPart, partsPerBatch }
}
