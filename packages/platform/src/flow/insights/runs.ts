import { call, type Engine, type Part, sql, type TableName, type Writer } from '#engine'
import type { Clock } from '#kernel/clock.ts'
import { Fault, sentenceOf } from '#kernel/fault.ts'
import { type ModelObject, modelTable } from '#model'
import { checkQuery, type Relation } from '#query'
import type { Built } from './build.ts'
import { insightFaults } from './faults.ts'
import { unifiedNodes } from './fields.ts'
import { type ChangedSince, catchUp, changedRows, type LedgerState, seenTable } from './ledger.ts'
import {
  type Asked,
  computed,
  hasSameColumns,
  isSame,
  noteFailure,
  type Refreshed,
  type RunNotes,
  refreshWhole,
  replaceGroups,
  rowsOfGroups,
  totalOf,
  typesOf,
} from './refresh.ts'
import type { InsightShape } from './shapes.ts'
import {
  computedTypes,
  type InsightRun,
  keepLate,
  keepRun,
  runsOf,
  statesOf,
  type Types,
} from './tables.ts'
import { changedRelation, touchedGroups } from './windows.ts'

/** Where the inputs of an insight stood when its last result was made, and where they stand now. */
export interface Inputs {
  readonly from: Readonly<Record<string, number>>
  readonly to: Readonly<Record<string, number>>
}

/** What a refresh needs to know beside the insight. */
export interface RefreshGround {
  readonly engine: Engine
  readonly clock: Clock
  /** All insights, as those over one object share the record of its changed rows. */
  readonly shapes: readonly InsightShape[]
  readonly object: (key: string) => ModelObject | undefined
  /** Of fewer rows everything is computed; see `worthRows`. */
  readonly worthRows: number
}

/** Who asks, and what has moved; all is computed when that is not known. */
export interface RefreshAsk extends Asked {
  readonly inputs?: Inputs
}

/** What a refresh did, and how. */
export interface RefreshDone extends Refreshed {
  readonly run: InsightRun
}

/** Refreshes an insight, only the groups whose rows have changed where that can be told, and remembers how it went. */
export async function refreshInsight(
  ground: RefreshGround,
  shape: InsightShape,
  asked: RefreshAsk = {},
): Promise<RefreshDone> {
  const { engine, clock } = ground
  const began = clock.now()
  const last = (await runsOf(engine, [shape.key])).get(shape.key)
  const timed = () => ({
    at: began.toISOString(),
    tookMs: clock.now().getTime() - began.getTime(),
  })
  try {
    const way = await wayOf(ground, shape, { asked, last })
    let run: InsightRun | undefined
    const finish: Finish = (notes, lateNow) => async (writer: Writer) => {
      const tooLate = lateNow && { tooLate: await keepLate(writer, shape.key, lateNow) }
      run = { ...timed(), ...notes, ...tooLate, goodAt: began.toISOString() }
      await keepRun(writer, shape.key, run)
    }
    const tried = await refreshChanges(ground, { shape, way, asked, finish })
    const done =
      typeof tried === 'object'
        ? tried
        : await withLate(engine, { shape, asked }, (late) =>
            refreshWhole(engine, shape, {
              ask: asked,
              finish: finish({ how: 'full', why: tried, ...madeOf(shape, way, last) }, late),
            }),
          )
    const missing = shape.plan?.built?.missing ?? []
    if (!run) throw new Error('a refresh did not remember what it did')
    if (missing.length === 0) return { ...done, run }
    const full = { ...run, missingRates: await totalOf(engine, shape.key, missing) }
    await engine.change(`insight.${shape.key}`, (writer) => keepRun(writer, shape.key, full))
    return { ...done, run: full }
  } catch (thrown) {
    if (!asked.signal?.aborted) {
      const fault = faultOf(thrown)
      await noteFailure(engine, shape.key, { ...last, ...timed(), fault })
    }
    throw thrown
  }
}

function faultOf(thrown: unknown): NonNullable<InsightRun['fault']> {
  const { code, message } =
    thrown instanceof Fault ? thrown : insightFaults.cannot_run({ why: sentenceOf(thrown) })
  return { code, say: message }
}

/** Remembers a refresh in the transaction that puts its result in place. */
type Finish = (notes: RunNotes, late?: LateNow) => (writer: Writer) => Promise<void>

/** How many events came too late, by window; of the touched windows only where these are given. */
interface LateNow {
  readonly late: TableName
  readonly touched?: TableName
}

interface Way {
  /** Why all is computed; empty when only changes are. */
  readonly why: string
  readonly ledger?: LedgerState
  /** Which rows of the record are read. */
  readonly since?: ChangedSince
  /** The engine's time before anything is computed, where there are windows. */
  readonly until?: string
}

