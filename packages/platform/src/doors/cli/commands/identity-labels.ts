import type { Command, CommandTools } from '../command.ts'
import { cliFaults } from '../faults.ts'
import { tableOf } from '../table.ts'

interface Named {
  readonly stream: string
  readonly id: string
}

interface Label {
  readonly number: number
  readonly left: Named
  readonly right: Named
  readonly is_match: boolean
  readonly why?: string
  readonly by: string
  readonly at: string
  readonly withdrawn?: { readonly why: string; readonly by: string }
}

interface Sample {
  readonly weight_at_least: number
  readonly pairs: readonly {
    readonly left: Named
    readonly right: Named
    readonly model: {
      readonly weight: number
      readonly probability: number
      readonly falls: readonly {
        readonly column: string
        readonly level: string
        readonly left: readonly string[]
        readonly right: readonly string[]
      }[]
    }
  }[]
}

const verdicts: ReadonlyMap<string, boolean> = new Map([
  ['same', true],
  ['different', false],
])

/** Draws pairs that are worth judging. */
export const identitySample: Command = {
  name: 'identity-sample',
  takes: '<ruleset>',
  about: "Draw pairs around the threshold of a ruleset's model, to be judged; values masked",
  options: {
    count: { type: 'string', about: 'So many pairs; 20 unless given' },
    seed: { type: 'string', about: 'Another seed draws other pairs' },
    among: {
      type: 'string',
      about: 'doubtful (unless given): around the threshold; all: any candidate, for measuring',
    },
  },
  run: async ({ words: [ruleset], options }, { client, out }) => {
    const { name, takes } = identitySample
    if (ruleset === undefined) throw cliFaults.missing_word({ command: name, takes })
    const query = {
      ...(options['count'] === undefined ? {} : { count: Number(options['count']) }),
      ...(typeof options['seed'] === 'string' ? { seed: options['seed'] } : {}),
      ...(typeof options['among'] === 'string' ? { among: options['among'] } : {}),
    }
    const path = `/identity/${encodeURIComponent(ruleset)}/sample`
    // The endpoint answers with this shape; see its room.
    const sample = (await (await client()).call('GET', path, { query })) as Sample
    out.print(out.isJson ? JSON.stringify(sample, null, 2) : sampled(sample))
  },
}

function sampled({ pairs }: Sample): string {
  if (pairs.length === 0) return 'no pair is near the threshold'
  return tableOf(
    [
      { title: 'bits', align: 'right' },
      { title: 'left' },
      { title: 'right' },
      { title: 'how they agree' },
    ],
    pairs.map(({ left, right, model: { weight, falls } }) => [
      weight.toFixed(1),
      nameOf(left),
      nameOf(right),
      falls
        .filter(({ level }) => level !== 'missing')
        .map(({ column, level }) => `${column} ${level}`)
        .join(', '),
    ]),
  )
}

/** Writes down whether two records are one. */
export const identityLabel: Command = {
  name: 'identity-label',
  takes: '<record> <record> same|different',
  about: 'Say whether two records are one, for models to learn from; no run is bound by it',
  options: {
    on: { type: 'string', about: 'individual (unless given) or account' },
    why: { type: 'string', about: 'Why, for those who come after' },
  },
  run: async ({ words: [left, right, verdict], options }, tools) => {
    const { name, takes } = identityLabel
    const is_match = verdicts.get(verdict ?? '')
    if (left === undefined || right === undefined || is_match === undefined)
      throw cliFaults.missing_word({ command: name, takes })
    const why = typeof options['why'] === 'string' ? { why: options['why'] } : {}
    const body = { ...onIn(options), labels: [{ left, right, is_match, ...why }] }
    await showLabels(tools, (await tools.client()).call('POST', '/identity/labels', { body }))
  },
}

/** Lists what people judged, or withdraws some of it. */
export const identityLabels: Command = {
  name: 'identity-labels',
  takes: '[number ...]',
  about: 'List pairs that people judged, newest first; with --withdraw, withdraw those numbers',
  options: {
    on: { type: 'string', about: 'individual (unless given) or account' },
    withdraw: { type: 'string', about: 'Why they are withdrawn' },
  },
  run: async ({ words, options }, tools) => {
    const tessera = await tools.client()
    const why = options['withdraw']
    if (typeof why !== 'string') {
      const query = onIn(options)
      return showLabels(tools, tessera.call('GET', '/identity/labels', { query }))
    }
    const { name, takes } = identityLabels
    if (words.length === 0) throw cliFaults.missing_word({ command: name, takes })
    const body = { labels: words.map(Number), why }
    return showLabels(tools, tessera.call('POST', '/identity/labels/withdraw', { body }))
  },
}

const onIn = ({ on }: Readonly<Record<string, unknown>>) => (typeof on === 'string' ? { on } : {})

const nameOf = ({ stream, id }: Named): string => `${stream}:${id}`

async function showLabels({ out }: CommandTools, asked: Promise<unknown>): Promise<void> {
  // The endpoints answer with these shapes; see the identity room.
  const labels = (await asked) as readonly Label[]
  if (out.isJson) return out.print(JSON.stringify(labels, null, 2))
  if (labels.length === 0) return out.print('nothing has been judged')
  const rows = labels.map(({ number, left, right, is_match, by, at, why = '', withdrawn }) => [
    number,
    nameOf(left),
    nameOf(right),
    is_match ? 'same' : 'different',
    by,
    at,
    withdrawn ? `withdrawn: ${withdrawn.why}` : why,
  ])
  const titles = ['left', 'right', 'verdict', 'by', 'when', 'why'].map((title) => ({ title }))
  out.print(tableOf([{ title: 'label', align: 'right' }, ...titles], rows))
}
