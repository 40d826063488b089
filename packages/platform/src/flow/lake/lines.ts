import { join, value } from '#engine'

/** What a line of the log says, in order. */
export const lineColumns = [
  { name: '_event', type: 'integer' },
  { name: '_at', type: 'integer' },
  { name: '_stream', type: 'text' },
  { name: '_kind', type: 'text' },
  { name: '_body', type: 'json' },
] as const

/** Kinds of lines that say something of a row. */
export const rowKinds = ['put', 'merge', 'delete']

/** The same, for a statement. */
export const rowKindList = join(rowKinds.map((kind) => value(kind)))
