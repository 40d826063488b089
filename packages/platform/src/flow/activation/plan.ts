import type { Moment } from './compile.ts'
import type { ActivationBody } from './definition.ts'
import type { NewBatch, Progress } from './records.ts'

/** What a refresh compares, decided before anything is looked at. */
export interface CutPlan {
  /** The position that the next batches begin after. */
  readonly from: number
  /** What the receiver has; nothing when it starts with nobody. */
  readonly since?: Moment
  /** Whether the segment's own last change says how far to go; otherwise a new position does. */
  readonly follows: 'segment' | 'nothing'
}

/** Plans the next cut of an activation from what was queued last. */
export function planCut(
  { segment, destination, send }: ActivationBody,
  last: Progress | undefined,
): CutPlan {
  const from = last?.position ?? 0
  // Another destination knows nobody yet; another segment at the same one is a difference like any other.
  if (last === undefined || send === 'everything' || last.destination !== destination) {
    return { from, follows: 'nothing' }
  }
  const since = { segment: last.segment, position: from }
  return { from, since, follows: last.segment === segment ? 'segment' : 'nothing' }
}

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
