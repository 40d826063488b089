import { nearest } from '#kernel/near.ts'
import { connectorFaults } from '../../faults.ts'
import type { Column, Order, Session, TableName } from './database.ts'
import type { SqlSource } from './definition.ts'

/** What is read: where from, its columns, and the one that is its cursor. */
export interface Relation {
  /** What a person calls it. */
  readonly name: string
  /** What stands behind `from`; its columns are those of `t`. */
  readonly from: string
  readonly columns: readonly Column[]
  readonly cursor?: Cursor
  readonly primaryKey: readonly string[]
}

/** The column that tells how far a relation has been read. */
export interface Cursor {
  readonly name: string
  readonly expression: string
  readonly order: Order
  /** Whether no two rows have the same value. */
  readonly isUnique: boolean
}

/** Finds out what a source means. */
export async function openRelation(
  session: Session,
  source: SqlSource,
  at: string,
): Promise<Relation> {
  const place = await placeOf(session, source, at)
  const shown = source.columns?.map((name) => columnOf(session, name)) ?? ['t.*']
  const hidden = source.cursor === undefined ? [] : [columnOf(session, source.cursor)]
  const found = await session.describe(
    `select ${[...shown, ...hidden].join(', ')} from ${place.from}`,
  )
  const last = hidden.length > 0 ? found.at(-1) : undefined
  const columns = last ? found.slice(0, -1) : found
  refuseTwice(columns, at)
  const primaryKey = source.primary_key ?? place.primaryKey
  if (!last) return { ...place, columns, primaryKey }
  const { name, order } = last
  if (typeof order === 'string') throw connectorFaults.unfit_cursor({ column: name, why: order })
  const isUnique = primaryKey.length === 1 && primaryKey[0] === name
  const cursor = { name, expression: columnOf(session, name), order, isUnique }
  return { ...place, columns, primaryKey, cursor }
}

/** A column of the relation, as statements name it. */
export const columnOf = ({ quote }: Pick<Session, 'quote'>, name: string): string =>
  `t.${quote(name)}`

async function placeOf(session: Session, { table, query }: SqlSource, at: string) {
  if (table === undefined && query !== undefined) {
    const text = query.trim().replace(/[;\s]+$/, '')
    // The line break, because the query may end with a remark.
    return { name: 'query', from: `(${text}\n) t`, primaryKey: [] }
  }
  if (table === undefined || query !== undefined) throw connectorFaults.table_or_query({})
  const found = await findTable(session, table, at)
  const from = `${session.quote(found.schema)}.${session.quote(found.name)} t`
  return { name: table, from, primaryKey: await session.primaryKey(found) }
}

async function findTable(session: Session, table: string, at: string): Promise<TableName> {
  const { defaultSchema } = session
  const tables = await session.tables(table)
  const found =
    tables.find(({ schema, name }) => schema === defaultSchema && name === table) ??
    tables.find(({ schema, name }) => `${schema}.${name}` === table)
  if (found) return found
  const names = tables.map(({ schema, name }) =>
    schema === defaultSchema && !table.includes('.') ? name : `${schema}.${name}`,
  )
  const like = nearest(table, names)
  const near = like === undefined ? '' : `; did you mean "${like}"?`
  throw connectorFaults.no_such_table({ at, table, near })
}

function refuseTwice(columns: readonly Column[], at: string): void {
  const names = columns.map(({ name }) => name)
  const twice = names.find((name, i) => names.indexOf(name) < i)
  if (twice === undefined) return
  const why = `two columns are called "${twice}"; call one of them something else, with "as"`
  throw connectorFaults.query_refused({ at, why })
}
