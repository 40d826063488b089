import { made, type Part, sql, type TableName } from '#engine'

/** How much a run looks at: all records, or those that a change can reach, which stand in the step `scope`. */
export type Extent = 'everything' | 'what changed'

/** Further to a condition: only records of a step. Without one, all of them. */
export const amongRecords = (record: Part, among: string | undefined): Part =>
  among === undefined ? sql`` : sql` and ${record} in (select record from ${made(among)})`

/** The step that holds the records that are looked at, if they are not all. */
export const scopeOf = (extent: Extent): string | undefined =>
  extent === 'everything' ? undefined : 'scope'

/** What is published about the records that are looked at; `record` is the column that names them. */
export const publishedOf = (published: TableName, record: Part, extent: Extent): Part =>
  extent === 'everything'
    ? published
    : sql`(select * from ${published} where ${record} in (select record from ${made('scope')}))`
