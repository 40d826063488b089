import { ingestFaults } from '../faults.ts'
import type { IngestObject } from '../object.ts'
import type { IngestJob } from './job.ts'

/** What the first record of a file is. */
export interface Header {
  readonly columns: readonly string[]
  /** Whether it has to be written before the file, because the file begins with its first row. */
  readonly isMissing: boolean
}

/** Reads the first record of a file as its header, or says what is wrong with it. */
export function headerOf(
  cells: readonly string[],
  { operation }: Pick<IngestJob, 'operation'>,
  object: IngestObject,
): Header {
  if (operation === 'delete') return deletionHeader(cells, object)
  const columns = cells.map((cell) => cell.trim())
  const given = columns.map((label) => label.toLowerCase())
  const missing = object.fields.filter(({ label }) => !given.includes(label.toLowerCase()))
  if (missing.length > 0)
    throw badFile(
      `its header lacks ${missing.map(({ label }) => `"${label}"`).join(', ')}; every field of the object has to be a column, empty where there is no value`,
    )
  refuseDoubles(given)
  return { columns, isMissing: false }
}

// Deletions are keys and nothing else; a header, and a second column with the time of the deletion, are both allowed.
function deletionHeader(cells: readonly string[], { fields, primaryKey }: IngestObject): Header {
  const keys = primaryKey.map((name) => fields.find((one) => one.name === name)?.label ?? name)
  const given = cells.map((cell) => cell.trim().toLowerCase())
  const extra = cells.length - keys.length
  if (extra !== 0 && extra !== 1)
    throw badFile(
      `a file of deletions has the primary key (${keys.join(', ')}) and at most one column more, but its first line has ${cells.length} values`,
    )
  const hasHeader = keys.every((label) => given.includes(label.toLowerCase()))
  if (hasHeader) {
    refuseDoubles(given)
    return { columns: cells.map((cell) => cell.trim()), isMissing: false }
  }
  return { columns: extra === 1 ? [...keys, deletedAt] : keys, isMissing: true }
}

const deletedAt = '_deleted_at'

function refuseDoubles(given: readonly string[]): void {
  const double = given.find((label, i) => given.indexOf(label) !== i)
  if (double !== undefined) throw badFile(`its header names "${double}" twice`)
}

const badFile = (why: string) => ingestFaults.bad_file({ why })
