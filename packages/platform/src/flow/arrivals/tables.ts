import { type TableName, table } from '#engine'

// Tables that the lake keeps and that this room reads in ways the lake has no verb for.

/** What became of the events of each stream, by the hour in which they came. */
export const hourTable: TableName = table('lake', '_hour')

/** Records that could not be taken, with the reason and their text. */
export const rejectedTable: TableName = table('lake', '_rejected')

/** Events that have come again since in another way: mended, or adopted. */
export const mendedTable: TableName = table('lake', '_mended')

/** Events that belong to no stream, until somebody adopts them. */
export const parkedTable: TableName = table('lake', '_parked')
