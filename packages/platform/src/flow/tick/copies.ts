import { setTimeout as sleep } from 'node:timers/promises'
import {
  column,
  type Draft,
  type Engine,
  every,
  join,
  type Part,
  some,
  sql,
  type TableName,
  table,
  value,
  type Writer,
} from '#engine'
import { modelTable, peopleMark, touchedTable } from '#model'
import type { Reads } from './reads.ts'

/**
 * What live segments read of the rows of large objects, in the order of people: `object`, `name` of the table, its `columns`, and
 * `until` which position of the rows it tells of them. In the model rows of one person stand everywhere.
 */
const copyTable = table('segment', '_copy')

/**
 * People of whose rows a copy is wrong, because some that it has went or changed hands: `object`, `profile`, the first position of
 * those rows, and the `position` of the mark that told of it.
 */
const strayTable = table('segment', '_stray')

/** A copy of an object's rows, in the order of people. */
export interface Copy {
  readonly object: string
  readonly rows: TableName
  readonly columns: string
  readonly until: number
}

/** What is asked of a copy. */
interface AskedOfCopy {
  readonly columns: Part
  /** People, by name. */
  readonly those: Part
  /** The same: one column `profile`. */
  readonly among: TableName
}

/** Copies of rows, and who is not to be looked for in them. */
export interface Copies {
  /** By object, those that have all that is read. */
  readonly having: (read: Reads) => Promise<ReadonlyMap<string, Copy>>
  /** In the change that takes marks away up to a position: of whom copies are wrong from then on. */
  readonly noteStrays: (writer: Writer, until: number) => Promise<void>
  /** In the change in which too many were touched to be named: these objects have no copies any more. */
  readonly forget: (writer: Writer, objects: readonly string[]) => Promise<void>
  /** That change has ended, in whatever way. */
  readonly forgotten: () => void
  /** Makes copies that are lacking or are behind, and drops those of what is not read; `alone` is waited for before one is used. */
  readonly make: (
    read: Reads,
    of: { readonly signal: AbortSignal; readonly alone: <T>(work: () => Promise<T>) => Promise<T> },
  ) => Promise<void>
}

/** Makes the tables of copies. */
export async function prepareCopies(writer: Writer): Promise<void> {
  await writer.run(
    sql`create table if not exists ${copyTable} (object varchar, name varchar, columns varchar, until bigint)`,
  )
  await writer.run(
    sql`create table if not exists ${strayTable} (object varchar, profile bigint, rows_from bigint, position bigint)`,
  )
}

/** What is read of an object's rows, whose they are among it. */
export const columnsRead = (object: string, read: Reads): readonly string[] => [
  ...new Set([...(read.get(object) ?? []), object === peopleMark ? 'profile' : '_profile']),
]

const isOf = (object: string) => sql`${column('object')} = ${value(object)}`

/**
 * The rows of some people as they are in the model: of the copy, what came since, and all of those of whom the copy is wrong. In one
 * statement, so that it is of one moment. Where nobody strays the model is not read for it.
 */
export function rowsOfPeople(
  { object, rows, until }: Copy,
  { columns, those, among }: AskedOfCopy,
): Draft {
  const [model, last] = [modelTable(object), value(until)]
  const isTrue = sql`_profile in (${those}) and _profile not in (select profile from stray)`
  const isAmong = sql`profile in (select profile from ${among})`
  return sql`with stray as materialized (
      select profile from ${strayTable} where ${isOf(object)} and rows_from <= ${last} and ${isAmong}
      union select profile from ${touchedTable}
        where ${isOf(object)} and coalesce(rows_from, 0) <= ${last} and ${isAmong}
      union select profile from ${among}
        where exists (select 1 from ${touchedTable} where ${isOf(object)} and profile is null))
    select ${columns} from ${rows} where ${isTrue}
    union all select ${columns} from ${model} where _position > ${last} and ${isTrue}
    union all select ${columns} from ${model} where _profile in (select profile from stray)`
}

/** Rows that are read together while a copy is made. */
const atOnce = 1_000_000
/** A copy is made anew when so many of its people stray, or so many rows and so large a part of all came since. */
const mostStrays = 500
const [mostBehind, partBehind] = [100_000, 20]

