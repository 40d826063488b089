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
  value,
  type Writer,
} from '#engine'
import type { FieldType } from '#kernel/scalar.ts'
import type { AskedFields } from './asked.ts'
import type { Watch } from './definition.ts'
import { fieldsToSend, valuesBefore } from './look.ts'
import type { Data } from './met.ts'
import { heldStateTable, heldTable, metTable } from './tables.ts'

const ofWatch = (watch: string): Part => sql`watch = ${value(watch)}`

/** Which values are held for this very trigger; undefined where nothing is held for it yet, and who is there now is no news. */
export async function valuesHeld(
  engine: Engine,
  watch: string,
  print: string,
): Promise<string | undefined> {
  const [row] = await engine.rows(
    sql`select coalesce(kept, '') as kept from ${heldStateTable} where ${ofWatch(watch)} and print = ${value(print)}`,
  )
  return row && String(row['kept'])
}

/** What begins to be held. */
export interface Beginning {
  readonly watch: string
  readonly print: string
  /** Which values of rows are held. */
  readonly kept: string
  /** The columns of `held`. */
  readonly columns: Part
  readonly held: Part
}

/** Begins anew: all of `held` is known, and nothing was met. */
export const beginHeld = (engine: Engine, of: Beginning): Promise<unknown> =>
  engine.change(`action.${of.watch}`, async (writer) => {
    for (const table of [heldTable, metTable])
      await writer.run(sql`delete from ${table} where ${ofWatch(of.watch)}`)
    await writer.run(
      sql`insert into ${heldTable} (watch, ${of.columns})
        select ${value(of.watch)}, ${of.columns} from (${of.held}) held`,
    )
    await noteHeld(writer, of)
  })

/** Writes down for which trigger something is held, and which values. */
export async function noteHeld(
  writer: Writer,
  { watch, print, kept }: Pick<Beginning, 'watch' | 'print' | 'kept'>,
): Promise<void> {
  await writer.run(sql`delete from ${heldStateTable} where ${ofWatch(watch)}`)
  await writer.run(
    sql`insert into ${heldStateTable} (watch, print, kept) values (${join([watch, print, kept].map((of) => value(of)))})`,
  )
}

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

/** Writes what was met, as a query for `key`, `version`, `profile`, `data` and `more` columns; without a version it is the position. */
export async function keepMet(
  writer: Writer,
  watch: string,
  { met, more = [] }: { readonly met: Part; readonly more?: readonly string[] },
): Promise<void> {
  const position = value(await writer.positions(1))
  const columns = join(['profile', 'data', ...more].map((name) => column(name)))
  await writer.run(sql`insert into ${metTable} (watch, key, position, version, ${columns})
    select ${value(watch)}, key, ${position}, coalesce(version, ${position}), ${columns} from (${met}) met`)
}

/** What was met after a position, oldest first: `key`, `position`, `version`, `profile`, `account`, `change`, `data`, `was`. */
export const metAfter = (watch: string, after: number): Part =>
  sql`select key, position, version, profile, account, change, data, was from ${metTable}
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

/** The fields that attributes ask for, as they are or as they were, each once. */
export const fieldsAsked = (watch: Watch): readonly string[] => [
  ...new Set([
    ...fieldsToSend(watch).map(({ field }) => field),
    ...valuesBefore(watch).map(({ was }) => was),
  ]),
]

/** The fields of a row `r` that attributes ask for as one JSON object of texts. */
export function dataColumn(watch: Watch, has: (field: string) => boolean): Part {
  const pairs = fieldsAsked(watch)
    .filter(has)
    .flatMap((field) => [value(field), cast(column(field, 'r'), 'text')])
  return pairs.length === 0 ? value('{}') : call('json_object', ...pairs)
}

/** What was kept as texts, with the types of its fields. */
export function dataFrom(row: Row, watch: Watch, fields: AskedFields): Data {
  const texts = textsIn(row['data'])
  return Object.fromEntries(
    fieldsToSend(watch).map(({ as, field }) => [as, typed(texts[field] ?? null, fields[field])]),
  )
}

/** The same of what was before; nothing where no attribute asks for it. */
export function wasFrom(row: Row, watch: Watch, fields: AskedFields): Data | undefined {
  const asked = valuesBefore(watch)
  if (asked.length === 0) return undefined
  const texts = textsIn(row['was'])
  return Object.fromEntries(
    asked.map(({ as, was }) => [as, typed(texts[was] ?? null, fields[was])]),
  )
}

// Written by this room.
const textsIn = (cell: Row[string] | undefined): Readonly<Record<string, string | null>> =>
  typeof cell === 'string' ? JSON.parse(cell) : {}

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
