export {
  batchesOf,
  changePositionOf,
  changePositions,
  countOf,
  cursorOf,
  fingerprintsOf,
  type Ledger,
  lastDeliveryOf,
  ledgerOf,
  originOf,
  previewOf,
  rejectedOf,
} from './lake.ts'
export {
  batchTable,
  currentTable,
  fieldsOf,
  type LakeField,
  pastTable,
  prepareLake,
  retype,
} from './tables.ts'
export { type Arrival, type BatchFile, type Counts, type Mode, take } from './take.ts'