function madeOf(
  shape: InsightShape,
  { ledger, until }: Way,
  last?: InsightRun,
): Pick<InsightRun, 'made'> {
  if (ledger) {
    const { epoch, position } = ledger
    const made = { definition: shape.query.text, epoch, position }
    return { made: until === undefined ? made : { ...made, until } }
  }
  // Going on from an older position does some groups twice and forgets none.
  const isSame = last?.made?.definition === shape.query.text
  return isSame && last?.made ? { made: last.made } : {}
}

async function wayOf(
  { engine, shapes, object, worthRows }: RefreshGround,
  shape: InsightShape,
  { asked, last }: { readonly asked: RefreshAsk; readonly last: InsightRun | undefined },
): Promise<Way> {
  const built = shape.plan?.built
  const never = whyNever(built)
  const of = object(built?.driver ?? '')
  if (!built || !of || never !== undefined) return { why: never ?? 'it reads no model object' }
  if (!asked.inputs) return { why: 'it was asked for' }
  const rows = await countOf(engine, modelTable(of.key))
  if (rows < worthRows)
    return { why: `all ${rows} rows are computed sooner than changes are found` }
  const sharing = shapes.flatMap((other) => {
    const theirs = other.plan?.built
    return theirs?.groups && theirs.driver === built.driver ? [{ key: other.key, theirs }] : []
  })
  const runs = await runsOf(
    engine,
    sharing.map(({ key }) => key),
  )
  const read = [...runs.values()].flatMap(({ made }) => made?.position ?? [])
  const ledger = await catchUp(engine, {
    object: of,
    columns: physical(built, [...new Set(sharing.flatMap(({ theirs }) => theirs.keys))]),
    stamp: stampOf(asked.inputs, built),
    readUntil: read.length === 0 ? 0 : Math.min(...read),
  })
  const way = whyFull(shape, { built, ledger, last, inputs: asked.inputs })
  return built.window ? { ...way, until: await timeOf(engine) } : way
}

async function countOf(engine: Engine, rows: Part): Promise<number> {
  const [count] = await engine.rows(sql`select count(*) as n from ${rows}`)
  return Number(count?.['n'])
}

async function timeOf(engine: Engine): Promise<string> {
  const [row] = await engine.rows(sql`select cast(${call('now')} as timestamp) as at`)
  return String(row?.['at'])
}

function whyNever(built: Built | undefined): string | undefined {
  if (!built) return 'SQL written by hand is computed whole'
  return built.dimensions.length === 0 ? 'without dimensions there is one group' : undefined
}

function whyFull(
  shape: InsightShape,
  of: {
    readonly built: Built
    readonly ledger: LedgerState
    readonly last: InsightRun | undefined
    readonly inputs: Inputs
  },
): Way {
  const { built, ledger, last, inputs } = of
  const full = (why: string) => ({ why, ledger })
  if (!last?.made) return full('it was never computed from a record of changed rows')
  if (last.made.definition !== shape.query.text) return full('its definition has changed')
  if (last.made.epoch !== ledger.epoch)
    return full(`rows of ${built.driver} were made anew, or are recorded with more fields`)
  if (built.asksClock) return full('it reads the clock')
  const reached = built.reached.map((name) => unifiedNodes.get(name) ?? `model:${name}`)
  const rates = built.missing.length > 0 || / from exchange_rate /.test(built.sql)
  const outside = [...reached, ...(rates ? ['model:exchange_rate'] : [])]
  const moved = outside.find((input) => inputs.from[input] !== inputs.to[input])
  if (moved !== undefined) return full(`${moved} has changed, which its rows lead to`)
  const { position: after, until } = last.made
  const due =
    built.window && until !== undefined ? { time: built.window.time, since: until } : undefined
  return { why: '', ledger, since: { after, due } }
}

const stampOf = ({ to }: Inputs, { driver }: Built): readonly number[] => [
  to[`model:${driver}`] ?? 0,
  to['unified:individual'] ?? 0,
]

// The names that columns have in the table.
function physical({ relations, driver }: Built, names: readonly string[]): readonly string[] {
  const columns = relations.find(({ name }) => name === driver)?.columns ?? []
  return names.map((name) => columns.find((one) => one.name === name)?.physical ?? name)
}

/**
 * Looking for what changed takes half as many statements again: at 20,000 rows computing all costs half the processor time, and with
 * this many the fewer rows weigh more than the more statements. Of fewer rows everything is computed.
 */
