import { fingerprint } from '#definitions'
import { cast, column, type Draft, type Part, type Row, sql, value } from '#engine'
import { linkColumn, type Model, modelTable, pathTo, systemColumns } from '#model'
import type { Change } from './api.ts'
import { type AskedFields, everyRow, matching } from './asked.ts'
import type { RowTrigger, Watch } from './definition.ts'
import {
  beginHeld,
  dataColumn,
  dataFrom,
  fieldsAsked,
  lastMet,
  metAfter,
  valuesHeld,
  wasFrom,
} from './held.ts'
import { type Ground, type Look, type LookAt, nothingMet, valuesBefore } from './look.ts'
import { type Met, subjectId } from './met.ts'
import { asHeld, heldColumns, keepNews } from './row-news.ts'

const { key, position, profile, stream } = systemColumns

/** Rows of a model object that were created, changed or taken away since the last look, where a condition holds for them. */
export async function lookAtRows(
  ground: Ground,
  { watch, after, signal }: LookAt,
  when: RowTrigger,
): Promise<Look> {
  const { engine } = ground
  const asking = await askingOf(ground, watch, when)
  if (!asking) return nothingMet(after)
  const print = fingerprint(when)
  const kept = keptOf(asking).join(' ')
  const held = await valuesHeld(engine, watch.key, print)
  if (held === undefined) {
    const all = asHeld(sql`(${versionsOf(asking)})`, kept)
    await beginHeld(engine, { watch: watch.key, print, kept, columns: heldColumns, held: all })
    return nothingMet(await lastMet(engine, watch.key, after))
  }
  const versionsIn = (moved: Part) => versionsOf(asking, sql`(select key, version from ${moved})`)
  const isOther = held !== kept
  const { keysOf } = ground
  await keepNews(engine, { watch, when, versionsIn, keysOf, print, kept, isOther }, signal)
  const upTo = await lastMet(engine, watch.key, after)
  const mets = async function* () {
    for await (const rows of engine.stream(metAfter(watch.key, after), { signal }))
      yield rows.map((row) => metOf(row, asking))
  }
  return { upTo, mets: mets() }
}

/** Rows for which a condition holds now, as though each had just come. Of what they were, and of those that went, nothing is known. */
export async function rowsHolding(
  ground: Ground,
  { watch, signal }: Pick<LookAt, 'watch' | 'signal'>,
  when: RowTrigger,
): Promise<AsyncIterable<readonly Met[]>> {
  const asking = when.change === 'deleted' ? undefined : await askingOf(ground, watch, when)
  return metOfAll(ground, asking, signal)
}

async function* metOfAll(
  { engine }: Ground,
  asking: Asking | undefined,
  signal: AbortSignal,
): AsyncGenerator<readonly Met[]> {
  if (!asking) return
  const change = asking.when.change === 'changed' ? 'changed' : 'created'
  const query = sql`select key, version, profile, account, data, ${value(change)} as change
    from (${versionsOf(asking)}) v where holds order by version, key`
  for await (const rows of engine.stream(query, { signal }))
    yield rows.map((row) => metOf(row, asking))
}

async function askingOf(
  ground: Ground,
  watch: Watch,
  when: RowTrigger,
): Promise<Asking | undefined> {
  const tables = await ground.engine.tables('model')
  const there = tables.find(({ name }) => name === when.row)
  if (!there) return undefined
  const model = await ground.model()
  const all = typesOfRow(model, when)
  const has = (field: string) => there.columns.some(({ name }) => name === field)
  const fields = Object.fromEntries(Object.entries(all).filter(([name]) => has(name)))
  const account = accountIn(model, tables, when)
  return { watch, when, all, fields, has, account, now: ground.now() }
}

