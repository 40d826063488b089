import type { Definitions } from '#definitions'
import type { Engine, Workbench } from '#engine'
import type { Jobs, JobTools } from '#jobs'
import { type Caller, systemCaller } from '#kernel/caller.ts'
import type { Clock } from '#kernel/clock.ts'
import { didYouMean } from '#kernel/near.ts'
import { agreementName, doubtsAbout, type Learned, probabilityOf } from '#matching'
import { type Comparison, levelName } from '#matching/definition'
import type { Model } from '#model'
import type { Store } from '#store'
import type { Recorder } from './decide.ts'
import type { Ruleset } from './definition.ts'
import { identityFaults } from './faults.ts'
import type { ModelStatus, ProposalAnswer, TrainBody } from './model-api.ts'
import { isTrained, withoutValues } from './model-definition.ts'
import { judgedPairsOf, judgePairs, listLabels, withdrawLabels } from './model-labels.ts'
import type { JudgeBody, Label, LabelsQuery, WithdrawLabelsBody } from './model-labels-api.ts'
import type { KeptModel, ModelMemory } from './model-memory.ts'
import { proposeModel, trainModel } from './model-train.ts'
import { bitsOf, priorBits } from './model-words.ts'

/** What models need from the house. */
export interface MatchModelTools {
  readonly engine: Engine
  readonly store: Store
  readonly clock: Clock
  readonly definitions: Pick<Definitions, 'put'>
  readonly memory: ModelMemory
  readonly jobs: Jobs
  /** Writes down who judged what; without it, only the label itself tells. */
  readonly record?: Recorder
  /** The data model and the rulesets as they are defined at this moment. */
  readonly model: () => Promise<Model>
  readonly rulesets: () => Promise<readonly Ruleset[]>
}

/** Models that weigh pairs: what they learned, and learning it. */
export interface MatchModels {
  readonly list: () => Promise<readonly ModelStatus[]>
  readonly get: (model: string) => Promise<ModelStatus>
  /** The settings that the records propose, whatever the model's own are. */
  readonly propose: (
    model: string,
    options?: { readonly signal?: AbortSignal },
  ) => Promise<ProposalAnswer>
  /** Trains in the background and puts what was learned into a new version of the definition; the job to follow. */
  readonly train: (model: string, body: TrainBody, caller: Caller) => Promise<{ job: string }>
  /** Writes down which pairs are one in somebody's judgement, for training. */
  readonly judge: (body: JudgeBody, caller: Caller) => Promise<readonly Label[]>
  readonly labels: (query: LabelsQuery) => Promise<readonly Label[]>
  readonly withdrawLabels: (body: WithdrawLabelsBody, caller: Caller) => Promise<readonly Label[]>
}

const jobKind = 'identity.train'

interface Payload extends TrainBody {
  readonly model: string
  readonly by: string
}

/** The verbs of models. Make it before the jobs start. */
export function makeMatchModels(tools: MatchModelTools): MatchModels {
  const { definitions, jobs, memory, record = async () => {} } = tools
  const get = async (key: string): Promise<KeptModel> => {
    const known = await memory.models()
    const found = known.find((model) => model.key === key)
    if (found) return found
    const keys = known.map((model) => model.key)
    throw identityFaults.unknown_model({ model: key, near: didYouMean(key, keys) })
  }
  const status = async (of: KeptModel) => statusOf(of, await tools.rulesets())
  // Payloads are those that are queued below.
  jobs.handle(jobKind, async (payload, job) => {
    const { model: key, by, ...options } = payload as Payload
    const { version, ...kept } = await get(key)
    const { labels: from, ...how } = options
    const labels = from === 'judged' ? await judgedPairsOf(tools.store, kept.on) : from
    const bench = benchOf(tools, job)
    const { learned, trained } = await trainModel({ bench, model: await tools.model() }, kept, {
      ...how,
      labels,
    })
    const { key: _, ...body } = kept
    const definition = { kind: 'match_model', key, body: { ...body, learned, trained } }
    await definitions.put(definition, { ...systemCaller, name: by }, { over: version })
    return status(await get(key))
  })

  return {
    list: async () => Promise.all((await memory.models()).map(status)),
    get: async (key) => status(await get(key)),
    propose: async (key, { signal } = {}) => {
      const { on } = await get(key)
      const bench = benchOf(tools, signal ? { signal } : {})
      const { blocks, ...proposal } = await proposeModel({ bench, model: await tools.model() }, on)
      return {
        settings: proposal.settings,
        profile: {
          records: proposal.profile.records,
          columns: proposal.profile.columns.map((of) => ({ ...of })),
        },
        left_out: proposal.left_out.map((of) => ({ ...of })),
        blocks: blocks.map(withoutValues),
      }
    },
    train: async (key, body, caller) => {
      await get(key)
      const payload: Payload = { ...body, model: key, by: caller.name }
      const job = await jobs.enqueue({ kind: jobKind, key, payload, maxAttempts: 2 })
      return { job: job.id }
    },
    judge: (body, caller) => judgePairs({ ...tools, record }, body, caller),
    labels: (query) => listLabels(tools, query),
    withdrawLabels: (body, caller) => withdrawLabels({ ...tools, record }, body, caller),
  }
}

