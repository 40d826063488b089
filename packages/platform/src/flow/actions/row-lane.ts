import { fingerprint } from '#definitions'
import { column, type Draft, type Part, type Row, sql, value } from '#engine'
import { modelTable, systemColumns } from '#model'
import { type AskedFields, everyRow, matching } from './asked.ts'
import type { RowTrigger, Watch } from './definition.ts'
import {
  beginHeld,
  dataColumn,
  dataFrom,
  isBegun,
  keepMet,
  lastMet,
  metAfter,
  replaceHeld,
} from './held.ts'
import { type Ground, type Look, type LookAt, nothingMet } from './look.ts'
import type { Met } from './met.ts'
import { heldTable } from './tables.ts'

const { key, position, profile } = systemColumns

/** Rows of a model object that were created or changed since the last look, where a condition holds for them. */
export async function lookAtRows(
  ground: Ground,
  { watch, after, signal }: LookAt,
  when: RowTrigger,
): Promise<Look> {
  const { engine } = ground
  const asking = await askingOf(ground, watch, when)
  if (!asking) return nothingMet(after)
  const print = fingerprint(when)
  if (!(await isBegun(engine, watch.key, print))) {
    const held = sql`select key, version as position, holds from (${versionsOf(asking)}) all_versions`
    await beginHeld(engine, { watch: watch.key, print, held })
    return nothingMet(await lastMet(engine, watch.key, after))
  }
  await keepNews(ground, asking, signal)
  const upTo = await lastMet(engine, watch.key, after)
  const mets = async function* () {
    for await (const rows of engine.stream(metAfter(watch.key, after), { signal }))
      yield rows.map((row) => metOf(row, asking))
  }
  return { upTo, mets: mets() }
}

/** Rows for which a condition holds now, as though each had just come. */
export async function rowsHolding(
  ground: Ground,
  { watch, signal }: Pick<LookAt, 'watch' | 'signal'>,
  when: RowTrigger,
): Promise<AsyncIterable<readonly Met[]>> {
  const asking = await askingOf(ground, watch, when)
  return metOfAll(ground, asking, signal)
}

async function* metOfAll(
  { engine }: Ground,
  asking: Asking | undefined,
  signal: AbortSignal,
): AsyncGenerator<readonly Met[]> {
  if (!asking) return
  const query = sql`select * from (${versionsOf(asking)}) v where holds order by version, key`
  for await (const rows of engine.stream(query, { signal }))
    yield rows.map((row) => metOf(row, asking))
}

async function askingOf(
  ground: Ground,
  watch: Watch,
  when: RowTrigger,
): Promise<Asking | undefined> {
  const there = (await ground.engine.tables('model')).find(({ name }) => name === when.row)
  if (!there) return undefined
  const all = typesOfRow(await ground.model(), when)
  const has = (field: string) => there.columns.some(({ name }) => name === field)
  const fields = Object.fromEntries(Object.entries(all).filter(([name]) => has(name)))
  return { watch, when, all, fields, has, now: ground.now() }
}

function metOf(row: Row, { watch, when, all, now }: Asking): Met {
  const person = row['profile'] === null ? undefined : String(row['profile'])
  return {
    trigger: 'row',
    cause: `${when.row} ${String(row['key'])}`,
    occurrence: String(row['version']),
    holds: true,
    at: now,
    profile: person,
    people: person === undefined ? [] : [person],
    data: dataFrom(row, watch, all),
  }
}

/** The fields of rows that a trigger may ask. */
const typesOfRow = (
  model: {
    find: (
      key: string,
    ) => { fields: Readonly<Record<string, { type: AskedFields[string] }>> } | undefined
  },
  { row }: RowTrigger,
): AskedFields =>
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
  readonly now: Date
}

/** The last version of each row: `key`, `version`, `profile`, `holds`, `data`. */
function versionsOf({ watch, when, fields, has, now }: Asking): Draft {
  const rows = sql`(select r.*, r.${column(key)} as profile from ${modelTable(when.row)} r join (
    select ${column(key)} as key, max(${column(position)}) as version from ${modelTable(when.row)} group by 1
  ) v on v.key = r.${column(key)} and v.version = r.${column(position)})`
  const holding = matching(when.where ?? everyRow, { fields, rows, now })
  return sql`select r.${column(key)} as key, max(r.${column(position)}) as version, max(r.${column(profile)}) as profile,
    r.${column(key)} in (${holding}) as holds, max(${dataColumn(watch, has)}) as data from ${rows} r group by 1, 4`
}

const changeHolds: Readonly<Record<RowTrigger['change'], Part>> = {
  created: sql`h.key is null`,
  changed: sql`h.key is not null`,
  any: sql`true`,
}

/** Compares with what was seen, and keeps what is new of it and what was met, both or neither. */
async function keepNews({ engine }: Ground, asking: Asking, signal: AbortSignal): Promise<void> {
  const { watch, when } = asking
  const turned = watch.action.body.often === 'first' && watch.withinMs === undefined
  const isMet = turned ? sql`and not coalesce(h.holds, false)` : sql``
  const news = sql`select n.*, n.holds and ${changeHolds[when.change]} ${isMet} as is_met
    from (${versionsOf(asking)}) n
    left join (select key, position, holds from ${heldTable} where watch = ${value(watch.key)}) h on h.key = n.key
    where h.key is null or h.position < n.version`
  await engine.staged(
    news,
    async (staged) => {
      const [count] = await engine.rows(sql`select count(*) as n from ${staged}`)
      if (Number(count?.['n']) === 0) return
      await engine.change(`action.${watch.key}`, async (writer) => {
        await replaceHeld(writer, watch.key, staged)
        await keepMet(
          writer,
          watch.key,
          sql`select key, version, profile, data from ${staged} where is_met`,
        )
      })
    },
    { signal },
  )
}
