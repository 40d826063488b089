import {
  as,
  cast,
  column,
  type Engine,
  join,
  keyOf,
  type Part,
  sql,
  type TableName,
  table,
  tryCast,
  value,
  type Writer,
} from '#engine'
import { changePositionOf, pastTable, type StreamChange } from '#lake'
import {
  dropModelTable,
  fittingColumns,
  type ModelObject,
  modelTable,
  noteRowChange,
  noteTouched,
  prepareRowChanges,
  prepareTouched,
  rowChanges,
  shapeModelTable,
} from '#model'
import { type CompiledTarget, filledColumns, lossyFields, rowsOf, valuesOf } from './compile.ts'
import { mappingFaults } from './faults.ts'

/** All that one stream gives one model object. */
export interface Unit {
  readonly stream: string
  readonly source: string
  readonly space: string
  /** Changes when the mapping, the object or a stream that is looked up changes; then the unit is made anew. */
  readonly fingerprint: string
  readonly targets: readonly CompiledTarget[]
}

/** A value that was there but could not be read as the type of its field, so that the field is empty; or that lost digits to it. */
export interface LostValue {
  readonly stream: string
  readonly field: string
  readonly type: string
  readonly how: 'left out' | 'rounded'
  readonly count: number
  readonly example: string
}

/** What a refresh of a model object did. */
export interface Refreshed {
  readonly changed: boolean
  /** The position of the last change of the object's rows. */
  readonly position: number
  readonly rows: number
  readonly added: number
  readonly removed: number
  /** Rows of the streams that have no id and so cannot be rows of the object. */
  readonly withoutId: number
  readonly lost: readonly LostValue[]
}

/** How far each stream has been mapped to each object. */
const unitTable = table('model', '_unit')

/** Makes the tables that remember how far each stream has been mapped. */
export async function prepareMappings(engine: Engine): Promise<void> {
  await engine.change('mappings', async (writer) => {
    await writer.run(
      sql`create table if not exists ${unitTable} (object varchar, stream varchar, fingerprint varchar, position bigint, without_id bigint)`,
    )
    await prepareRowChanges(writer)
    await prepareTouched(writer)
  })
}

/** By object, the position of the last change of its rows. */
export async function modelPositions(engine: Engine): Promise<ReadonlyMap<string, number>> {
  return new Map([...(await rowChanges(engine))].map(([object, { changed }]) => [object, changed]))
}

/** Forgets an object that the model does not have any more, with its rows. */
export async function forgetObject(writer: Writer, object: string): Promise<void> {
  await writer.run(sql`delete from ${unitTable} where object = ${value(object)}`)
  await dropModelTable(writer, object)
}

interface UnitState {
  readonly fingerprint: string
  readonly position: number
}

/** Brings the table of a model object up to date: only rows that arrived, changed or went since the last time. */
export async function refreshObject(
  engine: Engine,
  object: ModelObject,
  units: readonly Unit[],
  signal: AbortSignal,
): Promise<Refreshed> {
  const columns =
    (await engine.tables('model')).find(({ name }) => name === object.key)?.columns ?? []
  await engine.change(`model.${object.key}`, (writer) =>
    shapeModelTable(writer, object, fittingColumns(engine, object, columns)),
  )
  const states = (await unitStates(engine)).get(object.key) ?? new Map<string, UnitState>()
  let [added, removed] = [0, await removeUnits(engine, object, units, states)]
  const lost: LostValue[] = []
  for (const unit of units) {
    signal.throwIfAborted()
    const until = await changePositionOf(engine, unit.stream)
    const state = states.get(unit.stream)
    const done = await refreshUnit(engine, { object, unit, state, until, signal })
    added += done.added
    removed += done.removed
    lost.push(...done.lost)
  }
  const [totals] = await engine.rows(sql`select
    (select count(*) from ${modelTable(object.key)}) as total,
    (select coalesce(sum(without_id), 0) from ${unitTable} where object = ${value(object.key)}) as without_id`)
  return {
    changed: added + removed > 0,
    position: (await rowChanges(engine)).get(object.key)?.changed ?? 0,
    rows: Number(totals?.['total']),
    added,
    removed,
    withoutId: Number(totals?.['without_id']),
    lost,
  }
}

/** How far every stream has been mapped to every object, by object and stream. */
export async function unitStates(
  engine: Engine,
): Promise<ReadonlyMap<string, ReadonlyMap<string, UnitState>>> {
  const rows = await engine.rows(
    sql`select object, stream, fingerprint, position from ${unitTable}`,
    { lane: 'tick', keptWhile: [unitTable] },
  )
  const all = new Map<string, Map<string, UnitState>>()
  for (const row of rows) {
    const object = String(row['object'])
    const streams = all.get(object) ?? new Map<string, UnitState>()
    const state = { fingerprint: String(row['fingerprint']), position: Number(row['position']) }
    all.set(object, streams.set(String(row['stream']), state))
  }
  return all
}

