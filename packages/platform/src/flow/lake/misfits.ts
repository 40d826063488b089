import {
  as,
  call,
  column,
  type Draft,
  type Engine,
  join,
  sql,
  type TableName,
  value,
} from '#engine'
import { fits, holdsValue, type Judged, kindsOf, nth, type SideType, sideTypes } from './fit.ts'
import { type Drafted, isKnown, mainsOf, type Opened, surelyFitsNow } from './opened.ts'
import { objectsOf, pathOf, pointerOf } from './paths.ts'
import { currentTable, isInexact, type LakeField, pastTable, sideOf } from './tables.ts'

/** Fields that have values which do not surely fit. */
export async function suspectsIn(engine: Engine, of: Opened): Promise<readonly LakeField[]> {
  const mains = mainsOf(of).filter(({ type }) => type !== 'json')
  if (mains.length === 0) return []
  const doubts = mains.map((field, i) => {
    const isSure = sql`coalesce(${surelyFitsNow(of, field)}, true)`
    return as(sql`max(case when ${isSure} then 0 else 1 end)`, nth('f', i))
  })
  const [found] = await engine.rows(
    sql`select ${join(doubts)} from ${of.opened} where _odd`,
    of.ask,
  )
  return mains.filter((_, i) => found?.[`_f${i}`] === 1)
}

/** For the lines with values that do not surely fit: what these values are. */
export function kindsIn(of: Opened, suspects: readonly LakeField[]): Draft {
  const kinds = suspects.map(({ label }, i) =>
    as(call('json_kind', column('_body'), value(pointerOf(pathOf(label)))), nth('k', i)),
  )
  return sql`select _event, ${join(kinds)} from ${of.lines} where _event in (select _event from ${of.opened} where _odd)`
}

/** A table of what the doubtful values are, and the fields that it tells of. */
export interface Judging {
  readonly kinds: TableName
  readonly suspects: readonly LakeField[]
}

/** A field with values that do not fit it, what they are, and the line with the first of them. */
export interface Misfit {
  readonly field: LakeField
  readonly type: SideType
  readonly since: number
}

/** A cell of a line: its text, what it is, and whether it fits. */
export function judgedCell(of: Opened, { suspects }: Judging, field: LakeField): Judged {
  const found = nth('k', suspects.indexOf(field), 'j')
  const text = column(field.name, 'o')
  const isObjectToo = objectsOf(mainsOf(of).map(({ label }) => label)).has(field.label)
  // Where members of an object have columns of their own, the object itself is no value; nor is an empty one.
  const isNothing = isObjectToo ? sql`true` : sql`not ${holdsValue(text)}`
  const kind = sql`case when ${found} = 'object' and ${isNothing} then null else ${found} end`
  const met = of.widened.find(({ field: one }) => one.name === field.name)
  const fitsNow = fits({ text, kind }, field.type)
  const fitsThen = met
    ? sql`(${fitsNow} and (o._event >= ${value(met.since)} or ${fits({ text, kind }, met.field.type)}))`
    : fitsNow
  return { text, kind, isJudged: sql`(j._event is not null)`, fits: fitsThen }
}

/** The fields with values that do not fit, one for each sort of value. */
export async function misfitsIn(
  engine: Engine,
  of: Opened,
  judging: Judging,
): Promise<readonly Misfit[]> {
  const pairs = judging.suspects.flatMap((field) => sideTypes.map((type) => ({ field, type })))
  const firsts = pairs.map(({ field, type }, i) => {
    const cell = judgedCell(of, judging, field)
    const isOne = sql`${cell.kind} in (${join(kindsOf(type).map((kind) => value(kind)))})`
    return as(sql`min(case when ${isOne} and not ${cell.fits} then o._event end)`, nth('m', i))
  })
  const [found] = await engine.rows(
    sql`select ${join(firsts)} from ${of.opened} o join ${judging.kinds} j on j._event = o._event`,
    of.ask,
  )
  return pairs.flatMap((pair, i): Misfit[] => {
    const since = found?.[`_m${i}`]
    return typeof since === 'number' ? [{ ...pair, since }] : []
  })
}

/** Whether a field takes its misfits in by becoming a field of numbers. */
export const isWidening = ({ shape }: Drafted, { field, type }: Misfit) =>
  field.type === 'integer' &&
  type === 'number' &&
  !shape.fields.some(({ name }) => name === field.name)

/** What is known of a stream when fields have become fields of numbers. */
export async function withTypes(
  engine: Engine,
  of: Opened,
  wider: readonly Misfit[],
): Promise<Drafted> {
  const isWider = (name: string) => wider.some(({ field }) => field.name === name)
  const fields = of.fields.map(
    (field): LakeField => (isWider(field.name) ? { ...field, type: 'number' } : field),
  )
  const beside: LakeField[] = []
  for (const { field } of wider) {
    const side = sideOf(field, 'integer')
    const isThere = [...fields, ...beside].some(({ name }) => name === side.name)
    if (!isThere && isKnown(of, field) && (await losesDigits(engine, of, field))) beside.push(side)
  }
  return { ...of, fields: [...fields, ...beside], widened: [...of.widened, ...wider] }
}

/** Whether the stream has whole numbers that are too large to be numbers. */
async function losesDigits(engine: Engine, of: Opened, field: LakeField): Promise<boolean> {
  const looks = [currentTable, pastTable].map(
    (tableOf) => sql`select 1 as n from ${tableOf(of.shape.key)} where ${isInexact(field)}`,
  )
  const found = await engine.rows(sql`${join(looks, sql` union all `)} limit 1`, of.ask)
  return found.length > 0
}
