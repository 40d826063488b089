import {
  as,
  call,
  column,
  type Draft,
  every,
  join,
  type Part,
  sql,
  type TableName,
  value,
  type Writer,
} from '#engine'
import { isCleared } from './clearings.ts'
import {
  currentTable,
  type LakeField,
  names,
  pastTable,
  position,
  retire,
  rowColumns,
  until,
} from './tables.ts'

/** Rows that arrived for a stream whose rows have keys. */
export interface Versions {
  readonly stream: string
  readonly keys: readonly string[]
  /** All fields of the tables. */
  readonly fields: readonly LakeField[]
  /** `_position`, `_event`, `_at`, `_kind` (put, merge, delete) and all fields; every row has its key. */
  readonly rows: TableName
  /** The rows that are there before all of these, with `_position` and all fields. */
  readonly there: Part
  readonly hasMerges: boolean
  /** Fields that merges may clear; the rows tell whether they do. */
  readonly cleared: readonly LakeField[]
}

/** Hears of rows that were kept: what became of each (`arrived`, `_at`, `verdict`: stored, unchanged or deleted), and them, merged. */
type Kept = (verdicts: Part, rows: TableName) => Promise<void>

/**
 * Keeps rows one after the other: each against the version before it, be that one of these rows or the one that is there. The
 * last version of a key becomes the current row, those before it move to the past. `kept` hears of them in one or two parts.
 */
export function keepVersions(writer: Writer, of: Versions, kept: Kept): Promise<void> {
  const { rows } = of
  const isMet = every(of.keys.map((key) => sql`${column(key, 'k')} = ${column(key, 'c')}`))
  // Asked once: what is there is looked through as a whole.
  const met = sql`select ${rowColumns(of.fields, 'c')} from ${of.there} c
    where exists (select 1 from ${rows} k where ${isMet})`
  return writer.staged(met, (there) => keepBeside(writer, { ...of, there }, kept))
}

/** Most rows are all that there is of their key, and are kept as they are: to compare versions costs ten times as much. */
async function keepBeside(writer: Writer, of: Versions, kept: Kept): Promise<void> {
  const { rows, there } = of
  const keys = keysOf(of)
  const several = sql`select ${keys} from ${rows}
      group by ${keys} having count(*) > 1 or max(case when _kind = 'delete' then 1 else 0 end) = 1
    union select ${keys} from ${there}`
  const isOne = every(of.keys.map((key) => sql`${column(key, 'k')} = ${column(key, 'r')}`))
  const isKnownIn = (known: Part) => sql`exists (select 1 from ${known} k where ${isOne})`
  const [found] = await writer.rows(sql`select count(*) as n,
    coalesce(sum(case when ${isKnownIn(sql`(${several})`)} then 1 else 0 end), 0) as known from ${rows} r`)
  const [all, others] = [Number(found?.['n']), Number(found?.['known'])]
  if (others === 0) return keepFirst(writer, of, kept)
  if (others === all) return keepEach(writer, of, kept)
  const part = (where: Draft, keep: typeof keepEach) =>
    writer.staged(sql`select * from ${rows} r where ${where}`, (some) =>
      keep(writer, { ...of, rows: some }, kept),
    )
  await writer.staged(several, async (known) => {
    await part(isKnownIn(known), keepEach)
    await part(sql`not ${isKnownIn(known)}`, keepFirst)
  })
}

/** Keeps rows of which each is the first of its key and the only one. */
async function keepFirst(writer: Writer, of: Versions, kept: Kept): Promise<void> {
  const columns = rowColumns(of.fields)
  await writer.run(
    sql`insert into ${currentTable(of.stream)} (${columns}) select ${columns} from ${of.rows}`,
  )
  const stored = sql`(select ${position} as arrived, _at, 'stored' as verdict from ${of.rows})`
  await kept(sql`${stored} v`, of.rows)
}

async function keepEach(writer: Writer, of: Versions, kept: Kept): Promise<void> {
  const keep = (rows: TableName) =>
    writer.staged(verdictsOf({ ...of, rows }), async (verdicts) => {
      await writer.staged(stepsOf(of, verdicts), (steps) => apply(writer, { ...of, rows }, steps))
      await kept(verdicts, rows)
    })
  await (of.hasMerges ? writer.staged(mergedRows(of), keep) : keep(of.rows))
}

const keysOf = ({ keys }: Versions, of?: string) => join(keys.map((key) => column(key, of)))

const same = ({ fields }: Versions, a: string, b: string) =>
  every(fields.map(({ name }) => sql`${column(name, a)} is not distinct from ${column(name, b)}`))