function metOf(row: Row, { watch, when, all, now }: Asking): Met {
  const [person, account] = [textIn(row['profile']), textIn(row['account'])]
  const cause = subjectId(when.row, String(row['key']))
  // Written by this room.
  const change = row['change'] as Change
  const version = String(row['version'])
  return {
    trigger: 'row',
    cause,
    // A version that came may go later: these are two causes.
    occurrence: change === 'deleted' ? `deleted ${version}` : version,
    holds: true,
    at: now,
    profile: person,
    account,
    people: [person ?? cause],
    data: dataFrom(row, watch, all),
    change,
    was: wasFrom(row, watch, all),
  }
}

const textIn = (cell: Row[string] | undefined): string | undefined =>
  cell === null || cell === undefined ? undefined : String(cell)

/** The fields of rows that a trigger may ask. */
const typesOfRow = (model: Pick<Model, 'find'>, { row }: RowTrigger): AskedFields =>
  Object.fromEntries(
    Object.entries(model.find(row)?.fields ?? {}).map(([name, { type }]) => [name, type]),
  )

interface Asking {
  readonly watch: Watch
  readonly when: RowTrigger
  /** The fields of the object, and those of them that the table has. */
  readonly all: AskedFields
  readonly fields: AskedFields
  readonly has: (field: string) => boolean
  readonly account: AccountOfRow
  readonly now: Date
}

/** The key of the record of the account that a row `r` names: what must be joined to the rows for it, and the column. */
interface AccountOfRow {
  readonly joined: Part
  readonly key: Part
}

const noAccount: AccountOfRow = { joined: sql``, key: cast(value(null), 'integer') }

function accountIn(
  model: Model,
  tables: Awaited<ReturnType<Ground['engine']['tables']>>,
  { row }: RowTrigger,
): AccountOfRow {
  const object = model.find(row)
  const way = object && pathTo(model, object, 'account')
  if (way === undefined) return noAccount
  const [first, second] = way
  if (first === undefined) return { joined: sql``, key: sql`r.${column(key)}` }
  const has = (table: string, name: string) =>
    tables.find((one) => one.name === table)?.columns.some((of) => of.name === name) === true
  const link = linkColumn(first.field)
  if (!has(row, link)) return noAccount
  if (second === undefined) return { joined: sql``, key: sql`r.${column(link)}` }
  const onwards = linkColumn(second.field)
  if (!has(first.to, onwards)) return noAccount
  return {
    joined: sql`left join (select ${column(key)} as parent_key, max(${column(onwards)}) as account
      from ${modelTable(first.to)} group by 1) parent on parent.parent_key = r.${column(link)}`,
    key: sql`parent.account`,
  }
}

/** The fields whose values are held, because they will be asked for when there are others, or none any more. */
function keptOf({ watch, when }: Asking): readonly string[] {
  const isAsked = when.change === 'deleted' || valuesBefore(watch).length > 0
  return isAsked ? fieldsAsked(watch) : []
}

/** The last version of each row, or `only` these: `key`, `version`, `holds`, `was`, `profile`, `account`, `stream`, `data`. */
function versionsOf(asking: Asking, only?: Part): Draft {
  const { watch, when, fields, has, account, now } = asking
  const last = sql`(select ${column(key)} as key, max(${column(position)}) as version
    from ${modelTable(when.row)} group by 1)`
  const rows = sql`(select r.*, r.${column(key)} as profile from ${modelTable(when.row)} r
    join ${only ?? last} v on v.key = r.${column(key)} and v.version = r.${column(position)})`
  const isIn = (condition: Part) => sql`r.${column(key)} in (${condition})`
  const holding = isIn(matching(when.where ?? everyRow, { fields, rows, now }))
  const was = when.was ? isIn(matching(when.was, { fields, rows, now })) : sql`true`
  return sql`select r.${column(key)} as key, ${holding} as holds, ${was} as was,
    max(r.${column(position)}) as version, max(r.${column(profile)}) as profile, max(${account.key}) as account,
    max(r.${column(stream)}) as stream, max(${dataColumn(watch, has)}) as data
    from ${rows} r ${account.joined} group by 1, 2, 3`
}