function benchOf(
  { engine, clock }: MatchModelTools,
  { signal, progress }: Partial<Pick<JobTools, 'signal' | 'progress'>>,
): Workbench {
  let done = 0
  return {
    engine,
    ask: { lane: 'heavy', ...(signal ? { signal } : {}) },
    now: clock.now,
    timings: [],
    progress: (note) => progress?.({ done: done++, note }),
  }
}

/** A model as people look at it: what each level weighs, and what speaks against trusting it. */
function statusOf(of: KeptModel, rulesets: readonly Ruleset[]): ModelStatus {
  const settings = of.trained?.settings ?? of.settings
  return {
    model: of.key,
    ...(of.label === undefined ? {} : { label: of.label }),
    on: of.on,
    version: of.version,
    used_by: rulesets.filter(({ model }) => model?.use === of.key).map(({ key }) => key),
    ...trainingOf(of),
    ...(settings ? { settings } : {}),
    comparisons: (settings?.comparisons ?? []).map((comparison, i) => ({
      column: comparison.column,
      levels: levelsOf(comparison, of.learned?.comparisons[i]),
      ...dependenceOf(of, i),
    })),
    blocks: of.trained?.blocks ?? [],
    doubts: [...doubtsOf(of)],
  }
}

function trainingOf(of: KeptModel): Pick<ModelStatus, 'trained' | 'prior'> {
  if (!isTrained(of)) return {}
  const { learned, trained } = of
  const weight = priorBits(learned)
  return {
    trained: {
      at: trained.at,
      records: trained.records,
      candidates: trained.candidates,
      matches: learned.matches,
      seed: trained.seed,
      from: trained.from,
      rounds: learned.rounds,
      log_likelihood: learned.log_likelihood,
    },
    prior: { probability: probabilityOf(weight), weight },
  }
}

type Shares = Pick<Learned['comparisons'][number], 'm' | 'u'>

const levelsOf = ({ levels }: Comparison, shares: Shares | undefined) =>
  [...levels.map(levelName), 'differs'].map((level, i) => {
    const [m, u] = [shares?.m[i], shares?.u[i]]
    return m === undefined || u === undefined ? { level } : { level, m, u, weight: bitsOf(m, u) }
  })

function dependenceOf({ learned, trained }: KeptModel, i: number) {
  const given = learned?.comparisons[i]?.given
  const comparison = trained?.settings.comparisons[i]
  if (!given || !trained || !comparison) return {}
  const columns = given.of.map((place) => trained.settings.comparisons[place]?.column ?? '')
  const known = [...given.shares, ...(given.unknown ? [given.unknown] : [])]
  const agreements = known.map((shares, j) => ({
    given: agreementName(j + 1, columns) ?? '',
    levels: levelsOf(comparison, shares),
  }))
  return { depends_on: { columns, why: given.why, agreements } }
}

function doubtsOf(of: KeptModel): readonly string[] {
  if (!isTrained(of)) return ['it has not learned yet; train it']
  const hasOthers =
    of.settings && JSON.stringify(of.settings) !== JSON.stringify(of.trained.settings)
  return [
    ...(hasOthers
      ? ['its settings have changed since it learned; train it again to use them']
      : []),
    ...doubtsAbout(of.learned, of.trained.settings),
  ]
}
