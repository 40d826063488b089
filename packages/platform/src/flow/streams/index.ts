export { contractOf, judgeOf, withNeeded } from './agreed.ts'
export type { RejectedRecord, StreamOverview, StreamRun } from './api.ts'
export { type Bulk, type BulkFile, loadBulk } from './bulk.ts'
export {
  type ConnectionDefinition,
  connectionSchema,
  type StreamDefinition,
  spaceOf,
  streamSchema,
} from './definition.ts'
export { streamFaults } from './faults.ts'
export { connectionKind, streamKind } from './kinds.ts'
export { isWaiting, knownFields } from './known.ts'
export { liveStreamsIn, retypeReceived } from './live.ts'
export { streamNodes, streamRefresher } from './nodes.ts'
export { runRecords, streamMigrations } from './records.ts'
export { connectRoutes, streamRoutes } from './routes.ts'
export { statedFields, takesAnything } from './stated.ts'
export { makeStreams, type NamedStream, type Streams } from './streams.ts'
export { timeIn } from './times.ts'
