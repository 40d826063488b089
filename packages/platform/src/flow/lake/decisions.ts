import {
  as,
  call,
  cast,
  column,
  type Draft,
  type Engine,
  join,
  oddNumber,
  type Part,
  some,
  sql,
  type TableName,
  value,
  type Writer,
} from '#engine'
import type { FieldType } from '#kernel/scalar.ts'
import { lakeFaults } from './faults.ts'
import { textFits, typed, typeWords } from './fit.ts'
import { rawOf } from './raw.ts'
import { moveCounts } from './rejected.ts'
import {
  batchTable,
  conflictTable,
  currentTable,
  event,
  fieldsOf,
  type LakeField,
  noteRemade,
  pastTable,
  position,
  rejectedTable,
  rewrite,
  rowColumns,
  shownLength,
  sideOf,
  until,
} from './tables.ts'

/** A field of a stream with the columns beside it. */
interface Disputed {
  readonly stream: string
  readonly main: LakeField
  readonly sides: readonly LakeField[]
  readonly known: readonly LakeField[]
}

const historyOf = ({ stream }: Disputed) => [currentTable(stream), pastTable(stream)]

async function disputed(
  reader: Pick<Engine, 'rows'>,
  stream: string,
  field: string,
): Promise<Disputed> {
  const known = await fieldsOf(reader, stream)
  const main = known.find(({ name, sideOf: of }) => name === field && of === undefined)
  if (!main) throw lakeFaults.unknown_field({ stream, field })
  return { stream, main, known, sides: known.filter(({ sideOf: of }) => of === field) }
}

/** How many values found their place in the column, and how many stay beside it. */
export interface Settled {
  readonly fit: number
  readonly unfit: number
}

/**
 * Takes a field as text: over all history the column becomes text and the values beside it go back into it.
 * `castConflict` with the type that it had undoes it.
 */
export const acceptConflict = (engine: Engine, stream: string, field: string): Promise<Settled> =>
  castConflict(engine, stream, field, { type: 'text' })

/**
 * Gives a field a type, over all history: what fits goes into the column, from beside it as well; what does not fit stays, or goes,
 * beside it.
 */
export const castConflict = (
  engine: Engine,
  stream: string,
  field: string,
  { type }: { readonly type: Exclude<FieldType, 'json'> },
): Promise<Settled> =>
  engine.change(`lake.${stream}`, async (writer) => {
    const of = await disputed(writer, stream, field)
    const plan = planOf(of, type)
    const counts = await countsOf(writer, of, plan)
    const left = plan.sides.filter(({ side }) => (counts.get(side.name) ?? 0) > 0)
    await rewrite(writer, stream, {
      fields: fieldsAfter(of, { type, left: left.map(({ side }) => side) }),
      cellOf: ({ name }) => {
        if (name === field) return plan.main
        return left.find(({ side }) => side.name === name)?.cell ?? column(name)
      },
    })
    await noteAnew(writer, of, left)
    await noteRemade(writer, stream)
    const unfit = left.reduce((sum, { side }) => sum + (counts.get(side.name) ?? 0), 0)
    return { fit: counts.get(fitCount) ?? 0, unfit }
  })

/** What a field and the columns beside it hold from now on. */
interface Plan {
  readonly main: Draft
  readonly sides: readonly { readonly side: LakeField; readonly cell: Draft }[]
  /** Whether a value comes from beside the column into it. */
  readonly isFit: Draft
}

function planOf({ main, sides }: Disputed, type: FieldType): Plan {
  const it = column(main.name)
  const text = textOf(it, main.type)
  const moved = sides.map((side) => ({ side, text: textOf(column(side.name), side.type) }))
  const isSame = main.type === type
  const stays = isSame ? it : sql`case when ${fitsAs(text, type)} then ${fromText(text, type)} end`
  const back = moved.map(
    ({ side, text: one }) =>
      sql`case when ${column(side.name)} is not null and ${fitsAs(one, type)} then ${fromText(one, type)} end`,
  )
  const beside = moved.map(({ side, text: one }) => ({
    side,
    cell: sql`case when not ${fitsAs(one, type)} then ${column(side.name)} end`,
  }))
  const isFit = some(
    moved.map(
      ({ side, text: one }) => sql`(${column(side.name)} is not null and ${fitsAs(one, type)})`,
    ),
  )
  const aside = sql`case when ${it} is not null and not ${fitsAs(text, type)} then ${text} end`
  return {
    main: sql`coalesce(${join([stays, ...back])})`,
    sides: isSame ? beside : withAside(beside, sideOf(main, 'text'), aside),
    isFit,
  }
}

