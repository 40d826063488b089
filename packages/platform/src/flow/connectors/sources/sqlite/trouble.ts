import { connectorFaults } from '../../faults.ts'
import type { Refusal } from './messages.ts'

/** Says what SQLite refused in our words. */
export function troubleOf(refusal: Refusal, at: string): Error {
  if ('notText' in refusal) {
    return connectorFaults.not_text({ of: at, column: refusal.notText })
  }
  const { message: why, errcode } = refusal
  // The low byte is the primary code: https://sqlite.org/rescode.html
  switch (errcode & 0xff) {
    case 5: // another process writes
    case 6:
      return connectorFaults.source_busy({ at, why })
    case 8: // what was left unfinished would have to be mended first, which is writing
    case 14: // cannot be opened
      return connectorFaults.cannot_open_database({ name: at, why })
    case 10: // input or output failed
      return connectorFaults.unreadable_file({ name: at, why })
    case 11: // malformed
    case 26: // no database
      return connectorFaults.no_database_file({ name: at, why })
    default:
      return connectorFaults.query_refused({ at, why })
  }
}