/** Takes away what came from streams that no longer fill the object. */
async function removeUnits(
  engine: Engine,
  object: ModelObject,
  units: readonly Unit[],
  states: ReadonlyMap<string, UnitState>,
): Promise<number> {
  const gone = [...states.keys()].filter((stream) => !units.some((unit) => unit.stream === stream))
  if (gone.length === 0) return 0
  const streams = join(gone.map((stream) => value(stream)))
  return engine.change(`model.${object.key}`, async (writer) => {
    await writer.run(
      sql`delete from ${unitTable} where object = ${value(object.key)} and stream in (${streams})`,
    )
    const isGone = sql`_stream in (${streams})`
    await noteTouched(writer, object.key, ownersWhere(object, isGone), { from: '_position' })
    const removed = await writer.run(sql`delete from ${modelTable(object.key)} where ${isGone}`)
    if (removed > 0) await noteRowChange(writer, object, 'made anew')
    return removed
  })
}

/** Rows of an object that a stream brought after a position. */
export interface Brought {
  readonly object: string
  readonly stream: string
  readonly after: number
}

/**
 * Maps what streams brought since, quickly: for an object that has been made whole and whose definition is as it was then.
 * Nothing where the whole has to be made first.
 */
export async function followObject(
  engine: Engine,
  object: ModelObject,
  { units, changes }: Following,
  signal: AbortSignal,
): Promise<readonly Brought[] | undefined> {
  const states = (await unitStates(engine)).get(object.key) ?? new Map<string, UnitState>()
  const isSame = units.every(
    ({ stream, fingerprint }) => states.get(stream)?.fingerprint === fingerprint,
  )
  if (!isSame || states.size > units.length) return undefined
  const brought: Brought[] = []
  for (const unit of units) {
    const state = states.get(unit.stream)
    const until = changes.get(unit.stream)?.position ?? 0
    const done = await refreshUnit(engine, { object, unit, state, until, signal, lane: 'tick' })
    if (state && done.added + done.removed > 0)
      brought.push({ object: object.key, stream: unit.stream, after: state.position })
  }
  return brought
}

/** What streams give an object, and how far they have come. */
interface Following {
  readonly units: readonly Unit[]
  readonly changes: ReadonlyMap<string, StreamChange>
}

interface UnitWork {
  readonly object: ModelObject
  readonly unit: Unit
  readonly state: UnitState | undefined
  /** The position up to which rows are mapped. */
  readonly until: number
  readonly signal: AbortSignal
  /** Where it is done; large work unless set. */
  readonly lane?: 'tick'
}

interface UnitDone {
  readonly added: number
  readonly removed: number
  readonly lost: readonly LostValue[]
}

async function refreshUnit(engine: Engine, work: UnitWork): Promise<UnitDone> {
  const { unit, state } = work
  const isSame = state?.fingerprint === unit.fingerprint
  const after = isSame ? state.position : 0
  const { until } = work
  if (isSame && until <= after) return { added: 0, removed: 0, lost: [] }
  return stageAll({ engine, work, after }, [], async (staged) => {
    const lost = work.lane ? [] : await lostValues(engine, unit, staged)
    const mayClash = !(work.lane && isSame) || (await meetsKeys(engine, work, staged))
    const counts = await engine.change(
      `model.${work.object.key}`,
      (writer) => write(writer, { ...work, after: isSame ? after : undefined, staged, mayClash }),
      laneOf(work),
    )
    return { ...counts, lost }
  })
}

/** Computes the values of every target into tables of their own, without holding up other changes. */
async function stageAll<T>(
  of: { engine: Engine; work: UnitWork; after: number },
  done: readonly TableName[],
  use: (staged: readonly TableName[]) => Promise<T>,
): Promise<T> {
  const { engine, work, after } = of
  const { until } = work
  const target = work.unit.targets[done.length]
  if (target === undefined) return use(done)
  const values = valuesOf(target, { stream: work.unit.stream, after, until })
  return engine.staged(values, (staged) => stageAll(of, [...done, staged], use), {
    signal: work.signal,
    ...laneOf(work),
  })
}

const laneOf = ({ lane }: UnitWork) => (lane ? { lane } : {})

async function write(
  writer: Writer,
  of: UnitWork & { after: number | undefined; staged: readonly TableName[]; mayClash: boolean },
): Promise<{ added: number; removed: number }> {
  const { object, unit, state, after, until, staged } = of
  const model = modelTable(object.key)
  const removed = await removeRows(writer, of)
  let [added, withoutId] = [0, 0]
  for (const [i, target] of unit.targets.entries()) {
    const values = staged[i]
    if (!values) throw new Error('a target was not computed')
    const columns = join(filledColumns(target).map((name) => column(name)))
    added += await writer.run(
      sql`insert into ${model} (${columns}) ${rowsOf(target, { values, ...unit })}`,
    )
    const [row] = await writer.rows(sql`select count(*) as n from ${values} where id is null`)
    withoutId += Number(row?.['n'])
  }
  if (of.mayClash) await refuseCollisions(writer, object, unit, after ?? 0)
  await writer.run(
    sql`delete from ${unitTable} where object = ${value(object.key)} and stream = ${value(unit.stream)}`,
  )
  await writer.run(
    sql`insert into ${unitTable} values (${join([value(object.key), value(unit.stream), value(unit.fingerprint), value(until), value(withoutId)])})`,
  )
  // The lake's positions tell rows apart only as long as the same mapping made them.
  const how = state !== undefined && after === undefined ? 'made anew' : 'as they came'
  if (added + removed > 0) await noteRowChange(writer, object, how)
  return { added, removed }
}

