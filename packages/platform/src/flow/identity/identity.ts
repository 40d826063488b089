import {
  type Ask,
  type Engine,
  every,
  printSteps,
  type Row,
  sql,
  value,
  type Workbench,
} from '#engine'
import type { Caller } from '#kernel/caller.ts'
import type { Clock } from '#kernel/clock.ts'
import { didYouMean } from '#kernel/near.ts'
import type { Model } from '#model'
import type { Store } from '#store'
import type {
  Decision,
  DecisionsQuery,
  Explanation,
  LinkBody,
  Measure,
  ProfileChange,
  ProfileGraph,
  Review,
  ReviewQuery,
  RulesetStatus,
  Run,
  SettleBody,
  Truth,
  UnlinkBody,
  WithdrawBody,
} from './api.ts'
import { type DecideTools, link, listDecisions, type Recorder, unlink, withdraw } from './decide.ts'
import { decisionRecords, standing } from './decisions.ts'
import type { Ruleset, Subject } from './definition.ts'
import { explain } from './explain.ts'
import { identityFaults } from './faults.ts'
import { identityChangesAfter } from './feed.ts'
import type { Feed, FeedQuery } from './feed-api.ts'
import { profileGraph } from './graph.ts'
import { guardsOf } from './guards.ts'
import { measure } from './measure.ts'
import { measureLabels } from './measure-labels.ts'
import type { MatchModel } from './model-definition.ts'
import { weigh } from './model-explain.ts'
import type { LabelMeasure } from './model-labels-api.ts'
import { ownedObjects } from './owners.ts'
import { allSteps, planRun } from './plan.ts'
import { runRecords } from './records.ts'
import { type Retired, retireAll } from './retire.ts'
import { review, settleReview } from './review.ts'
import { type RunResult, runIdentity, runOwners } from './run.ts'
import { samplePairs } from './sample.ts'
import type { Sample, SampleQuery } from './sample-api.ts'
import { type ForetellSegments, simulate } from './simulate.ts'
import type { SimulateBody, Simulation } from './simulate-api.ts'
import { draftOf } from './simulate-draft.ts'
import { changeTable, linkTable, prepareUnified, publishedTable } from './tables.ts'
import { sizesOf, thresholdsOf } from './thresholds.ts'
import type { Sizes, Thresholds, ThresholdsBody } from './thresholds-api.ts'

/** What identity needs from the house. */
export interface IdentityTools {
  readonly engine: Engine
  readonly store: Store
  readonly clock: Clock
  /** The data model and the rulesets as they are defined at this moment. */
  readonly model: () => Promise<Model>
  readonly rulesets: () => Promise<readonly Ruleset[]>
  /** The models that a ruleset could use; without it, those that rulesets use. */
  readonly models?: () => Promise<readonly MatchModel[]>
  /** What would become of segments, where there are any. */
  readonly segments?: ForetellSegments
  /** Writes down who decided what; without it, only the decision itself tells. */
  readonly record?: Recorder
}

/** How a run is followed and stopped. */
export interface RunOptions {
  readonly signal?: AbortSignal
  readonly progress?: (step: string) => void
}

/** How a run is done. */
export interface WholeRunOptions extends RunOptions {
  /** Whether all records are looked at, whatever has changed. */
  readonly full?: boolean
  /** Whether somebody has said that much may change. */
  readonly confirmed?: boolean
}

