import {
  type Ask,
  as,
  call,
  column,
  type Draft,
  every,
  members,
  type Part,
  sql,
  type TableName,
  value,
} from '#engine'
import { surelyFits } from './fit.ts'
import { memberOf, patchOf, pathOf } from './paths.ts'
import type { StreamShape } from './shape.ts'
import { isMain, type LakeField } from './tables.ts'

/** Where the lines of a stream are, and what is known of it. */
export interface Arriving {
  /** The lines of the log: `_event`, `_at`, `_stream`, `_kind`, `_body`. */
  readonly lines: TableName
  /** Which of them are the stream's and hold an event. */
  readonly where: Draft
  /** Whether lines take something away. */
  readonly hasDeletes: boolean
  /** Whether lines leave members as they were. */
  readonly hasMerges: boolean
  readonly shape: StreamShape
  /** The fields of the stream as its tables have them. */
  readonly known: readonly LakeField[]
  readonly ask: Ask
}

/** A field of whole numbers, and the line with the first fraction in it: before that line its values must be whole. */
interface Widened {
  readonly field: LakeField
  readonly since: number
}

/** What has been learned of a stream so far. */
export interface Drafted extends Arriving {
  readonly fields: readonly LakeField[]
  readonly widened: readonly Widened[]
  /** Up to which line everything was looked at for new members. */
  readonly seen: number
}

/** Lines that were taken apart. */
export interface Opened extends Drafted {
  readonly opened: TableName
}

/** The fields that stand for members. */
export const mainsOf = ({ fields }: { fields: readonly LakeField[] }) => fields.filter(isMain)

/** How many members of a stream have columns of their own. */
export const mostFieldsOf = ({ shape }: Arriving) => shape.mostFields ?? 1000

/** Whether members without a column are refused. */
export const isClosed = ({ shape }: Arriving) => shape.unknown === 'reject'

/** Whether members without a column stay together. */
export const isFull = (of: Drafted) => mainsOf(of).length >= mostFieldsOf(of)

/** Whether the rest of every line is needed, and not only whether there is any. */
const needsRest = (of: Drafted) => isClosed(of) || isFull(of)

/** What is left of a line without the members that have columns. */
export const restOf = (of: Drafted): Part =>
  call('json_patch', column('_body'), value(patchOf(mainsOf(of).map(({ label }) => pathOf(label)))))

/** A query for the lines, one column for each member; `_odd` tells of values that may not fit. */
export function openedLines(of: Drafted): Draft {
  const mains = mainsOf(of)
  const rest = needsRest(of) ? sql`, ${as(restOf(of), column('_rest'))}` : sql``
  const lines = sql`(select _event, _at, _kind, _body, ${as(isFlat, column('_flat'))}${rest} from ${of.lines} where ${of.where})`
  const isText = ({ type }: LakeField) => type === 'text'
  const sureOf = (fields: readonly LakeField[]) =>
    every(fields.map((field) => surelyFitsNow(of, field)))
  const others = mains.filter((field) => !isText(field))
  const sure = sql`(_flat or coalesce(${sureOf(mains.filter(isText))}, true)) and coalesce(${sureOf(others)}, true)`
  return sql`select *, _kind <> 'delete' and not (${sure}) as _odd
    from ${members(lines, '_body', mains.map(memberOf))} t`
}

const says = (text: string) => call('contains', column('_body'), value(text))

/** Whether a line surely holds no object and no list, so that texts that look like one are none. Blanks may follow a colon. */
const isFlat = sql`not ${says(':{')} and not ${says(':[')} and not ${says(': ')}`

/** Whether a value surely fits its field, and fitted it when it came. */
export function surelyFitsNow({ widened }: Drafted, { name, type }: LakeField): Draft {
  const met = widened.find(({ field }) => field.name === name)
  const fits = surelyFits(column(name), type)
  if (!met) return fits
  return sql`(${fits} and (_event >= ${value(met.since)} or ${surelyFits(column(name), met.field.type)}))`
}

/** Whether the tables have a field. */
export const isKnown = ({ known }: Arriving, field: LakeField) =>
  known.some(({ name }) => name === field.name)