/** Takes away the rows that are no more or are made anew; whose they were is marked. */
async function removeRows(
  writer: Writer,
  { object, unit, after, until }: UnitWork & { after: number | undefined },
): Promise<number> {
  // What was replaced later goes together with what replaces it: nobody is without the row in between.
  const past = sql`select _position from ${pastTable(unit.stream)}
    where _until > ${value(after ?? 0)} and _until <= ${value(until)}`
  if (after !== undefined && (await writer.rows(sql`${past} limit 1`)).length === 0) return 0
  const isOfStream = sql`_stream = ${value(unit.stream)}`
  const isGone = after === undefined ? isOfStream : sql`${isOfStream} and _position in (${past})`
  await noteTouched(writer, object.key, ownersWhere(object, isGone), { from: '_position' })
  return writer.run(sql`delete from ${modelTable(object.key)} where ${isGone}`)
}

const ownersWhere = ({ key }: ModelObject, condition: Part): Part =>
  sql`select _profile as profile, _position from ${modelTable(key)} where ${condition}`

/** Whether rows that are about to come have keys that are there already: only then two readable ones can have the same. */
async function meetsKeys(
  engine: Engine,
  { object, unit: { space, source }, lane }: UnitWork,
  staged: readonly TableName[],
): Promise<boolean> {
  const keys = staged.map(
    (values) =>
      sql`select id, ${keyOf([space, source], column('id'))} as _key from ${values} where id is not null`,
  )
  const [row] = await engine.rows(
    sql`with coming as materialized (${join(keys, sql` union all `)})
      select (select count(distinct id) > count(distinct _key) from coming)
        or exists (select 1 from ${modelTable(object.key)} m join coming c on c._key = m._key) as met`,
    lane ? { lane } : {},
  )
  return row?.['met'] === true
}

/** Two readable keys with one hash would silently become one row of the model; so nothing is kept. */
async function refuseCollisions(
  writer: Writer,
  object: ModelObject,
  { stream }: Unit,
  after: number,
) {
  const model = modelTable(object.key)
  const [clash] = await writer.rows(sql`
    select n.id as one, o.id as other from ${model} n join ${model} o on o._key = n._key
    where n._stream = ${value(stream)} and n._position > ${value(after)}
      and (o.id <> n.id or o._source <> n._source or o._space <> n._space) limit 1`)
  if (!clash) return
  throw mappingFaults.key_collision({
    object: object.key,
    one: String(clash['one']),
    other: String(clash['other']),
  })
}

/** Counts, per field, the values that did not survive their cast, and decimals that lost digits to it, with an example each. */
async function lostValues(
  engine: Engine,
  { stream, targets }: Unit,
  staged: readonly TableName[],
): Promise<readonly LostValue[]> {
  const lost: LostValue[] = []
  for (const [i, target] of targets.entries()) {
    const values = staged[i]
    const losses = lossyFields(target).flatMap(lossesOf)
    if (!values || losses.length === 0) continue
    const counts = losses.flatMap(({ raw, isLost }, place) => [
      as(sql`count(*) filter (where ${isLost})`, column(`n${place}`)),
      as(
        sql`min(cast(${column(raw)} as varchar)) filter (where ${isLost})`,
        column(`example${place}`),
      ),
    ])
    const [row] = await engine.rows(sql`select ${join(counts)} from ${values}`, { lane: 'heavy' })
    for (const [place, { name, type, how }] of losses.entries()) {
      const count = Number(row?.[`n${place}`] ?? 0)
      if (count === 0) continue
      const field = `${target.object.key}.${name}`
      lost.push({ stream, field, type, how, count, example: String(row?.[`example${place}`]) })
    }
  }
  return lost
}

/** What a cast can do to a field's values, each with the question whether it did. */
function lossesOf(field: ReturnType<typeof lossyFields>[number]) {
  const [now, was] = [column(field.name), column(field.raw)]
  const isGone = sql`${now} is null and ${was} is not null and trim(cast(${was} as varchar)) <> ''`
  const gone = { ...field, how: 'left out', isLost: isGone } as const
  if (field.type !== 'decimal') return [gone]
  // Numbers such as 19.989999999999998 are 19.99 as far as anybody meant them.
  const isRounded = sql`abs(${tryCast(was, 'number')} - ${cast(now, 'number')}) > ${value(1e-12)} * abs(${cast(now, 'number')})`
  return [gone, { ...field, how: 'rounded', isLost: isRounded } as const]
}