/** Records that are one, what became of them and why. */
export interface Identity {
  /** The whole run: links, groups, ids, values, and what belongs to whom; published in one piece. */
  readonly run: (
    ruleset: string,
    options?: WholeRunOptions,
  ) => Promise<RunResult & { number: number }>
  /** Only gives rows of other objects their profiles: enough when nothing has changed that says who is who. */
  readonly assign: (ruleset: string, options?: RunOptions) => ReturnType<typeof runOwners>
  /** Retires every profile of a subject that no ruleset unifies any more. */
  readonly retireAll: (on: Subject) => Promise<Retired>
  /** What a run would publish if the ruleset were as the body says; nothing is published. */
  readonly simulate: (
    ruleset: string,
    body: SimulateBody,
    options?: RunOptions,
  ) => Promise<Simulation>
  /** A ruleset as a body says; refused with everything that is wrong with it. */
  readonly draft: (ruleset: string, body: SimulateBody) => Promise<Ruleset>
  /** What a run will do: its steps with their SQL, as text. */
  readonly plan: (ruleset: string) => Promise<string>
  readonly status: (ruleset: string) => Promise<RulesetStatus>
  readonly runs: (ruleset: string, limit?: number) => Promise<readonly Run[]>
  readonly measure: (ruleset: string, truth: Truth, options?: RunOptions) => Promise<Measure>
  /** How good the published profiles are, by the pairs that people judged. */
  readonly measureLabels: (ruleset: string) => Promise<LabelMeasure>
  /** What the ruleset's model would find at each threshold, and which records it could never link. */
  readonly thresholds: (
    ruleset: string,
    body: ThresholdsBody,
    options?: RunOptions,
  ) => Promise<Thresholds>
  /** Pairs around the threshold of the ruleset's model, to be judged by people. */
  readonly sample: (ruleset: string, query?: SampleQuery, options?: RunOptions) => Promise<Sample>
  /** How large the published profiles are, and which are much larger than the others. */
  readonly sizes: (ruleset: string) => Promise<Sizes>
  readonly explain: (
    ruleset: string,
    records: { readonly left: string; readonly right: string },
    options?: RunOptions,
  ) => Promise<Explanation>
  /** Links two records, or keeps records apart, in every run from now on. */
  readonly link: (ruleset: string, body: LinkBody, caller: Caller) => Promise<readonly Decision[]>
  readonly unlink: (
    ruleset: string,
    body: UnlinkBody,
    caller: Caller,
  ) => Promise<readonly Decision[]>
  readonly withdraw: (
    ruleset: string,
    body: WithdrawBody,
    caller: Caller,
  ) => Promise<readonly Decision[]>
  /** What was decided, newest first. */
  readonly decisions: (ruleset: string, query?: DecisionsQuery) => Promise<readonly Decision[]>
  /** Pairs of profiles that rules would make one, were it not for a guard. */
  readonly review: (ruleset: string, query?: ReviewQuery) => Promise<Review>
  /** Joins pairs that wait for review, or keeps them apart. */
  readonly settle: (
    ruleset: string,
    body: SettleBody,
    caller: Caller,
  ) => Promise<readonly Decision[]>
  /** The records of a profile and what holds them together. */
  readonly graph: (ruleset: string, profile: string) => Promise<ProfileGraph>
  /** By subject, how many decisions and withdrawals there have been: when it rises, profiles are stale. */
  readonly decided: () => Promise<ReadonlyMap<string, number>>
  /** What happened to profiles of all rulesets and what was decided, after a place, in order. */
  readonly changesAfter: (query?: FeedQuery) => Promise<Feed>
  /** What happened to profiles, newest first. */
  readonly changes: (
    ruleset: string,
    page?: { readonly limit?: number; readonly before?: number },
  ) => Promise<readonly ProfileChange[]>
}

