import type { Call, Command, CommandTools } from '../command.ts'
import { cliFaults } from '../faults.ts'
import { followJob } from '../follow.ts'
import { grouped, tableOf } from '../table.ts'

interface Blocks {
  readonly rule: string
  readonly blocks: number
  readonly pairs: number
  readonly left_out: { readonly records: number }
}

interface Model {
  readonly model: string
  readonly label?: string
  readonly on: string
  readonly used_by: readonly string[]
  readonly trained?: {
    readonly at: string
    readonly records: number
    readonly candidates: number
    readonly matches: number
    readonly rounds: number
  }
  readonly prior?: { readonly weight: number }
  readonly comparisons: readonly {
    readonly column: string
    readonly levels: readonly {
      readonly level: string
      readonly m?: number
      readonly u?: number
      readonly weight?: number
    }[]
  }[]
  readonly blocks: readonly Blocks[]
  readonly doubts: readonly string[]
}

interface Proposal {
  readonly settings: unknown
  readonly profile: {
    readonly records: number
    readonly columns: readonly {
      readonly column: string
      readonly kind: string
      readonly filled: number
      readonly distinct: number
      readonly bits: number
    }[]
  }
  readonly left_out: readonly { readonly column: string; readonly why: string }[]
  readonly blocks: readonly Blocks[]
}

/** Trains a model; what it learns becomes a new version of its definition. */
export const identityTrain: Command = {
  name: 'identity-train',
  takes: '<model>',
  about: 'Train a model that weighs pairs of records; what it learns becomes a new version of it',
  options: {
    seed: { type: 'string', about: 'Another seed draws other random pairs' },
    labels: {
      type: 'string',
      about: 'Learn from judged pairs: judged (by identity-label), or stream,left,right,is_match',
    },
  },
  run: async (call, tools) => {
    const path = pathOf(identityTrain, call)
    const tessera = await tools.client()
    const body = { ...seedIn(call), ...labelsIn(call) }
    // The endpoints answer with these shapes; see the identity room.
    const { job } = (await tessera.call('POST', `${path}/train`, { body })) as { job: string }
    tools.out.print(shown((await followJob(tessera, tools.out, job)) as Model, tools))
  },
}

/** Lists the models. */
export const identityModels: Command = {
  name: 'identity-models',
  takes: '',
  about: 'List the models that weigh pairs of records, who uses them and when they learned',
  run: async (_, { client, out }) => {
    // As above.
    const models = (await (await client()).call('GET', '/identity/models')) as readonly Model[]
    out.print(out.isJson ? JSON.stringify(models, null, 2) : listed(models))
  },
}

/** Shows what a model has learned. */
export const identityModel: Command = {
  name: 'identity-model',
  takes: '<model>',
  about: 'What each level of a model weighs, and what speaks against trusting it',
  run: async (call, tools) => {
    const tessera = await tools.client()
    // As above.
    tools.out.print(shown((await tessera.call('GET', pathOf(identityModel, call))) as Model, tools))
  },
}

/** Shows the settings that records propose. */
export const identityPropose: Command = {
  name: 'identity-propose',
  takes: '<model>',
  about: 'The settings that the records propose for a model, without training it',
  run: async (call, tools) => {
    const tessera = await tools.client()
    const path = `${pathOf(identityPropose, call)}/propose`
    // As above.
    const found = (await tessera.call('POST', path)) as Proposal
    tools.out.print(tools.out.isJson ? JSON.stringify(found, null, 2) : proposalOf(found))
  },
}

function pathOf({ name, takes }: Command, { words }: Call): string {
  const [model] = words
  if (model === undefined) throw cliFaults.missing_word({ command: name, takes })
  return `/identity/models/${encodeURIComponent(model)}`
}

const seedIn = ({ options: { seed } }: Call) => (typeof seed === 'string' ? { seed } : {})

function labelsIn({ options: { labels } }: Call) {
  if (typeof labels !== 'string') return {}
  if (labels === 'judged') return { labels }
  const [stream, left, right, is_match] = labels.split(',')
  if (stream && left && right && is_match) return { labels: { stream, left, right, is_match } }
  throw cliFaults.bad_option({
    why: '--labels is judged, or names a stream and three of its columns: stream,left,right,is_match',
  })
}

const share = (of: number | undefined): string => (of === undefined ? '' : of.toPrecision(3))
const bits = (of: number | undefined): string => (of === undefined ? '' : of.toFixed(2))

function shown(model: Model, { out }: CommandTools): string {
  if (out.isJson) return JSON.stringify(model, null, 2)
  const levels = model.comparisons.flatMap(({ column, levels: all }) =>
    all.map(({ level, m, u, weight }, i) => [
      i === 0 ? column : '',
      level,
      share(m),
      share(u),
      bits(weight),
    ]),
  )
  const table = tableOf(
    [
      { title: 'column' },
      { title: 'level' },
      { title: 'm', align: 'right' },
      { title: 'u', align: 'right' },
      { title: 'bits', align: 'right' },
    ],
    [['', 'before looking', '', '', bits(model.prior?.weight)], ...levels],
  )
  const doubts = model.doubts.map((doubt) => `! ${doubt}`)
  return [trainingOf(model), '', table, '', blocksOf(model.blocks), ...doubts].join('\n').trim()
}

function listed(models: readonly Model[]): string {
  if (models.length === 0) return 'no model is defined'
  const titles = ['model', 'label', 'on', 'used by', 'learned'].map((title) => ({ title }))
  const rows = models.map(({ model, label = '', on, used_by, trained, doubts }) => [
    model,
    label,
    on,
    used_by.join(', '),
    trained ? trained.at : 'not yet',
    trained ? grouped(Math.round(trained.matches)) : '',
    doubts.length,
  ])
  const right = ['matches', 'doubts'].map((title) => ({ title, align: 'right' as const }))
  return tableOf([...titles, ...right], rows)
}

function trainingOf({ model, trained }: Model): string {
  if (!trained) return `${model} has not learned yet`
  const { records, candidates, matches, rounds, at } = trained
  return `${model} learned at ${at} from ${grouped(records)} records: ${grouped(candidates)} candidates, about ${grouped(Math.round(matches))} matches, ${rounds} rounds`
}

const blocksOf = (blocks: readonly Blocks[]): string =>
  blocks.length === 0
    ? ''
    : tableOf(
        [
          { title: 'block rule' },
          { title: 'blocks', align: 'right' },
          { title: 'pairs', align: 'right' },
          { title: 'records left out', align: 'right' },
        ],
        blocks.map(({ rule, blocks: count, pairs, left_out }) => [
          rule,
          grouped(count),
          grouped(pairs),
          grouped(left_out.records),
        ]),
      )

function proposalOf({ profile, left_out, blocks }: Proposal): string {
  const why = new Map(left_out.map((of) => [of.column, of.why]))
  const table = tableOf(
    [
      { title: 'column' },
      { title: 'kind' },
      { title: 'filled', align: 'right' },
      { title: 'values', align: 'right' },
      { title: 'bits', align: 'right' },
      { title: 'left out because' },
    ],
    profile.columns.map(({ column, kind, filled, distinct, bits: told }) => [
      column,
      kind,
      `${Math.round(filled * 100)} %`,
      grouped(distinct),
      told.toFixed(1),
      why.get(column) ?? '',
    ]),
  )
  return [`${grouped(profile.records)} records`, '', table, '', blocksOf(blocks)].join('\n')
}
