import {
  call,
  column,
  type Engine,
  join,
  type Part,
  sql,
  type TableName,
  table,
  typeName,
  value,
  type Writer,
} from '#engine'
import { modelTable, rowChanges, systemColumns } from '#model'
import { among, pointField, pointOf } from './statements.ts'

/** Which rows speak of which contact point: `object`, `point` (hashed), `position`. Rows that are gone may still be named. */
const pointTable: TableName = table('model', '_consent_point')
/** How far that is kept: `object`, `stream`, `position` (of the last row), `changed` (when rows of the object had changed), `form`. */
const keptTable: TableName = table('model', '_consent_kept')

// Of how contact points are compared; another one makes all anew.
const form = 1

/** More rows than this are found by reading all. */
const mostRows = 5000

const { stream, position, profile } = systemColumns
const needed = [stream, position, profile]

/** Whom is asked for, and by which contact points. */
interface AskedFor {
  readonly profiles: readonly bigint[]
  readonly points: readonly string[]
}

/** The positions of rows that may speak of somebody, by object. Objects that are not kept are not there. */
export type Speaking = ReadonlyMap<string, readonly bigint[]>

/**
 * Finds the rows that may speak of people and contact points without reading all: by a table of hashes, to which is added what came
 * since. Only for objects of which it is noted when their rows change.
 */
export async function speakingOf(
  engine: Engine,
  { profiles, points }: AskedFor,
  columns: (object: string) => ReadonlySet<string>,
): Promise<Speaking> {
  const kept = await bringUpToDate(engine, columns)
  const own = kept.map(
    (object) => sql`select ${value(object)} as object, ${column(position)} as position
      from ${modelTable(object)} where ${among(column(profile), profiles)}`,
  )
  if (own.length === 0) return new Map()
  const asked = points.map((point) => sql`(${value(point)})`)
  const named =
    asked.length === 0
      ? []
      : [
          sql`select object, position from ${pointTable}
            where point in (select ${call('key64', sql`p`)} from (values ${join(asked)}) asked(p))`,
        ]
  const rows = await engine.rows(
    sql`${join([...own, ...named], sql` union `)} limit ${value(mostRows + 1)}`,
  )
  if (rows.length > mostRows) return new Map()
  const found = new Map<string, bigint[]>(kept.map((object) => [object, []]))
  for (const row of rows) found.get(String(row['object']))?.push(BigInt(String(row['position'])))
  return found
}

async function bringUpToDate(
  engine: Engine,
  columns: (object: string) => ReadonlySet<string>,
): Promise<readonly string[]> {
  const changes = await rowChanges(engine)
  const objects = [...changes.keys()].filter((object) => {
    const field = pointField(object)
    return field !== undefined && [...needed, field].every((name) => columns(object).has(name))
  })
  if (objects.length === 0) return []
  const isThere = (await engine.tables('model')).some(({ name }) => name === keptTable.name)
  if (!isThere) await engine.change('consent.points', makeTables, { lane: 'light' })
  const known = await keptUntil(engine.rows)
  for (const object of objects)
    if (known.get(object) !== changes.get(object)?.changed)
      await engine.change('consent.points', (writer) => add(engine, writer, object), {
        lane: 'light',
      })
  return objects
}

async function makeTables(writer: Writer): Promise<void> {
  const [text, integer] = [typeName('text'), typeName('integer')]
  await writer.run(
    sql`create table if not exists ${pointTable} (object ${text}, point ${integer}, position ${integer})`,
  )
  await writer.run(
    sql`create table if not exists ${keptTable} (object ${text}, stream ${text}, position ${integer}, changed ${integer}, form ${integer})`,
  )
}

/** When the rows of each object had changed as they were last read. */
async function keptUntil(
  ask: (query: Part) => Promise<readonly Readonly<Record<string, unknown>>[]>,
): Promise<ReadonlyMap<string, number>> {
  const rows = await ask(
    sql`select object, max(changed) as changed from ${keptTable} where form = ${value(form)} group by object`,
  )
  return new Map(rows.map((row) => [String(row['object']), Number(row['changed'])]))
}

/** Adds the rows of an object that came since, or all where rows have come under positions that they had before. */
async function add(engine: Engine, writer: Writer, object: string): Promise<void> {
  const { changed, remade } = (await rowChanges(engine)).get(object) ?? { changed: 0, remade: 0 }
  const isThis = sql`object = ${value(object)}`
  const before = (await keptUntil(writer.rows)).get(object)
  if (before === undefined || before < remade) {
    await writer.run(sql`delete from ${pointTable} where ${isThis}`)
    await writer.run(sql`delete from ${keptTable} where ${isThis}`)
  }
  const rows = modelTable(object)
  const [point, at] = [column(pointField(object) ?? '', 'r'), column(position, 'r')]
  await writer.run(sql`insert into ${pointTable}
    select ${value(object)}, ${call('key64', pointOf(point))}, ${at} from ${rows} r
    left join (select stream, position from ${keptTable} where ${isThis}) k on k.stream = ${column(stream, 'r')}
    where ${at} > coalesce(k.position, -1) and ${point} <> ''`)
  await writer.run(sql`delete from ${keptTable} where ${isThis}`)
  await writer.run(sql`insert into ${keptTable}
    select ${value(object)}, ${column(stream)}, max(${column(position)}), ${value(changed)}, ${value(form)}
    from ${rows} group by ${column(stream)}
    union all select ${value(object)}, null, -1, ${value(changed)}, ${value(form)}`)
}
