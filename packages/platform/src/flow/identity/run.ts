import {
  column,
  type Engine,
  join,
  type Made,
  made,
  makeAll,
  type Part,
  placed,
  type Step,
  some,
  sql,
  type TableName,
  value,
  type Workbench,
} from '#engine'
import type { Clock } from '#kernel/clock.ts'
import { makePassing } from '#matching'
import { columnsOf, type Model, modelTable, shapeModelTable } from '#model'
import type { Decision, Run } from './api.ts'
import {
  type Basis,
  basisBefore,
  basisNow,
  isSameBasis,
  reasonForAll,
  rulesOf,
  stillObjects,
} from './basis.ts'
import { changedStep, changedSteps, decisiveObjects, keyedDecisions, streamsOf } from './changed.ts'
import { countsOf, ruleResults, totalsAfter } from './count.ts'
import type { Ruleset, Subject } from './definition.ts'
import type { Extent } from './extent.ts'
import { withGroups } from './groups.ts'
import { holdBack } from './held-back.ts'
import { type Scoring, trainedModelOf, withModelLinks } from './model-links.ts'
import { type Owned, ownedObjects, ownersTouched, writeOwners } from './owners.ts'
import { allSteps, isPassing, planOwners, planRun } from './plan.ts'
import { differing, keep, keeping, publish, takePosition, touched } from './publish.ts'
import { publishedRuleResults } from './rule-blocks.ts'
import { unforeseenKeys, withScope } from './scope.ts'
import { refuseStrangers } from './strangers.ts'
import {
  linkTable,
  prepareUnified,
  publishedPosition,
  unifiedFields,
  unifiedTable,
} from './tables.ts'
import { valueColumns } from './values.ts'

/** What a run needs. */
export interface RunTools {
  readonly engine: Engine
  readonly clock: Clock
  readonly model: Model
  readonly ruleset: Ruleset
  /** The decisions that stand. */
  readonly decisions?: readonly Decision[]
  /** All records, or (unless set) only those that a change can reach, where that is less. */
  readonly extent?: Extent | undefined
  /** Whether somebody has said that much may change. */
  readonly confirmed?: boolean
  readonly signal?: AbortSignal
  readonly progress?: (step: string) => void
}

/** What a run did, with the ids of the profiles it touched. */
export interface RunResult extends Omit<Run, 'number'> {
  readonly profiles_changed: readonly string[] | 'all'
}

/** Beyond this many, everything counts as changed. */
const mostNamed = 50_000

/**
 * A run: everything is computed beside the published state and then written in one change. Without a difference nothing is
 * written and no position rises. Where little has changed, only the records that the change can reach are looked at.
 */
export async function runIdentity(tools: RunTools): Promise<RunResult> {
  const startedAt = tools.clock.now()
  const { engine, model, ruleset, decisions = [] } = tools
  trainedModelOf(ruleset)
  await prepareObjects(tools)
  const owned = ownedObjects(model, ruleset.on, await tablesOf(engine))
  const bench = workbench(tools)
  const scene: Scene = {
    ruleset,
    model,
    owned,
    decisions,
    basedOn: await publishedPosition(engine, ruleset.on),
    ...(await basesOf(engine, { ruleset, model, owned, confirmed: tools.confirmed ?? false })),
    confirmed: tools.confirmed ?? false,
  }
  const outcome = await runWatched(bench, scene, tools.extent)
  return { ...headOf(tools, startedAt), ...outcome, steps: bench.timings }
}

/** What a run is about, and what is known before it begins. */
interface Scene {
  readonly ruleset: Ruleset
  readonly model: Model
  readonly owned: readonly Owned[]
  readonly decisions: readonly Decision[]
  readonly basedOn: number
  /** What the run before was made by, and what this one is. */
  readonly before: Basis | undefined
  readonly basis: Basis
  /** Why all records are looked at; nothing where it may be enough to look at some. */
  readonly why: string | undefined
  readonly confirmed: boolean
}

