import {
  type Engine,
  type Made,
  made,
  makeAll,
  type Part,
  placed,
  some,
  sql,
  value,
  type Workbench,
} from '#engine'
import type { Clock } from '#kernel/clock.ts'
import { columnsOf, type Model, shapeModelTable } from '#model'
import type { Decision, Run } from './api.ts'
import { countsOf, ruleResults } from './count.ts'
import type { Ruleset } from './definition.ts'
import { withGroups } from './groups.ts'
import { type Scoring, trainedModelOf, withModelLinks } from './model-links.ts'
import { type Owned, ownedObjects, ownersTouched, writeOwners } from './owners.ts'
import { planOwners, planRun } from './plan.ts'
import { differing, publish, takePosition, touched } from './publish.ts'
import { prepareUnified, publishedPosition } from './tables.ts'
import { valueColumns } from './values.ts'

/** What a run needs. */
export interface RunTools {
  readonly engine: Engine
  readonly clock: Clock
  readonly model: Model
  readonly ruleset: Ruleset
  /** The decisions that stand. */
  readonly decisions?: readonly Decision[]
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
 * A whole run: everything is computed beside the published state and then written in one change. Without a difference
 * nothing is written and no position rises.
 */
export async function runIdentity(tools: RunTools): Promise<RunResult> {
  const startedAt = tools.clock.now()
  const { engine, model, ruleset, decisions = [] } = tools
  trainedModelOf(ruleset)
  await prepareObjects(tools)
  const owned = ownedObjects(model, ruleset.on, await tablesOf(engine))
  const basedOn = await publishedPosition(engine, ruleset.on)
  const plan = planRun(ruleset, model, owned)
  const bench = workbench(tools)
  const outcome = await makeAll(bench, plan.find, new Map(), (values) =>
    withModelLinks(bench, { ruleset, model, found: values }, (found, scoring) =>
      withGroups(bench, { ruleset, links: plan.links, found, decisions }, (grouped) =>
        makeAll(bench, plan.settle, grouped, (where) =>
          settle(bench, { ruleset, model, owned, where, basedOn, scoring }),
        ),
      ),
    ),
  )
  return { ...headOf(tools, startedAt), ...outcome, steps: bench.timings }
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

interface Settled {
  readonly ruleset: Ruleset
  readonly model: Model
  readonly owned: readonly Owned[]
  readonly where: Made
  readonly basedOn: number
  readonly scoring: Scoring | undefined
}

/** Publishes what differs, and counts. */
async function settle(bench: Workbench, of: Settled) {
  const { engine, now } = bench
  const { ruleset, owned, where, basedOn } = of
  await refuseSharedIds(engine, where)
  const result = {
    ...(await countsOf(engine, of)),
    rules: await ruleResults(engine, of),
  }
  if (!(await anyRow(engine, differing(owned), where)))
    return { ...result, changed: false, position: basedOn, profiles_changed: [] }
  const profiles = await profilesIn(engine, touched(owned), where)
  bench.progress?.('publish')
  const startedAt = now().getTime()
  const position = await engine.change(`identity of ${ruleset.on}`, (writer) =>
    publish(writer, { ...of, at: now() }),
  )
  bench.timings.push({ step: 'publish', ms: now().getTime() - startedAt })
  return { ...result, changed: true, position, profiles_changed: profiles }
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
