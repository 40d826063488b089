import type { PayloadValue } from '#activation'
import {
  call,
  cast,
  column,
  type Engine,
  join,
  type Part,
  type Row,
  sql,
  type TableName,
  value,
  type Writer,
} from '#engine'
import type { FieldType } from '#kernel/scalar.ts'
import type { AskedFields } from './asked.ts'
import type { Watch } from './definition.ts'
import { fieldsToSend } from './look.ts'
import type { Data } from './met.ts'
import { heldStateTable, heldTable, metTable } from './tables.ts'

const ofWatch = (watch: string): Part => sql`watch = ${value(watch)}`

/** Whether what is held was made for this very trigger; otherwise who is there now is no news. */
export async function isBegun(engine: Engine, watch: string, print: string): Promise<boolean> {
  const rows = await engine.rows(
    sql`select 1 as n from ${heldStateTable} where ${ofWatch(watch)} and print = ${value(print)}`,
  )
  return rows.length > 0
}

/** Begins anew: all of `held` (`key`, `position`, `holds`) is known, and nothing was met. */
export const beginHeld = (
  engine: Engine,
  of: { readonly watch: string; readonly print: string; readonly held: Part },
): Promise<unknown> =>
  engine.change(`action.${of.watch}`, async (writer) => {
    for (const table of [heldTable, metTable, heldStateTable])
      await writer.run(sql`delete from ${table} where ${ofWatch(of.watch)}`)
    await writer.run(
      sql`insert into ${heldTable} select ${value(of.watch)}, key, position, holds from (${of.held}) held`,
    )
    await writer.run(
      sql`insert into ${heldStateTable} values (${join([value(of.watch), value(of.print)])})`,
    )
  })

/** Ends what is held for watches that are no more. */
export async function sweepHeld(engine: Engine, watches: readonly string[]): Promise<void> {
  const rows = await engine.rows(sql`select watch from ${heldStateTable}`)
  const gone = rows.map((row) => String(row['watch'])).filter((key) => !watches.includes(key))
  if (gone.length === 0) return
  const keys = join(gone.map((key) => value(key)))
  await engine.change('actions that are no more', async (writer) => {
    for (const table of [heldTable, metTable, heldStateTable])
      await writer.run(sql`delete from ${table} where watch in (${keys})`)
  })
}

/** Writes what was met, as a query for `key`, `version`, `profile` and `data`; the position it is given, if any was met. */
export async function keepMet(writer: Writer, watch: string, met: Part): Promise<void> {
  const position = value(await writer.positions(1))
  await writer.run(sql`insert into ${metTable} (watch, key, position, version, profile, data)
    select ${value(watch)}, key, ${position}, coalesce(version, ${position}), profile, data from (${met}) met`)
}

/** Puts these (`key`, `position`, `holds`) in the place of what was held under their keys. */
export async function replaceHeld(writer: Writer, watch: string, staged: TableName): Promise<void> {
  await writer.run(
    sql`delete from ${heldTable} where ${ofWatch(watch)} and key in (select key from ${staged})`,
  )
  await writer.run(
    sql`insert into ${heldTable} select ${value(watch)}, key, version, holds from ${staged}`,
  )
}

/** What was met after a position, oldest first: `key`, `position`, `version`, `profile`, `data`. */
export const metAfter = (watch: string, after: number): Part =>
  sql`select key, position, version, profile, data from ${metTable}
    where ${ofWatch(watch)} and position > ${value(after)} order by position, key`

/** The position of the last that was met, or the one given. */
export async function lastMet(engine: Engine, watch: string, after: number): Promise<number> {
  const [row] = await engine.rows(
    sql`select max(position) as position from ${metTable} where ${ofWatch(watch)}`,
  )
  return Math.max(after, Number(row?.['position'] ?? 0))
}

/** Lets go of what is in the store. */
export async function dropMet(engine: Engine, watch: string, upTo: number): Promise<void> {
  const old = sql`${ofWatch(watch)} and position <= ${value(upTo)}`
  const [row] = await engine.rows(sql`select count(*) as n from ${metTable} where ${old}`)
  if (Number(row?.['n']) === 0) return
  await engine.change(`action.${watch}`, (writer) =>
    writer.run(sql`delete from ${metTable} where ${old}`),
  )
}

/** The fields to send as one JSON object of texts. */
export function dataColumn(watch: Watch, has: (field: string) => boolean): Part {
  const pairs = fieldsToSend(watch)
    .filter(({ field }) => has(field))
    .flatMap(({ as, field }) => [value(as), cast(column(field), 'text')])
  return pairs.length === 0 ? value('{}') : call('json_object', ...pairs)
}

/** What was kept as texts, with the types of its fields. */
export function dataFrom(row: Row, watch: Watch, fields: AskedFields): Data {
  // Written by this room.
  const texts = JSON.parse(String(row['data'])) as Readonly<Record<string, string | null>>
  return Object.fromEntries(
    fieldsToSend(watch).map(({ as, field }) => [as, typed(texts[as] ?? null, fields[field])]),
  )
}

function typed(text: string | null, type: FieldType = 'text'): PayloadValue {
  if (text === null) return null
  switch (type) {
    case 'integer':
      return Number.isSafeInteger(Number(text)) ? Number(text) : text
    case 'decimal':
    case 'number':
      return Number(text)
    case 'boolean':
      return text === 'true'
    case 'timestamp':
      return new Date(`${text.replace(' ', 'T')}Z`).toISOString()
    default:
      return text
  }
}
