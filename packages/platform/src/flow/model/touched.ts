import {
  cast,
  column,
  type Engine,
  type Part,
  sql,
  type TableName,
  table,
  value,
  type Writer,
} from '#engine'

/**
 * Profiles of which something changed: `object`, `profile` (empty: of anybody), `position`, and `rows_from`: the first position of
 * the rows that came, went or changed hands (empty: any). Whoever keeps live what is made of them takes the marks away.
 */
export const touchedTable: TableName = table('model', '_touched')

/** What a mark names when the unified people themselves changed, and not rows that belong to them. */
export const peopleMark = 'unified:individual'

/** More at once stand as one mark for everybody. */
const mostMarks = 50_000

/** Makes the table of marks. */
export async function prepareTouched(writer: Writer): Promise<void> {
  await writer.run(
    sql`create table if not exists ${touchedTable} (object varchar, profile bigint, position bigint)`,
  )
  await writer.run(sql`alter table ${touchedTable} add column if not exists rows_from bigint`)
}

/**
 * Marks profiles in the transaction that changes something of them: those that a query with a column `profile` gives. So no
 * change is ever without its mark, whatever dies when. `rows` says how many rows the query has, where that may be very many, and
 * `from` which of its columns has the positions of the rows, where it is of rows.
 */
export async function noteTouched(
  writer: Writer,
  object: string,
  profiles: Part,
  { rows = 0, from }: { readonly rows?: number; readonly from?: string } = {},
): Promise<void> {
  const position = value(await writer.positions(1))
  const first = from === undefined ? cast(value(null), 'integer') : sql`min(${column(from)})`
  const isMany = rows > looked && (await isEverybody(writer, profiles))
  const marked = isMany
    ? 0
    : await writer.run(sql`insert into ${touchedTable} (${column('object')}, profile, position, rows_from)
    select ${value(object)}, profile, ${position}, ${first} from (${profiles}) p
    where profile is not null group by profile limit ${value(mostMarks + 1)}`)
  if (!isMany && marked <= mostMarks) return
  await writer.run(sql`delete from ${touchedTable} where position = ${position}`)
  await writer.run(
    sql`insert into ${touchedTable} (${column('object')}, profile, position) values (${value(object)}, null, ${position})`,
  )
}

/** Of so many rows it is first looked whether they alone are of too many: all of them would have to be made distinct. */
const looked = 4 * mostMarks

async function isEverybody(writer: Writer, profiles: Part): Promise<boolean> {
  const [row] = await writer.rows(sql`select count(distinct profile) as n from (
    select profile from (${profiles}) p limit ${value(looked)}) some_of_them`)
  return Number(row?.['n']) > mostMarks
}

/**
 * What is marked: by object, how many profiles, or `all`; and the position of the last mark. `told`: of people only marks up to
 * this one, and what was marked before the next of theirs.
 */
export async function touchedNow(
  engine: Engine,
  told?: number,
): Promise<{ readonly position: number; readonly objects: ReadonlyMap<string, number | 'all'> }> {
  const rows = await engine.rows(
    sql`select object, count(*) as n, count(*) filter (where profile is null) as everybody, max(position) as last
      from ${touchedTable} ${told === undefined ? sql`` : beforeNextPeople(told)} group by object`,
    { lane: 'tick' },
  )
  const objects = new Map<string, number | 'all'>()
  let position = 0
  for (const row of rows) {
    objects.set(String(row['object']), Number(row['everybody']) > 0 ? 'all' : Number(row['n']))
    position = Math.max(position, Number(row['last']))
  }
  return { position, objects }
}

const beforeNextPeople = (told: number): Part => {
  const next = sql`(select min(position) from ${touchedTable}
    where object = ${value(peopleMark)} and position > ${value(told)})`
  return sql`where position < coalesce(${next}, position + 1)`
}
