import {
  column,
  type Draft,
  every,
  join,
  type Part,
  some,
  sql,
  type TableName,
  value,
} from '#engine'
import { batchTable, pastTable, position, until } from './tables.ts'

/** Rows that arrived for a stream in which a key comes once. */
export interface Once {
  readonly keys: readonly string[]
  /** `_position`, `_at`, `_problem` and the fields of the key. */
  readonly rows: TableName
  /** The rows that were there before; nothing where none can be. */
  readonly there: Part | undefined
}

/** The keys that a stream in which a key comes once has had: of rows that are there, and of those that were deleted. */
export const keysHad = (stream: string, keys: readonly string[], rows: Part): Draft =>
  sql`(select ${keyColumns(keys)} from ${rows} union all ${deletedKeys(stream, keys)})`

/** The keys that a file of deletions has taken out. What only comes once and was deleted stays so, or its sender's next try would bring it back. */
export const deletedKeys = (stream: string, keys: readonly string[]): Draft =>
  sql`select ${keyColumns(keys)} from ${pastTable(stream)} where ${until} in
    (select last_position from ${batchTable} where stream = ${value(stream)} and deleted > 0)`

const keyColumns = (keys: readonly string[]) => join(keys.map((key) => column(key)))

/**
 * The rows that only repeat a key, of a row that is there or of one before them: `arrived` and `_at`. Rows that are refused are
 * none of them and have none, nor do rows that lack their key.
 */
export function repeatsOf({ keys, rows, there }: Once): Draft {
  const names = keyColumns(keys)
  const key = keys.length === 1 ? names : sql`(${names})`
  const isWhole = every(keys.map((one) => sql`${column(one)} is not null`))
  const meets = every(keys.map((one) => sql`${column(one, 'k')} = ${column(one, 'c')}`))
  const isLater = sql`_nth > 1`
  // Of what is there only what meets is kept for comparing: it is by far the larger of the two.
  const isThere =
    there &&
    sql`${key} in (select ${key} from ${there} c where exists (select 1 from ${rows} k where ${meets}))`
  return sql`select ${position} as arrived, _at from (
      select *, row_number() over (partition by ${names} order by ${position}) as _nth
      from ${rows} where _problem is null and ${isWhole}) r
    where ${some(isThere ? [isLater, isThere] : [isLater])}`
}