/** What becomes of every row, and the version that stands in the table before all of them. */
export function verdictsOf(of: Versions): Draft {
  const before = sql`lag(${position}) over (partition by ${keysOf(of)} order by ${position})`
  const meets = every(of.keys.map((key) => sql`${column(key, 'i')} = ${column(key, 'c')}`))
  const isThere = sql`(i._before is null and c.${position} is not null)`
  return sql`select i.${position} as arrived, i._at, c.${position} as was, ${keysOf(of, 'i')},
      case
        when i._kind = 'delete' then
          case when p._kind <> 'delete' or ${isThere} then 'deleted' else 'unchanged' end
        when p._kind <> 'delete' and ${same(of, 'i', 'p')} then 'unchanged'
        when ${isThere} and ${same(of, 'i', 'c')} then 'unchanged'
        else 'stored'
      end as verdict
    from (select *, ${before} as _before from ${of.rows}) i
      left join ${of.rows} p on p.${position} = i._before
      left join ${of.there} c on ${meets}`
}

/** The rows that changed something, each with the position at which the next one of its key did. */
export function stepsOf(of: Versions, verdicts: TableName): Draft {
  const inKey = sql`over (partition by ${keysOf(of)} order by arrived)`
  return sql`select arrived, was, verdict, lead(arrived) ${inKey} as ended, row_number() ${inKey} as nth
    from ${verdicts} where verdict <> 'unchanged'`
}

async function apply(writer: Writer, of: Versions, steps: TableName): Promise<void> {
  const columns = rowColumns(of.fields)
  await retire(
    writer,
    { stream: of.stream, known: of.fields },
    sql`select was as old, arrived as by_whom from ${steps} where nth = 1 and was is not null`,
  )
  await writer.run(sql`insert into ${currentTable(of.stream)} (${columns})
    select ${columns} from ${of.rows}
    where ${position} in (select arrived from ${steps} where verdict = 'stored' and ended is null)`)
  await writer.run(sql`insert into ${pastTable(of.stream)} (${columns}, ${until})
    select ${columns}, s.ended from ${of.rows} join ${steps} s on s.arrived = ${position}
    where s.verdict = 'stored' and s.ended is not null`)
}

/**
 * Rows in which members that a merge leaves out are as they were before it, and those that it says null of are gone. A put or a
 * delete begins anew; what is there now stands before all of them.
 */
export function mergedRows(of: Versions): Draft {
  const clears = of.cleared.map((_, i) => isCleared(i))
  const head = ['_position', '_event', '_at', '_kind'].map((name) => column(name))
  const meets = every(of.keys.map((key) => sql`${column(key, 'c')} = ${column(key, 'k')}`))
  // What takes a row away says nothing of it but its key.
  const said = of.fields.map(({ name }) =>
    of.keys.includes(name)
      ? column(name)
      : sql`case when _kind <> 'delete' then ${column(name)} end`,
  )
  const arrived = sql`select ${join([...head, ...said, ...clears])} from ${of.rows}`
  const thereCells = [names(of.fields, 'c'), ...clears.map(() => sql`false`)]
  const there = sql`select c.${position}, null, null, 'there', ${join(thereCells)}
    from ${of.there} c join (select distinct ${keysOf(of)} from ${of.rows}) k on ${meets}`
  const life = sql`sum(case when _kind in ('put', 'delete') then 1 else 0 end) over (partition by ${keysOf(of)} order by ${position})`
  const cells = of.fields.map((field) =>
    as(of.keys.includes(field.name) ? column(field.name) : lastOf(of, field), column(field.name)),
  )
  return sql`select * from (
      select ${join([...head, ...cells])} from (select *, ${life} as _life from (${arrived} union all ${there}) e (${join([...head, ...of.fields.map(({ name }) => column(name)), ...clears])})) l
      window so_far as (partition by ${keysOf(of)}, _life order by ${position})) m
    where _kind <> 'there'`
}

const lastKnown = (of: Part) => sql`${call('last_known', of)} over so_far`

/**
 * The last value of a field, unless it was cleared after that; a value beside the column takes the place of the one in it, and the
 * other way round.
 */
function lastOf({ fields, cleared }: Versions, field: LakeField): Draft {
  const main = field.sideOf ?? field.name
  const group = fields.filter(({ name, sideOf }) => name === main || sideOf === main)
  const clearing = cleared.findIndex(({ name }) => name === main)
  if (group.length === 1 && clearing < 0) return lastKnown(column(field.name))
  const whichIsSet = [
    ...(clearing < 0 ? [] : [sql`when ${isCleared(clearing)} then -1`]),
    ...group.map(({ name }, i) => sql`when ${column(name)} is not null then ${value(i)}`),
  ]
  const which = lastKnown(sql`case ${join(whichIsSet, sql` `)} end`)
  return sql`case when ${which} = ${value(group.indexOf(field))} then ${lastKnown(column(field.name))} end`
}
