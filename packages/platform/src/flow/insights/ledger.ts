import {
  column,
  type Engine,
  join,
  type Part,
  some,
  sql,
  type TableName,
  table,
  typeName,
  value,
  type Writer,
} from '#engine'
import { columnsOf, type ModelObject, modelTable, rowChanges, systemColumns } from '#model'

/** The rows of an object as they were when they were last compared, with the position at which each came. */
export const seenTable = (object: string): TableName => table('insight', `_seen_${object}`)
/** Rows as they were before they changed or went, with the position at which they did. */
const goneTable = (object: string): TableName => table('insight', `_gone_${object}`)

const ledgerTable = table('insight', '_ledger')

const { stream, position, key, profile } = systemColumns
const identity = [stream, position, key, profile]

/** Makes the table that says how far rows are recorded. */
export const prepareLedger = (writer: Writer): Promise<number> =>
  writer.run(sql`create table if not exists ${ledgerTable} (
    object ${typeName('text')}, epoch ${typeName('integer')}, position ${typeName('integer')},
    remade ${typeName('integer')}, stamp ${typeName('text')}, columns ${typeName('text')})`)

/** How far the changed rows of an object are recorded. */
export interface LedgerState {
  /** Another number means that what was recorded before cannot be gone on from. */
  readonly epoch: number
  readonly position: number
  readonly columns: readonly string[]
}

/** What is to be recorded. */
export interface LedgerWish {
  readonly object: ModelObject
  /** The columns by which rows belong to groups. */
  readonly columns: readonly string[]
  /** Positions of what changes rows; when none is beyond those of the last time, there is nothing to compare. */
  readonly stamp: readonly number[]
  /** Up to where everybody has read. */
  readonly readUntil: number
}

interface Kept extends LedgerState {
  readonly stamp: readonly number[]
  readonly remade: number
}

/**
 * Brings the record of changed rows of an object up to date. Rows of the model say when they came, but not when they went
 * or to whom they now belong; so what insights group by is kept and compared.
 */
export async function catchUp(engine: Engine, wish: LedgerWish): Promise<LedgerState> {
  const { object, stamp } = wish
  const kept = await keptOf(engine, object.key)
  const isKnown = kept && wish.columns.every((name) => kept.columns.includes(name))
  if (isKnown && stamp.every((position, i) => position <= (kept.stamp[i] ?? 0))) return kept
  const remade = (await rowChanges(engine)).get(object.key)?.remade ?? 0
  if (isKnown && kept.remade === remade)
    return engine.change(`rows of ${object.key}`, (writer) => compare(writer, wish, kept))
  return engine.change(`rows of ${object.key}`, (writer) => begin(writer, wish, { kept, remade }))
}

async function keptOf(engine: Engine, object: string): Promise<Kept | undefined> {
  const [row] = await engine.rows(sql`select * from ${ledgerTable} where object = ${value(object)}`)
  return (
    row && {
      epoch: Number(row['epoch']),
      position: Number(row['position']),
      remade: Number(row['remade']),
      // Both written by `keep` below.
      stamp: JSON.parse(String(row['stamp'])) as number[],
      columns: JSON.parse(String(row['columns'])) as string[],
    }
  )
}

async function begin(
  writer: Writer,
  { object, columns, stamp }: LedgerWish,
  { kept, remade }: { readonly kept: Kept | undefined; readonly remade: number },
): Promise<LedgerState> {
  const at = await writer.positions(1)
  const all = [...new Set([...identity, ...columns, ...(kept?.columns ?? [])])].filter((name) =>
    columnsOf(object).some(([known]) => known === name),
  )
  const list = join(all.map((name) => column(name)))
  const rows = sql`select ${list}, cast(${value(at)} as bigint) as "_at" from ${modelTable(object.key)}`
  await writer.run(sql`create or replace table ${seenTable(object.key)} as ${rows}`)
  await writer.run(sql`create or replace table ${goneTable(object.key)} as ${rows} limit 0`)
  return keep(writer, object, { epoch: at, position: at, remade, stamp, columns: all })
}

async function compare(writer: Writer, wish: LedgerWish, kept: Kept): Promise<LedgerState> {
  const { object, stamp, readUntil } = wish
  const [seen, gone, model] = [seenTable(object.key), goneTable(object.key), modelTable(object.key)]
  const at = await writer.positions(1)
  const list = join(kept.columns.map((name) => column(name)))
  await writer.run(sql`delete from ${gone} where "_at" <= ${value(readUntil)}`)
  await writer.run(
    sql`insert into ${gone} select ${list}, ${value(at)} from ${seen} a where ${isNotIn(model)}`,
  )
  const went = sql`select ${join(identity.map((name) => column(name)))} from ${gone} where "_at" = ${value(at)}`
  await writer.run(
    sql`delete from ${seen} as a where exists (select 1 from (${went}) b where ${isSameRow})`,
  )
  await writer.run(
    sql`insert into ${seen} select ${list}, ${value(at)} from ${model} a where ${isNotIn(seen)}`,
  )
  const latest = stamp.map((one, i) => Math.max(one, kept.stamp[i] ?? 0))
  return keep(writer, object, { ...kept, position: at, stamp: latest })
}

const isSameRow = sql`a._position = b._position and a._key = b._key and a._stream = b._stream
  and a._profile is not distinct from b._profile`

const isNotIn = (rows: Part): Part => sql`not exists (select 1 from ${rows} b where ${isSameRow})`

async function keep(writer: Writer, { key: object }: ModelObject, of: Kept): Promise<LedgerState> {
  await writer.run(sql`delete from ${ledgerTable} where object = ${value(object)}`)
  const row = [
    object,
    of.epoch,
    of.position,
    of.remade,
    JSON.stringify(of.stamp),
    JSON.stringify(of.columns),
  ]
  await writer.run(sql`insert into ${ledgerTable} values (${join(row.map((cell) => value(cell)))})`)
  return of
}

/** Which rows are asked for: those that changed after a position, and those whose time has come since a moment. */
export interface ChangedSince {
  readonly after: number
  readonly due?: { readonly time: string; readonly since: string } | undefined
}

/** The rows of an object that came, changed or went, as they were and as they are. */
export const changedRows = (
  object: string,
  columns: readonly string[],
  { after, due }: ChangedSince,
): Part => {
  const list = join(columns.map((name) => column(name)))
  const isDue = due && sql`${column(due.time)} > ${value(due.since, 'timestamp')}`
  const isNew = some([sql`"_at" > ${value(after)}`, ...(isDue ? [isDue] : [])])
  return sql`select ${list} from ${seenTable(object)} where ${isNew}
    union all select ${list} from ${goneTable(object)} where "_at" > ${value(after)}`
}

/** Forgets the records of objects that no insight is built over. */
export async function sweepLedger(engine: Engine, objects: readonly string[]): Promise<void> {
  const names = (await engine.tables('insight')).map(({ name }) => name)
  const left = names.flatMap((name) => /^_seen_(.*)$/.exec(name)?.[1] ?? [])
  const gone = left.filter((object) => !objects.includes(object))
  if (gone.length === 0) return
  await engine.change('rows that no insight reads', async (writer) => {
    for (const object of gone) {
      await writer.run(sql`drop table if exists ${seenTable(object)}`)
      await writer.run(sql`drop table if exists ${goneTable(object)}`)
      await writer.run(sql`delete from ${ledgerTable} where object = ${value(object)}`)
    }
  })
}