/** Copies of objects that have at least so many rows: fewer are read as soon as they stand. */
export function makeCopies(engine: Engine, least: number): Copies {
  let known: Promise<Map<string, Copy>> | undefined
  let isSwept = false
  /** Of copies that are being made, up to where they tell. */
  const making = new Map<string, number>()

  const copies = () => {
    known ??= load(engine)
    known.catch(() => {
      known = undefined
    })
    return known
  }

  const fitting = async (read: Reads): Promise<ReadonlyMap<string, string>> => {
    const shapes = new Map((await engine.tables('model')).map((shape) => [shape.name, shape]))
    const fits = new Map<string, string>()
    for (const object of read.keys()) {
      const types = new Map(shapes.get(object)?.columns.map(({ name, type }) => [name, type]))
      if (!types.has('_profile')) continue
      const columns = columnsRead(object, read).toSorted()
      fits.set(object, JSON.stringify(columns.map((name) => [name, types.get(name)])))
    }
    return fits
  }

  const isBehind = async (object: string, columns: string): Promise<boolean> => {
    const model = modelTable(object)
    const [all] = await engine.rows(sql`select count(*) as n from ${model}`)
    const rows = Number(all?.['n'])
    if (rows < least) return false
    const copy = (await copies()).get(object)
    if (copy?.columns !== columns) return true
    const [found] = await engine.rows(sql`select
      (select count(*) from ${model} where _position > ${value(copy.until)}) as more,
      (select count(distinct profile) from ${strayTable} where ${isOf(object)}) as strays`)
    const more = Number(found?.['more'])
    return Number(found?.['strays']) > mostStrays || more > mostBehind + rows / partBehind
  }

  const makeOne = async (
    object: string,
    columns: string,
    { signal, alone }: Parameters<Copies['make']>[1],
  ) => {
    const model = modelTable(object)
    const [stand] = await engine.rows(sql`select count(*) as n, max(_position) as last,
      min(_profile) as first_person, max(_profile) as last_person from ${model}`)
    if (stand?.['first_person'] === null || stand === undefined) return
    const until = Number(stand['last'])
    const names = (JSON.parse(columns) as readonly (readonly [string, string])[]).map(([name]) =>
      column(name),
    )
    making.set(object, until)
    // Whatever is marked from here on, the copy may have as it was before.
    const since = await engine.change('a copy of rows', (writer) => writer.positions(1))
    const rows = table('segment', `${prefix}${object}_${since}`)
    try {
      await engine.change('a copy of rows', (writer) =>
        writer.run(sql`create table ${rows} as select ${join(names)} from ${model} where false`),
      )
      const spans = spansOf(
        BigInt(String(stand['first_person'])),
        BigInt(String(stand['last_person'])),
        Math.ceil(Number(stand['n']) / atOnce),
      )
      for (const isIn of spans) {
        signal.throwIfAborted()
        const begun = performance.now()
        await engine.staged(
          sql`select ${join(names)} from ${model} where ${isIn} and _position <= ${value(until)} order by _profile`,
          (some) =>
            engine.change('a copy of rows', (writer) =>
              writer.run(sql`insert into ${rows} select * from ${some}`),
            ),
          { signal },
        )
        if (spans.length > 1) await sleep((performance.now() - begun) / 2, undefined, { signal })
      }
      // Where too many were touched meanwhile, it is of no use.
      await alone(async () => {
        const isGood = making.get(object) === until
        const before = (await copies()).get(object)
        await engine.change('a copy of rows', async (writer) => {
          if (!isGood) return void (await writer.run(sql`drop table ${rows}`))
          await writer.run(sql`delete from ${copyTable} where ${isOf(object)}`)
          await writer.run(
            sql`insert into ${copyTable} (${column('object')}, name, columns, until)
              values (${value(object)}, ${value(rows.name)}, ${value(columns)}, ${value(until)})`,
          )
          await writer.run(
            sql`delete from ${strayTable} where ${isOf(object)} and position < ${value(since)}`,
          )
          if (before) await writer.run(sql`drop table ${before.rows}`)
        })
        if (isGood) (await copies()).set(object, { object, rows, columns, until })
      })
    } catch (thrown) {
      // What fails, such as for want of room on the disk, may leave it there: it goes before the next is made.
      isSwept = false
      await engine
        .change('a copy of rows', (writer) => writer.run(sql`drop table if exists ${rows}`))
        .catch(() => {})
      throw thrown
    } finally {
      making.delete(object)
    }
  }

  const forget = async (writer: Writer, objects: readonly string[]) => {
    const found = await copies()
    for (const object of objects) {
      making.delete(object)
      const copy = found.get(object)
      if (!copy) continue
      await writer.run(sql`delete from ${copyTable} where ${isOf(object)}`)
      await writer.run(sql`delete from ${strayTable} where ${isOf(object)}`)
      await writer.run(sql`drop table ${copy.rows}`)
    }
  }

  const forgotten = () => {
    known = undefined
  }

  // Rows of what no live segment reads, or of an object that is no more, nobody would bring up to date.
  const drop = (objects: readonly string[]) =>
    engine.change('copies of rows', (writer) => forget(writer, objects)).finally(forgotten)

  return {
    having: async (read) => {
      const [found, fits] = [await copies(), await fitting(read)]
      return new Map([...found].filter(([object, { columns }]) => fits.get(object) === columns))
    },
    noteStrays: async (writer, until) => {
      const bounds = new Map([...(await copies()).values()].map((of) => [of.object, of.until]))
      for (const [object, last] of making)
        bounds.set(object, Math.max(last, bounds.get(object) ?? 0))
      if (bounds.size === 0) return
      const first = sql`coalesce(rows_from, 0)`
      const isStray = [...bounds].map(
        ([object, last]) => sql`(${isOf(object)} and ${first} <= ${value(last)})`,
      )
      await writer.run(sql`insert into ${strayTable} (${column('object')}, profile, rows_from, position)
        select ${column('object')}, profile, ${first}, position from ${touchedTable}
        where position <= ${value(until)} and profile is not null and (${some(isStray)})`)
    },
    forget,
    forgotten,
    make: async (read, of) => {
      if (!isSwept) await sweep(engine)
      isSwept = true
      const fits = await fitting(read)
      const idle = [...(await copies()).keys()].filter((object) => !fits.has(object))
      if (idle.length > 0) await of.alone(() => drop(idle))
      for (const [object, columns] of fits)
        if (await isBehind(object, columns)) await makeOne(object, columns, of)
    },
  }
}

