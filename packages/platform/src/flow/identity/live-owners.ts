import {
  column,
  type Engine,
  every,
  join,
  made,
  makeAll,
  type Part,
  type Step,
  some,
  sql,
  value,
  type Workbench,
} from '#engine'
import { linkColumn, type Model, modelTable, peopleMark, touchedTable } from '#model'
import { type Owned, ownedObjects, ownerName, ownerStep, writeOwners } from './owners.ts'
import { linkTable } from './tables.ts'

/** Rows of an object that one stream brought after a position. */
export interface Fresh {
  readonly object: string
  readonly stream: string
  readonly after: number
}

/** Whose rows are to be told: those that are new, and those that marks up to a position may have given to others. */
export interface Telling {
  /** `all`: whatever belongs to nobody, since nobody knows what came while no one told. */
  readonly fresh: readonly Fresh[] | 'all'
  /** What is marked: people, or objects whose rows went. */
  readonly marked: ReadonlySet<string>
  readonly until: number
}

/**
 * Gives rows that came lately their profiles, by the links that are published: what is known already waits for no run. Rows
 * of people who were marked (merged, split, made) are looked at too, so that it does not matter what was linked when a row came.
 */
export async function ownFreshRows(
  engine: Engine,
  { model, now }: { readonly model: Model; readonly now: () => Date },
  telling: Telling,
): Promise<number> {
  // Before identity has been prepared nobody is linked to anybody.
  const links = linkTable('individual')
  if (!(await engine.tables('unified')).some(({ name }) => name === links.name)) return 0
  const existing = new Set((await engine.tables('model')).map(({ name }) => name))
  const wanted = ownedObjects(model, 'individual', existing).filter(
    (of) => candidatesOf(of, telling, new Set()).length > 0 || hasFreshParent(of, telling),
  )
  if (wanted.length === 0) return 0
  const bench: Workbench = { engine, ask: { lane: 'tick' }, now, timings: [] }
  // Parents first: the rows of whoever changed hands are looked at with them.
  const ordered = wanted.toSorted((a, b) => longest(a) - longest(b))
  const steps = ordered.flatMap((of, i) =>
    stepsOf(of, telling, new Set(ordered.slice(0, i).map(({ object }) => object))),
  )
  return makeAll(bench, steps, new Map(), async (where) => {
    const counts = ordered.map(
      ({ object }) => sql`(select count(*) from ${where.get(ownerName(object)) ?? never()})`,
    )
    const rows = await engine.rows(
      sql`select ${every(counts.map((count) => sql`${count} = 0`))} as none`,
      { lane: 'tick' },
    )
    if (rows[0]?.['none'] === true) return 0
    return engine.change('owners of new rows', (writer) => writeOwners(writer, ordered, where), {
      lane: 'tick',
    })
  })
}

function never(): never {
  throw new Error('a step was not made')
}

const longest = ({ ways }: Owned) => Math.max(...ways.map((way) => way.length))

const parentsOf = ({ ways }: Owned): readonly { readonly field: string; readonly to: string }[] =>
  ways.flatMap((way) => (way.length > 1 && way[0] ? [way[0]] : []))

const hasFreshParent = (of: Owned, { fresh }: Telling) =>
  fresh === 'all' || parentsOf(of).some(({ to }) => fresh.some(({ object }) => object === to))

// Each reason to look at rows is asked by itself: where nobody is moved or new nothing is read, and together they would be asked of
// every row that there is. The rows are a table of their own, so that the engine sees how few they are: it would make all links ready
// for them instead (600 rows, a million links: 16 ms of processor time, not 100 to 160).
function stepsOf(of: Owned, telling: Telling, before: ReadonlySet<string>): readonly Step[] {
  const model = modelTable(of.object)
  const columns = join(columnsOf(of).map((name) => column(name)))
  const found = candidatesOf(of, telling, before)
  const reasons = found.length === 0 ? [sql`false`] : found
  const each = reasons.map((is) => sql`select ${columns} from ${model} where ${is}`)
  const rows = join(each, sql` union all `)
  const links = linkTable('individual')
  if (telling.fresh === 'all') {
    // Of what belongs to nobody there may be millions, and few get an owner.
    const step = ownerStep(of, sql`(${rows})`, links)
    return [{ ...step, query: sql`select distinct * from (${step.query}) o` }]
  }
  const name = `candidate_${of.object}`
  const says = `rows of ${of.object} that may belong to another profile than they say`
  return [
    { name, says, query: sql`select distinct * from (${rows}) c` },
    ownerStep(of, made(name), links),
  ]
}

// What is read of rows to tell whose they are.
const columnsOf = ({ ways }: Owned): readonly string[] => [
  ...new Set([
    ...['_stream', '_position', '_key', '_profile'],
    ...ways.flatMap(([first]) => (first ? [linkColumn(first.field)] : [])),
  ]),
]

/** Which rows may belong to another profile than they say. */
function candidatesOf(
  of: Owned,
  { fresh, marked, until }: Telling,
  before: ReadonlySet<string>,
): readonly Part[] {
  const { object, ways } = of
  const isNew = fresh === 'all' ? [sql`_profile is null`] : freshOf(object, fresh)
  const parents = parentsOf(of)
  const moved = parents
    .filter(({ to }) => before.has(to))
    .map(
      ({ field, to }) =>
        sql`${column(linkColumn(field))} in (select _key from ${made(ownerName(to))})`,
    )
  const marks = [peopleMark, ...parents.map(({ to }) => to)].filter((mark) => marked.has(mark))
  if (marks.length === 0) return [...isNew, ...moved]
  const people = (mark: Part) =>
    sql`select profile from ${touchedTable} where ${every([sql`${mark}`, sql`position <= ${value(until)}`])}`
  const ofMarked = sql`_profile in (${people(some(marks.map((mark) => sql`object = ${value(mark)}`)))})`
  if (!marked.has(peopleMark)) return [...isNew, ...moved, ofMarked]
  const records = sql`select record from ${linkTable('individual')}
    where profile in (${people(sql`object = ${value(peopleMark)}`)})`
  const byKey = ways.flatMap((way) =>
    way.length > 1
      ? []
      : [sql`${column(way[0] ? linkColumn(way[0].field) : '_key')} in (${records})`],
  )
  return [...isNew, ...moved, some([ofMarked, ...byKey])]
}

const freshOf = (object: string, fresh: readonly Fresh[]): readonly Part[] =>
  fresh
    .filter((one) => one.object === object)
    .map(
      ({ stream, after }) =>
        sql`(_profile is null and _stream = ${value(stream)} and _position > ${value(after)})`,
    )