async function basesOf(
  engine: Engine,
  { ruleset, model, owned, confirmed }: Pick<Scene, 'ruleset' | 'model' | 'owned' | 'confirmed'>,
): Promise<Pick<Scene, 'before' | 'basis' | 'why'>> {
  const before = await basisBefore(engine, ruleset.on)
  const steps = allSteps(ruleset, model, planRun(ruleset, model, owned))
  const now = await basisNow(engine, { ruleset, model, steps })
  const rules = rulesOf(ruleset)
  const isConfirmed = confirmed || before?.confirmed === rules
  const basis = isConfirmed ? { ...now, confirmed: rules } : now
  return { before, basis, why: reasonForAll(before, basis) }
}

/** A run that first finds out what has changed. */
async function runWatched(bench: Workbench, scene: Scene, extent: Extent = 'what changed') {
  const { ruleset, model, before, basis, decisions } = scene
  const watched = {
    ruleset,
    model,
    decisions: await keyedDecisions(bench.engine, decisions),
    still: stillObjects(before, basis),
    streams: await streamsOf(bench.engine, ruleset, model),
  }
  return makeAll(bench, changedSteps(watched), new Map(), async (seen) => {
    const everything = (why: string) =>
      compute(bench, { ...scene, why, extent: 'everything', where: seen })
    if (scene.why !== undefined) return everything(scene.why)
    if (extent === 'everything') return everything('asked for')
    return makeAll(bench, [changedStep], seen, async (changed) => {
      const all = await countIn(bench, linkTable(ruleset.on), changed)
      const some = await countIn(bench, made('changed'), changed)
      if (isMuch(some, all)) return everything(`changed records: ${some} of ${all}`)
      return withScope(bench, { ruleset, model, where: changed }, async (where) => {
        const reached = await countIn(bench, made('scope'), where)
        if (isMuch(reached, all))
          return everything(`changed records: ${some}; they reach ${reached} of ${all}`)
        const why = `changed records: ${some}`
        return compute(bench, { ...scene, why, extent: 'what changed', where })
      })
    })
  })
}

/** Below this many records it makes no difference how many of them are looked at. */
const few = 1000

/** Whether it is no less work to look at all records. */
const isMuch = (some: number, all: number): boolean => some > few && some > all / 5

async function countIn({ engine, ask }: Workbench, table: TableName, where: Made): Promise<number> {
  const [row] = await engine.rows(placed(sql`select count(*) as n from ${table}`, where), ask)
  return Number(row?.['n'] ?? 0)
}

interface Computing extends Scene {
  readonly extent: Extent
  readonly where: Made
}

const overtaken = 'rows came or went meanwhile'

/** Links, groups, ids, values: of all records or of those in scope; then published. */
async function compute(bench: Workbench, of: Computing): ReturnType<typeof settle> {
  const { ruleset, model, owned, decisions, extent } = of
  const filled = await filledFields(bench.engine, model, ruleset.on)
  const single = extent === 'everything' ? await singleObjects(bench, of) : undefined
  const isFirst = of.basedOn === 0 && extent === 'everything'
  const plan = planRun(ruleset, model, owned, { extent, filled, single, isFirst })
  const passing = (steps: readonly Step[]) => ({
    steps,
    // What changed is checked by keys once more, when all has been read.
    isPassing: (step: string) =>
      isPassing(ruleset, step) || (step === 'key' && extent === 'everything'),
  })
  return makePassing(bench, passing(plan.find), of.where, async (values) => {
    if (extent === 'what changed' && (await isOvertaken(bench, ruleset, values)))
      return compute(bench, { ...of, extent: 'everything', why: overtaken })
    return withModelLinks(bench, { ruleset, model, found: values, extent }, (found, scoring) =>
      scoring?.isOvertaken
        ? compute(bench, { ...of, extent: 'everything', why: overtaken })
        : withGroups(bench, { ruleset, links: plan.links, found, decisions }, (grouped) =>
            makePassing(bench, passing(plan.settle), grouped, (where) =>
              settle(bench, { ...of, where, scoring, filled }),
            ),
          ),
    )
  })
}

/**
 * The fields of people that hold a value, or did when something was published last. Most of what the standard model knows
 * about them is told by nobody, and a column of nothing costs as much as any other.
 */