/** The verbs of identity. */
export function makeIdentity(tools: IdentityTools): Identity {
  const { engine, clock } = tools
  const records = runRecords(tools.store)
  const decisions = decisionRecords(tools.store)
  const inTurn = turns()
  const get = async (key: string): Promise<Ruleset> => {
    const all = await tools.rulesets()
    const found = all.find((ruleset) => ruleset.key === key)
    if (found) return found
    const near = didYouMean(
      key,
      all.map((ruleset) => ruleset.key),
    )
    throw identityFaults.unknown_ruleset({ ruleset: key, near })
  }
  const scene = async (key: string, options: RunOptions = {}) => ({
    engine,
    clock,
    ruleset: await get(key),
    model: await tools.model(),
    ...options,
  })

  const draft = async (key: string, body: SimulateBody): Promise<Ruleset> => {
    const rulesets = await tools.rulesets()
    const models = (await tools.models?.()) ?? rulesets.flatMap(({ matcher }) => matcher ?? [])
    return draftOf(key, body, { rulesets, models, model: await tools.model() })
  }
  const benchOf = (lane: NonNullable<Ask['lane']>, { signal }: RunOptions = {}): Workbench => ({
    engine,
    ask: { lane, ...(signal ? { signal } : {}) },
    now: clock.now,
    timings: [],
  })
  const published = async (key: string) => {
    const ruleset = await get(key)
    await prepareUnified(engine, await tools.model(), ruleset.on)
    return { engine, ruleset }
  }
  const desk = async (key: string, caller: Caller): Promise<DecideTools> => {
    const { on } = (await published(key)).ruleset
    const { store, record = async () => {} } = tools
    return { engine, store, clock, decisions, record, caller, ruleset: key, on }
  }

  return {
    run: (key, { full = false, confirmed = false, ...options } = {}) =>
      inTurn(key, async () => {
        const tools = await scene(key, options)
        const stand = standing(await decisions.list(tools.ruleset.on))
        const extent = full ? { extent: 'everything' as const } : {}
        const { profiles_changed, ...result } = await runIdentity({
          ...tools,
          ...extent,
          confirmed,
          decisions: stand,
        })
        return { ...(await records.keep(result)), profiles_changed }
      }),
    assign: (key, options) => inTurn(key, async () => runOwners(await scene(key, options))),
    retireAll: async (on) => retireAll({ engine, clock, model: await tools.model() }, on),
    draft,
    simulate: async (key, body, options = {}) => {
      const ruleset = await draft(key, body)
      const model = await tools.model()
      const stand = standing(await decisions.list(ruleset.on))
      const published = (await tools.rulesets()).find((of) => of.key === key)
      const { segments } = tools
      const scene = { engine, clock, model, ruleset, decisions: stand }
      return simulate({ ...scene, published, segments, ...options })
    },
    plan: async (key) => {
      const { ruleset, model } = await scene(key)
      const existing = new Set((await engine.tables('model')).map(({ name }) => name))
      const plan = planRun(ruleset, model, ownedObjects(model, ruleset.on, existing))
      return printSteps(allSteps(ruleset, model, plan), engine.dialect)
    },
    status: async (key) => {
      const ruleset = await get(key)
      const { label, on } = ruleset
      const [last] = await records.list(key, 1)
      return {
        ruleset: key,
        ...(label === undefined ? {} : { label }),
        on,
        guards: guardsOf(ruleset),
        ...(last === undefined ? {} : { last_run: last }),
      }
    },
    runs: async (key, limit = 50) => {
      await get(key)
      return records.list(key, limit)
    },
    measure: async (key, truth, options) => measure(await scene(key, options), truth),
    measureLabels: async (key) => measureLabels({ ...(await scene(key)), store: tools.store }),
    thresholds: async (key, body, options) => {
      const { ruleset, model } = await scene(key)
      const bench = benchOf('heavy', options)
      return thresholdsOf({ bench, store: tools.store, model, ruleset }, body)
    },
    sample: async (key, query = {}, options) => {
      const { ruleset, model } = await scene(key)
      return samplePairs({ bench: benchOf('heavy', options), model, ruleset }, query)
    },
    sizes: async (key) => sizesOf(engine, linkTable((await published(key)).ruleset.on)),
    explain: async (key, pair, options) => {
      const tools = await published(key)
      const stand = standing(await decisions.list(tools.ruleset.on))
      const found = await explain({ ...tools, decisions: stand }, pair)
      const [left, right] = [found.left.record, found.right.record]
      const bench = benchOf('ask', options)
      const weighing = { bench, model: (await scene(key)).model, ruleset: tools.ruleset }
      const model = await weigh(weighing, { left, right })
      return { ...found, ...(model ? { model } : {}) }
    },
    link: async (key, body, caller) => link(await desk(key, caller), body),
    unlink: async (key, body, caller) => unlink(await desk(key, caller), body),
    withdraw: async (key, body, caller) => withdraw(await desk(key, caller), body),
    decisions: async (key, query = {}) =>
      listDecisions({ engine, decisions, on: (await published(key)).ruleset.on }, query),
    review: async (key, query = {}) => review({ ...(await published(key)), decisions }, query),
    settle: async (key, body, caller) =>
      settleReview(await desk(key, caller), body, (await published(key)).ruleset),
    graph: async (key, profile) => {
      const tools = await published(key)
      return profileGraph(tools, profile, await decisions.list(tools.ruleset.on))
    },
    decided: decisions.counts,
    changesAfter: (query) => identityChangesAfter({ engine, store: tools.store }, query),
    changes: async (key, { limit = 100, before } = {}) => {
      const { on } = (await published(key)).ruleset
      const conditions = before === undefined ? [] : [sql`c.position < ${value(before)}`]
      const rows = await engine.rows(sql`select c.position, p.at, c.kind, c.profile, c.other
        from ${changeTable(on)} c
        left join ${publishedTable} p on p.position = c.position and p.subject = ${value(on)}
        where ${every(conditions)} order by c.position desc, c.kind, c.profile limit ${value(limit)}`)
      return rows.map(changeFrom)
    },
  }
}

const changeFrom = (row: Row): ProfileChange => ({
  position: Number(row['position']),
  at: String(row['at']),
  // Only these words are ever written there.
  kind: String(row['kind']) as ProfileChange['kind'],
  profile: String(row['profile']),
  ...(row['other'] === null ? {} : { other: String(row['other']) }),
})

/** Lets work of one ruleset go one after the other. */
function turns() {
  const last = new Map<string, Promise<unknown>>()
  return <T>(key: string, work: () => Promise<T>): Promise<T> => {
    const mine = (last.get(key) ?? Promise.resolve()).then(work, work)
    last.set(
      key,
      mine.catch(() => {}),
    )
    return mine
  }
}
