export type {
  Chunk,
  Entry,
  EntryKind,
  EventLog,
  IdFigures,
  Kept,
  LogFigures,
} from './event-log.ts'
export { logFaults } from './faults.ts'
export { type LogSettings, openLog } from './open.ts'