async function filledFields(
  engine: Engine,
  model: Model,
  on: Subject,
): Promise<ReadonlySet<string>> {
  const object = model.get(on)
  const names = unifiedFields(object).map(([name]) => name)
  const tables = [modelTable(object.key), unifiedTable(on)]
  const found = new Set<string>()
  for (const table of tables) {
    // A column of nothing is told by what the engine knows of it, any other by its first value.
    const cells = names.map(
      (name) =>
        sql`exists (select 1 from ${table} where ${column(name)} is not null) as ${column(name)}`,
    )
    const [row = {}] = await engine.rows(sql`select ${join(cells)}`)
    for (const name of names) if (row[name] === true) found.add(name)
  }
  return found
}

/**
 * The objects of which no key is there twice: of one source and one stream each, as a rule. Of a row that comes twice while the
 * run goes on a search term may stand there twice; nothing else rests on it.
 */
async function singleObjects(
  { engine, ask }: Workbench,
  { ruleset, model }: Computing,
): Promise<ReadonlySet<string>> {
  const single = new Set<string>()
  for (const object of decisiveObjects(ruleset, model)) {
    const [row] = await engine.rows(
      sql`select exists (select 1 from ${modelTable(object)} group by _key having count(*) > 1) as found`,
      ask,
    )
    if (row?.['found'] === false) single.add(object)
  }
  return single
}

async function isOvertaken({ engine, ask }: Workbench, ruleset: Ruleset, where: Made) {
  const unforeseen = sql`select exists (select 1 from (${unforeseenKeys(ruleset)}) u) as found`
  const [row] = await engine.rows(placed(unforeseen, where), ask)
  return row?.['found'] === true
}

/** Only gives rows their profiles: enough when nothing has changed that says who is who. */
export async function runOwners(
  tools: RunTools,
): Promise<Pick<RunResult, 'changed' | 'position' | 'rows_owned' | 'profiles_changed'>> {
  const { engine, model, ruleset } = tools
  await prepareUnified(engine, model, ruleset.on)
  const owned = ownedObjects(model, ruleset.on, await tablesOf(engine))
  const bench = workbench(tools)
  return makeAll(bench, planOwners(ruleset, owned), new Map(), async (where) => {
    const names = owned.map(({ object }) => `owner_${object}`)
    if (!(await anyRow(engine, names, where))) {
      const position = await publishedPosition(engine, ruleset.on)
      return { changed: false, position, rows_owned: 0, profiles_changed: [] }
    }
    const changed = await profilesIn(engine, ownersTouched(owned), where)
    const [position, rows] = await engine.change(`owners of ${ruleset.key}`, async (writer) => [
      await takePosition(writer, ruleset.on, bench.now()),
      await writeOwners(writer, owned, where),
    ])
    return { changed: true, position, rows_owned: rows, profiles_changed: changed }
  })
}

const workbench = ({ engine, clock, signal, progress }: RunTools): Workbench => ({
  engine,
  ask: { lane: 'heavy', ...(signal ? { signal } : {}) },
  now: clock.now,
  timings: [],
  progress,
})

const headOf = ({ ruleset, clock }: RunTools, startedAt: Date) => ({
  ruleset: ruleset.key,
  on: ruleset.on,
  started_at: startedAt.toISOString(),
  duration_ms: clock.now().getTime() - startedAt.getTime(),
})

const tablesOf = async (engine: Engine): Promise<ReadonlySet<string>> =>
  new Set((await engine.tables('model')).map(({ name }) => name))

/** Makes what is read and not there yet: tables of objects that no stream fills, columns of fields that are new. */
export async function prepareObjects({
  engine,
  model,
  ruleset,
}: Pick<RunTools, 'engine' | 'model' | 'ruleset'>): Promise<void> {
  await prepareUnified(engine, model, ruleset.on)
  const existing = new Map(
    (await engine.tables('model')).map(({ name, columns }) => [name, columns.map((c) => c.name)]),
  )
  const read = [ruleset.on, ...valueColumns(ruleset, model).map(({ object }) => object)]
  const incomplete = [...new Set(read)]
    .map((key) => model.get(key))
    .filter((object) => {
      const columns = existing.get(object.key) ?? []
      return columnsOf(object).some(([name]) => !columns.includes(name))
    })
  if (incomplete.length === 0) return
  await engine.change('model tables', async (writer) => {
    for (const object of incomplete)
      await shapeModelTable(writer, object, existing.get(object.key) ?? [])
  })
}