const prefix = '_by_person_'

/** The copies that are there. */
async function load(engine: Engine): Promise<Map<string, Copy>> {
  const rows = await engine.rows(sql`select * from ${copyTable}`, { lane: 'tick' })
  const found = rows.map((row): Copy => {
    const object = String(row['object'])
    return {
      object,
      rows: table('segment', String(row['name'])),
      columns: String(row['columns']),
      until: Number(row['until']),
    }
  })
  return new Map(found.map((copy) => [copy.object, copy]))
}

/** What was being made when a process ended goes. */
async function sweep(engine: Engine): Promise<void> {
  const isKnown = new Set([...(await load(engine)).values()].map(({ rows }) => rows.name))
  const left = (await engine.tables('segment')).filter(
    ({ name }) => name.startsWith(prefix) && !isKnown.has(name),
  )
  for (const { name } of left)
    await engine.change('a copy of rows', (writer) =>
      writer.run(sql`drop table if exists ${table('segment', name)}`),
    )
}

/** So many parts of all people, told by the first and the last: whoever came since is in one of the outer two. */
function spansOf(first: bigint, last: bigint, count: number): readonly Part[] {
  const parts = BigInt(Math.max(1, count))
  const size = (last - first) / parts + 1n
  const bounds = Array.from({ length: Number(parts) - 1 }, (_, i) => first + BigInt(i + 1) * size)
  return Array.from({ length: Number(parts) }, (_, i) => {
    const [from, to] = [bounds[i - 1], bounds[i]]
    const isFrom = from === undefined ? [] : [sql`_profile >= ${value(from)}`]
    const isTo = to === undefined ? [] : [sql`_profile < ${value(to)}`]
    return every([sql`_profile is not null`, ...isFrom, ...isTo])
  })
}