/** What does not fit in the column itself goes to the texts beside it. */
function withAside(sides: Plan['sides'], side: LakeField, cell: Draft): Plan['sides'] {
  const others = sides.filter((one) => one.side.name !== side.name)
  const there = sides.find((one) => one.side.name === side.name)
  return [...others, { side, cell: there ? sql`coalesce(${there.cell}, ${cell})` : cell }]
}

/** A value as JSON would write it. */
function textOf(of: Part, type: FieldType): Draft {
  const text = sql`cast(${of} as varchar)`
  const write = texts[type]
  return write ? write(of, text) : text
}

const texts: Readonly<Partial<Record<FieldType, (of: Part, text: Part) => Draft>>> = {
  number: (of, text) =>
    sql`coalesce(${oddNumber(of)}, ${call('replace_all', text, value('[.]0$'), value(''))})`,
  // Of a decimal there are always the same places.
  decimal: (_, text) => sql`${call('replace_all', text, value('[.]?0+$'), value(''))}`,
  // What is no moment, such as infinity, and what is before our years, stays as the engine writes it.
  timestamp: (_, text) =>
    sql`${call('replace_all', text, value('^(\\d{4,}-\\d\\d-\\d\\d) (\\d\\d:[0-9:.]+)$'), value('\\1T\\2Z'))}`,
}

// What is judged here is text already, so that a text of blanks is a value and not nothing.
const fitsAs = (text: Part, type: FieldType): Draft =>
  type === 'text' ? sql`true` : sql`(trim(${text}) <> '' and ${textFits(text, type)})`

const fromText = (text: Part, type: FieldType): Part =>
  type === 'text' ? text : typed(sql`trim(${text})`, type)

const fitCount = ' fit'

/** How many values find their place, and how many stay in each of the columns beside it. */
async function countsOf(
  writer: Writer,
  of: Disputed,
  { sides, isFit }: Plan,
): Promise<ReadonlyMap<string, number>> {
  const counts = [
    as(sql`sum(case when ${isFit} then 1 else 0 end)`, column(fitCount)),
    ...sides.map(({ side, cell }) => as(sql`count(${cell})`, column(side.name))),
  ]
  const sums = new Map<string, number>()
  for (const rows of historyOf(of)) {
    const [row] = await writer.rows(sql`select ${join(counts)} from ${rows}`)
    for (const [name, count] of Object.entries(row ?? {}))
      sums.set(name, (sums.get(name) ?? 0) + Number(count))
  }
  return sums
}

function fieldsAfter(
  { known, main, sides }: Disputed,
  { type, left }: { type: FieldType; left: readonly LakeField[] },
): readonly LakeField[] {
  const isGone = ({ name }: LakeField) =>
    sides.some((side) => side.name === name) && !left.some((side) => side.name === name)
  const kept = known.filter((field) => !isGone(field))
  const added = left.filter(({ name }) => !kept.some((field) => field.name === name))
  return [...kept.map((field) => (field === main ? { ...field, type } : field)), ...added]
}

/** What is told of the conflicts of a field is what is beside it now. */
async function noteAnew(
  writer: Writer,
  of: Disputed,
  left: readonly { readonly side: LakeField }[],
): Promise<void> {
  const { stream, main } = of
  const isOf = sql`stream = ${value(stream)} and field = ${value(main.name)}`
  const held = left.map(({ side }) => heldIn(of, side))
  const gone =
    held.length === 0
      ? sql``
      : sql` and (type, position) not in (select type, position from (${join(held, sql` union all `)}) g)`
  await writer.run(sql`delete from ${conflictTable} where ${isOf}${gone}`)
  if (held.length === 0) return
  await writer.run(sql`insert into ${conflictTable} (stream, field, type, position, event, value, taken_at)
    select ${value(stream)}, ${value(main.name)}, h.type, h.position, h.event, substr(h.value, 1, ${value(shownLength)}), ${takenAt(stream)}
    from (${join(held, sql` union all `)}) h
    where (h.type, h.position) not in (select type, position from ${conflictTable} where ${isOf})`)
}