interface Settled extends Computing {
  readonly filled: ReadonlySet<string>
  readonly scoring: Scoring | undefined
}

/** Publishes what differs, and counts. */
async function settle(bench: Workbench, of: Settled) {
  const { engine } = bench
  const { ruleset, owned, where, extent, why } = of
  await refuseSharedIds(engine, where)
  const { records: looked_at, ...rest } = await countsOf(engine, of)
  if (!of.confirmed) await holdBack(engine, ruleset, rest)
  // What rules do that were confirmed, somebody has seen, however many rows came since.
  const isSeen = of.basis.confirmed !== undefined || isSameBasis(of.before, of.basis)
  if (extent === 'everything' && !isSeen) await refuseStrangers(engine, of)
  const counts = { looked_at, records: looked_at, ...rest }
  const totals = extent === 'everything' ? {} : await totalsAfter(engine, of)
  const found = extent === 'everything' ? await ruleResults(engine, of) : undefined
  const touchedProfiles = await touchedIn(engine, owned, where)
  const published = await write(bench, of)
  return {
    ...counts,
    ...totals,
    mode: extent === 'everything' ? ('full' as const) : ('incremental' as const),
    ...(why === undefined ? {} : { why }),
    rules: found ?? (await publishedRuleResults(bench, { ruleset, model: of.model })),
    ...published,
    profiles_changed: published.changed ? touchedProfiles : [],
  }
}

/** Writes what differs, in one change; what only the next run must know rises no position. */
async function write(
  bench: Workbench,
  of: Settled,
): Promise<{ changed: boolean; position: number }> {
  const { engine, now } = bench
  const { ruleset, owned, where, basedOn } = of
  const startedAt = now().getTime()
  if (await anyRow(engine, differing(owned), where)) {
    bench.progress?.('publish')
    const position = await engine.change(`identity of ${ruleset.on}`, (writer) =>
      publish(writer, { ...of, at: now() }),
    )
    bench.timings.push({ step: 'publish', ms: now().getTime() - startedAt })
    return { changed: true, position }
  }
  if (await isNewlySeen(engine, of)) {
    await engine.change(`what identity of ${ruleset.on} has seen`, (writer) => keep(writer, of))
    bench.timings.push({ step: 'keep', ms: now().getTime() - startedAt })
  }
  return { changed: false, position: basedOn }
}

async function isNewlySeen(
  engine: Engine,
  { ruleset, before, basis, where }: Settled,
): Promise<boolean> {
  return !isSameBasis(before, basis) || (await anyRow(engine, keeping(ruleset), where))
}

/** Two profiles with one id would be one profile for everybody else; so nothing is published. */
async function refuseSharedIds(engine: Engine, where: Made): Promise<void> {
  const shared = sql`select profile from ${made('assigned')} group by profile having count(*) > 1 limit 1`
  const [row] = await engine.rows(placed(shared, where))
  if (row) throw new Error(`two profiles would get the id ${String(row['profile'])}`)
}

async function anyRow(engine: Engine, steps: readonly string[], where: Made): Promise<boolean> {
  if (steps.length === 0) return false
  const each = steps.map((step) => sql`exists (select 1 from ${made(step)})`)
  const [row] = await engine.rows(placed(sql`select ${some(each)} as found`, where))
  return row?.['found'] === true
}

/** Every row of `unified_added` is a profile of its own, so that nothing need be made distinct where there are many. */
async function touchedIn(
  engine: Engine,
  owned: readonly Owned[],
  where: Made,
): Promise<readonly string[] | 'all'> {
  const [row] = await engine.rows(
    placed(sql`select count(*) as n from ${made('unified_added')}`, where),
  )
  return Number(row?.['n']) > mostNamed ? 'all' : profilesIn(engine, touched(owned), where)
}

async function profilesIn(
  engine: Engine,
  profiles: Part,
  where: Made,
): Promise<readonly string[] | 'all'> {
  const rows = await engine.rows(
    placed(sql`select profile from (${profiles}) p limit ${value(mostNamed + 1)}`, where),
  )
  return rows.length > mostNamed ? 'all' : rows.map((row) => String(row['profile']))
}