export const worthRows = 50_000
/** Above these shares of rows that changed and of groups that they touch, computing all is less work. */
const mostChanged = 0.2
const mostTouched = 0.5
/** Few groups are not worth the question. */
const fewGroups = 100

interface Changes {
  readonly shape: InsightShape
  readonly way: Way
  readonly asked: Asked
  readonly finish: Finish
}

/** Computes the groups of changed rows anew, or tells why everything has to be. */
async function refreshChanges(
  ground: RefreshGround,
  { shape, way, asked, finish }: Changes,
): Promise<Refreshed | string> {
  const { engine } = ground
  const { ledger, since } = way
  const built = shape.plan?.built
  if (!ledger || !since || built?.groups === undefined) return way.why
  const [types, state] = await Promise.all([
    typesOf(engine, shape.query, shape, asked),
    statesOf(engine),
  ])
  const last = state.get(shape.key)
  if (!last || !hasSameColumns((await computedTypes(engine)).get(shape.key), types))
    return 'the types of its columns have changed'
  const changed = changedRows(built.driver, ledger.columns, since)
  return engine.staged(
    changed,
    async (rows) => {
      const [changes, all] = [
        await countOf(engine, rows),
        await countOf(engine, seenTable(built.driver)),
      ]
      if (changes > mostChanged * all) return `${changes} of ${all} rows have changed`
      const groups = checkQuery(built.groups ?? '', withRows(built, ledger, rows))
      const dimensions = new Map([...types].filter(([name]) => shape.dimensions.includes(name)))
      return computed(engine, { query: groups, types: dimensions, ask: asked }, (touched) =>
        refreshTouched(ground, { shape, way, asked, types, touched, built, last, finish }),
      )
    },
    asked,
  )
}

/** What a built insight may read, and beside it the rows that have changed. */
function withRows({ relations, driver }: Built, { columns }: LedgerState, rows: TableName) {
  const changed = relations.flatMap((relation) => {
    if (relation.name !== driver) return []
    const kept = relation.columns.filter(({ name, physical = name }) => columns.includes(physical))
    return [{ name: changedRelation, table: rows, columns: kept }]
  })
  return [...relations, ...changed]
}

interface Windowed {
  readonly shape: InsightShape
  readonly asked: Asked
  /** The touched groups, where only these are computed. */
  readonly touched?: { readonly table: TableName; readonly relation: Relation }
}

/** Counts what came too late for the windows of an insight, if it has any. */
async function withLate<T>(
  engine: Engine,
  { shape: { plan }, asked, touched }: Windowed,
  use: (late: LateNow | undefined) => Promise<T>,
): Promise<T> {
  const window = plan?.built?.window
  if (!window) return use(undefined)
  const relations = [...(plan?.relations ?? []), ...(touched ? [touched.relation] : [])]
  const { part } = checkQuery(touched ? window.restrictedLate : window.late, relations)
  const now = touched && { touched: touched.table }
  return engine.staged(part, (late) => use({ late, ...now }), asked)
}

interface Touched {
  readonly shape: InsightShape
  readonly way: Way
  readonly asked: Asked
  readonly types: Types
  readonly touched: TableName
  readonly built: Built
  readonly last: { readonly position: number; readonly rows: number }
  readonly finish: Finish
}

async function refreshTouched(
  { engine }: RefreshGround,
  { shape, way, asked, types, touched, built, last, finish }: Touched,
): Promise<Refreshed | string> {
  const groups = await countOf(engine, touched)
  if (groups > fewGroups && groups > mostTouched * last.rows)
    return `${groups} of ${last.rows} groups had changed rows`
  const relation: Relation = {
    name: touchedGroups,
    table: touched,
    columns: shape.dimensions.map((name) => ({ name, type: types.get(name) ?? 'text' })),
  }
  return withLate(engine, { shape, asked, touched: { table: touched, relation } }, async (late) => {
    const end = finish({ how: 'changes', groups, ...madeOf(shape, way) }, late)
    const nothing = async () => {
      await engine.change(`insight.${shape.key}`, end)
      return { ...last, changed: false }
    }
    if (groups === 0) return nothing()
    const query = checkQuery(built.restricted ?? '', [...built.relations, relation])
    return computed(engine, { query, types, ask: asked }, async (staged) => {
      const before = rowsOfGroups(shape, touched)
      if (await isSame(engine, { shape, staged, types, before }, asked)) return nothing()
      const now = await engine.change(`insight.${shape.key}`, async (writer) => {
        await end(writer)
        return replaceGroups(writer, { shape, staged, types }, touched)
      })
      return { ...now, changed: true }
    })
  })
}