/** A query for the rows of all history that hold a value in a column beside another. */
function heldIn(of: Disputed, side: LakeField): Draft {
  const rows = historyOf(of).map(
    (
      table,
    ) => sql`select ${as(value(side.type), column('type'))}, ${as(position, column('position'))},
      ${as(event, column('event'))}, ${as(cast(column(side.name), 'text'), column('value'))}
      from ${table} where ${column(side.name)} is not null`,
  )
  return join(rows, sql` union all `)
}

/** When the batch of a row was taken. */
const takenAt = (stream: string) =>
  sql`(select max(b.taken_at) from ${batchTable} b where b.stream = ${value(stream)} and b.first_position <= h.position)`

/**
 * Refuses the values of a field that do not fit: their rows leave the lake for the rejected records, and the versions before
 * them stand again as if they had never come. How many rows. To undo it, they are sent again and taken back.
 */
export const refuseConflict = (engine: Engine, stream: string, field: string): Promise<number> =>
  engine.change(`lake.${stream}`, async (writer) => {
    const of = await disputed(writer, stream, field)
    if (of.sides.length === 0) return 0
    return writer.staged(refusedRows(of), async (refused) => {
      const rows = sql`(select ${value(stream)} as stream, r.position, r.event, r.taken_at from ${refused} r)`
      await moveCounts(writer, { from: 'stored', to: 'rejected', rows })
      const count =
        await writer.run(sql`insert into ${rejectedTable} (stream, fingerprint, name, record, event, position, reason, raw, taken_at)
        select ${value(stream)}, b.fingerprint, b.name, coalesce(r.event, r.position - b.first_position + 1), r.event, r.position,
          r.reason, r.raw, r.taken_at
        from ${refused} r left join ${batchTable} b on b.stream = ${value(stream)}
          and r.position between b.first_position and b.last_position`)
      await withoutRows(writer, of, refused)
      await noteAnew(writer, of, [])
      await noteRemade(writer, stream)
      return count
    })
  })

function refusedRows(of: Disputed): Draft {
  const { main, sides, stream } = of
  const isDisputed = some(sides.map(({ name }) => sql`${column(name)} is not null`))
  const given = sql`coalesce(${join(sides.map(({ name }) => cast(column(name), 'text')))})`
  const reason = sql`${value(`${main.name}: `)} || substr(${given}, 1, ${value(shownLength)}) || ${value(` is not ${typeWords[main.type]}`)}`
  const select = (
    table: Part,
    ended: Part,
  ) => sql`select ${as(position, column('position'))}, ${as(event, column('event'))},
    ${as(ended, column('ended'))}, ${as(reason, column('reason'))}, ${as(rawOf(of.known), column('raw'))} from ${table} where ${isDisputed}`
  const about = sql`c.stream = ${value(stream)} and c.field = ${value(main.name)} and c.position = h.position`
  const noted = sql`(select max(c.taken_at) from ${conflictTable} c where ${about})`
  return sql`select h.*, coalesce(${noted}, ${takenAt(stream)}) as taken_at
    from (${select(currentTable(stream), sql`cast(null as bigint)`)} union all ${select(pastTable(stream), until)}) h`
}

/** Writes a stream without some rows: versions before them end when they ended, or stand again. */
async function withoutRows(writer: Writer, of: Disputed, refused: TableName): Promise<void> {
  // One after the other: a row that is refused may have ended with another that is refused.
  for (let moved = 1; moved > 0; )
    moved = await writer.run(
      sql`update ${refused} as r set ended = n.ended from ${refused} n where r.ended = n.position`,
    )
  const fields = of.known.filter(({ name }) => !of.sides.some((side) => side.name === name))
  const columns = rowColumns(fields, 'h')
  const [current, past] = historyOf(of).map(
    (rows) =>
      sql`(select * from ${rows} where ${position} not in (select position from ${refused})) h`,
  )
  if (!current || !past) return
  const joined = sql`${past} left join ${refused} r on r.position = h.${until}`
  await rewrite(writer, of.stream, {
    fields,
    cellOf: ({ name }) => column(name),
    rows: {
      current: sql`(select ${columns} from ${current} union all
        select ${columns} from ${joined} where r.position is not null and r.ended is null) n`,
      past: sql`(select ${columns}, case when r.position is null then h.${until} else r.ended end as ${until}
        from ${joined} where r.position is null or r.ended is not null) n`,
    },
  })
}
