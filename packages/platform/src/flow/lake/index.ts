export type { Arrival, BatchFile, Counts, Mode, Origin } from './arrival.ts'
export { type Conflict, type ConflictExample, conflictsOf } from './conflicts.ts'
export { acceptConflict, castConflict, refuseConflict, type Settled } from './decisions.ts'
export { type Deletion, takeDeletions } from './deletions.ts'
export {
  type EventRound,
  logPositionOf,
  prepareEvents,
  StreamTrouble,
  type TakenEvents,
  takeEvents,
  takeFirstEvents,
} from './events.ts'
export { lakeFaults } from './faults.ts'
export { type Hour, hoursOf } from './hours.ts'
export { type Judge, judged } from './judge.ts'
export {
  batchCountsOf,
  batchesOf,
  changePositionOf,
  changePositions,
  countOf,
  cursorOf,
  type Ledger,
  lastDeliveryOf,
  ledgerOf,
  originOf,
  previewOf,
  type RowOrigin,
  type StreamChange,
  streamChanges,
  takenFrom,
} from './lake.ts'
export { dropParked, forgetParked, type Parked, parkedLines, parkedOf } from './parked.ts'
export { labelOf } from './paths.ts'
export { rawOf } from './raw.ts'
export {
  foldRejected,
  originOfRejected,
  type RejectedFilter,
  type RejectedPage,
  rejectedOf,
  rejectedReasons,
  takeBack,
} from './rejected.ts'
export {
  asLeftOut,
  copiedFrom,
  forgetLeftOut,
  leaveOut,
  leftOutAs,
  type Same,
  type SameFile,
  sameFileOf,
  sameFilesOf,
} from './same-files.ts'
export {
  compareShadow,
  type Shadow,
  type ShadowComparison,
  type ShadowDifference,
  type ShadowSource,
  shadowOf,
} from './shadow.ts'
export type { EventCounts, StreamShape } from './shape.ts'
export { eventsOfSwap, type SwapNote, type Swapped, swapShadow } from './swap.ts'
export {
  batchTable,
  currentTable,
  fieldsByStream,
  fieldsOf,
  type LakeField,
  mendedFingerprint,
  pastTable,
  prepareLake,
  retype,
} from './tables.ts'
export { take } from './take.ts'
