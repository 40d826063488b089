import type { Column, Piece, Session, Statement } from './database.ts'
import type { Position } from './position.ts'
import { type Cursor, columnOf, type Relation } from './relation.ts'

/** A select of everything. */
export const selectAll = ({ columns, from }: Relation): Statement => [
  `select ${listed(columns)} from ${from}`,
]

/** Where to begin: behind a position, or some seconds or steps before it. */
export interface Start {
  readonly position: Position | undefined
  readonly overlap: number | undefined
}

/** A select of the rows beyond a position, in the order of the cursor, which comes last in every row. */
export function selectBeyond(
  session: Pick<Session, 'quote'>,
  { columns, from, primaryKey }: Relation,
  { cursor, ...start }: { readonly cursor: Cursor } & Start,
): Statement {
  const { expression, order } = cursor
  const others = primaryKey.filter((name) => name !== cursor.name)
  const sorted = [expression, ...others.map((name) => columnOf(session, name))].join(', ')
  return [
    `select ${listed(columns)}, ${expression} from ${from} where ${order.placed}`,
    ...beyond(cursor, start),
    ` order by ${sorted}`,
  ]
}

/** A select of one row that has no place in the order of the cursor, if there is any. */
export const selectUnplaced = ({ from }: Relation, { expression, order }: Cursor): Statement => [
  `select ${expression} from ${from} where ${order.unplaced} limit 1`,
]

function beyond({ expression, order, isUnique }: Cursor, { position, overlap }: Start): Piece[] {
  if (position === undefined) return []
  const { value } = position
  if (overlap !== undefined && order.before) {
    return [` and ${expression} >= `, ...order.before(value, overlap)]
  }
  return [` and ${expression} ${isUnique ? '>' : '>='} `, ...order.bound(value)]
}

const listed = (columns: readonly Column[]) =>
  columns.map(({ expression }) => expression).join(', ')
