import {
  type Engine,
  join,
  sql,
  type TableName,
  table,
  typeName,
  value,
  type Writer,
} from '#engine'
import { type FieldType, fieldTypes } from '#kernel/scalar.ts'
import { prepareLedger } from './ledger.ts'

/** The rows of an insight: its dimensions and measures. */
export const insightTable = (key: string): TableName => table('insight', key)

/** One row per computed insight: `insight`, `position` of the last change of its content, `rows`. */
const stateTable = table('insight', '_state')

/** One row per insight that was tried: what its last refresh did, as JSON. */
const runTable = table('insight', '_run')

/** How many events came too late for the windows of insights: `insight`, `window_start`, `n`. */
const lateTable = table('insight', '_late')

/** Makes the tables that all insights share. */
export async function prepareInsights(engine: Engine): Promise<void> {
  await engine.change('insights', async (writer) => {
    await writer.run(sql`create table if not exists ${stateTable} (
      insight ${typeName('text')}, position ${typeName('integer')}, rows ${typeName('integer')})`)
    await writer.run(sql`create table if not exists ${runTable} (
      insight ${typeName('text')}, run ${typeName('text')})`)
    await writer.run(sql`create table if not exists ${lateTable} (
      insight ${typeName('text')}, window_start ${typeName('timestamp')}, n ${typeName('integer')})`)
    await prepareLedger(writer)
  })
}

/** The columns of an insight's rows with their types, in order. */
export type Types = ReadonlyMap<string, FieldType>

/** The columns of every insight that has been computed, by key. */
export async function computedTypes(engine: Engine): Promise<ReadonlyMap<string, Types>> {
  const typeOf = new Map(
    // Several of our types may be one of the engine's; the first of them is the one meant.
    fieldTypes.toReversed().map((type) => [engine.dialect.types[type].toLowerCase(), type]),
  )
  const tables = await engine.tables('insight')
  return new Map(
    tables
      .filter(({ name }) => !name.startsWith('_'))
      .map(({ name, columns }) => [
        name,
        new Map(columns.map((of) => [of.name, typeOf.get(of.type.toLowerCase()) ?? 'text'])),
      ]),
  )
}

/** What is kept of one insight between refreshes. */
export interface InsightState {
  readonly position: number
  readonly rows: number
}

/** The state of every insight that has been computed, by key. */
export async function statesOf(engine: Engine): Promise<ReadonlyMap<string, InsightState>> {
  const rows = await engine.rows(sql`select insight, position, rows from ${stateTable}`, {
    keptWhile: [stateTable],
  })
  return new Map(
    rows.map((row) => [
      String(row['insight']),
      { position: Number(row['position']), rows: Number(row['rows']) },
    ]),
  )
}

/** Notes the content of an insight, in the transaction that changes it. */
export async function keepState(
  writer: Writer,
  key: string,
  { position, rows }: InsightState,
): Promise<void> {
  const noted = await writer.run(
    sql`update ${stateTable} set position = ${value(position)}, rows = ${value(rows)} where insight = ${value(key)}`,
  )
  if (noted > 0) return
  await writer.run(
    sql`insert into ${stateTable} values (${value(key)}, ${value(position)}, ${value(rows)})`,
  )
}

/** What the last refresh of an insight did. */
export interface InsightRun {
  readonly at: string
  readonly tookMs: number
  /** Whether all of it was computed, or only the groups of rows that had changed; and why. */
  readonly how?: 'full' | 'changes'
  readonly why?: string
  readonly groups?: number
  /** Events that came after their window was closed. */
  readonly tooLate?: number
  /** Amounts for which there was no rate. */
  readonly missingRates?: number
  /** Why it failed; the last good result is then older than this. */
  readonly fault?: { readonly code: string; readonly say: string }
  /** When the result that is kept was computed. */
  readonly goodAt?: string
  /** What the result was made with, up to where the record of changed rows was read, and until when what had happened was looked at. */
  readonly made?: {
    readonly definition: string
    readonly epoch: number
    readonly position: number
    readonly until?: string
  }
}

/** What the last refreshes did, by insight: of all, or of those that are named. */
export async function runsOf(
  engine: Engine,
  keys?: readonly string[],
): Promise<ReadonlyMap<string, InsightRun>> {
  const some = keys?.map((key) => value(key))
  const where = some ? sql` where insight in (${join(some)})` : sql``
  const rows = await engine.rows(sql`select insight, run from ${runTable}${where}`)
  // Written by `keepRun` below.
  return new Map(
    rows.map((row) => [String(row['insight']), JSON.parse(String(row['run'])) as InsightRun]),
  )
}

/** Remembers what a refresh did. */
export async function keepRun(writer: Writer, key: string, run: InsightRun): Promise<void> {
  const text = value(JSON.stringify(run))
  const noted = await writer.run(
    sql`update ${runTable} set run = ${text} where insight = ${value(key)}`,
  )
  if (noted === 0) await writer.run(sql`insert into ${runTable} values (${value(key)}, ${text})`)
}

/** Writes down how many events came too late for each window, of all or of touched ones; how many there are now in all. */
export async function keepLate(
  writer: Writer,
  key: string,
  { late, touched }: { readonly late: TableName; readonly touched?: TableName | undefined },
): Promise<number> {
  const isOf = sql`insight = ${value(key)}`
  const those = touched ? sql` and window_start in (select window_start from ${touched})` : sql``
  await writer.run(sql`delete from ${lateTable} where ${isOf}${those}`)
  await writer.run(sql`insert into ${lateTable} select ${value(key)}, window_start, n from ${late}`)
  const [sum] = await writer.rows(
    sql`select coalesce(sum(n), 0) as n from ${lateTable} where ${isOf}`,
  )
  return Number(sum?.['n'])
}

/** Forgets all about an insight, in the transaction that drops its rows. */
export async function forgetInsight(writer: Writer, key: string): Promise<void> {
  await writer.run(sql`drop table if exists ${insightTable(key)}`)
  await writer.run(sql`delete from ${stateTable} where insight = ${value(key)}`)
  await writer.run(sql`delete from ${runTable} where insight = ${value(key)}`)
  await writer.run(sql`delete from ${lateTable} where insight = ${value(key)}`)
}
