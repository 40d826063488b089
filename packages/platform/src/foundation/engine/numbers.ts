import { call, type Draft, type Part, value } from './expression.ts'
import { sql } from './sql.ts'

/** Whether a number is one that JSON has a word for: not NaN, and not infinite. */
export const isPlainNumber = (cell: Part): Draft =>
  sql`(${cell} between ${value(-Number.MAX_VALUE, 'number')} and ${value(Number.MAX_VALUE, 'number')})`

/** What a number is called that JSON has no word for; nothing for the others. */
export const oddNumber = (cell: Part): Draft =>
  sql`case when ${isPlainNumber(cell)} or ${cell} is null then null
    when ${cell} = ${value(Number.POSITIVE_INFINITY, 'number')} then 'Infinity'
    when ${cell} = ${value(Number.NEGATIVE_INFINITY, 'number')} then '-Infinity' else 'NaN' end`

/** A number as a value of JSON; a text where JSON has no word for it. */
export const jsonNumber = (cell: Part): Draft =>
  sql`coalesce(${call('json_of', oddNumber(cell))}, ${call('json_of', cell)})`
