import { storeFaults } from '../faults.ts'

/** A statement that the database refused: a bug, unless the room expected it (see `isDuplicate`). */
class SqlError extends Error {
  override readonly name = 'SqlError'
  readonly errcode: number | undefined

  constructor(message: string, errcode: number | undefined) {
    super(message)
    this.errcode = errcode
  }
}

/** Whether something was refused because the same key is already kept. */
export const isDuplicate = (thrown: unknown): boolean =>
  thrown instanceof SqlError && (thrown.errcode === 1555 || thrown.errcode === 2067)

/** Turns a refusal of the database into the fault it means, or into an error that shows the statement. */
export function errorFrom(message: string, errcode: number | undefined, sql: string): Error {
  // The low byte is the primary code: https://sqlite.org/rescode.html
  switch ((errcode ?? 0) & 0xff) {
    case 13:
      return storeFaults.disk_full({})
    case 5: // another process writes for longer than we wait
    case 8: // read-only
    case 10: // input or output failed
    case 14: // cannot be opened
      return storeFaults.trouble({ what: message })
    case 11:
    case 26:
      return storeFaults.damaged({ what: message })
    default:
      return new SqlError(sql === '' ? message : `${message}, in: ${sql}`, errcode)
  }
}
