import type { Call, Command } from '../command.ts'
import { cliFaults } from '../faults.ts'
import { grouped, tableOf } from '../table.ts'
import { wordOf } from '../words.ts'

interface Quality {
  readonly precision: number
  readonly recall: number
  readonly f1: number
}

interface Measured {
  readonly pairs: Quality & { readonly true: number; readonly found: number }
  readonly b_cubed: Quality
  readonly missed: { readonly pairs: number; readonly out_of_reach: number }
}

interface ByLabels extends Quality {
  readonly judged: number
  readonly matches: number
  readonly found: number
}

interface Threshold extends Quality {
  readonly weight: number
  readonly probability: number
  readonly found: number
  readonly b_cubed?: Quality
}

interface Thresholds {
  readonly weight_at_least: number
  readonly pairs?: { readonly thresholds: readonly Threshold[]; readonly best?: Threshold }
  readonly unlinkable: { readonly records: number; readonly share: number }
}

/** Measures profiles, or a model at every threshold. */
export const identityMeasure: Command = {
  name: 'identity-measure',
  takes: '<ruleset>',
  about: 'Measure the published profiles by what people judged, or against a stream of answers',
  options: {
    truth: {
      type: 'string',
      about: 'Known answers, a stream and three of its columns: stream,source,record,entity',
    },
    thresholds: { type: 'boolean', about: 'What the model would find at every threshold instead' },
    step: { type: 'string', about: 'Bits between thresholds; 0.5 unless given' },
  },
  run: async (call, { client, out }) => {
    const path = `/identity/${encodeURIComponent(wordOf(identityMeasure, call))}/measure`
    const truth = truthIn(call)
    const tessera = await client()
    const print = <T>(found: unknown, shown: (of: T) => string) =>
      // The endpoints answer with these shapes; see the identity room.
      out.print(out.isJson ? JSON.stringify(found, null, 2) : shown(found as T))
    if (call.options['thresholds'] === true) {
      const body = { ...(truth ? { truth } : { labels: true }), ...stepIn(call) }
      return print(await tessera.call('POST', `${path}/thresholds`, { body }), shownThresholds)
    }
    if (truth) return print(await tessera.call('POST', path, { body: truth }), shownMeasure)
    return print(await tessera.call('GET', `${path}/labels`), shownByLabels)
  },
}

function truthIn({ options: { truth } }: Call) {
  if (typeof truth !== 'string') return undefined
  const [stream, source, record, entity] = truth.split(',')
  if (stream && source && record && entity) return { stream, source, record, entity }
  throw cliFaults.bad_option({
    why: '--truth names a stream and three of its columns: stream,source,record,entity',
  })
}

const stepIn = ({ options: { step } }: Call) => (step === undefined ? {} : { step: Number(step) })

const right = (title: string) => ({ title, align: 'right' as const })
const percent = (of: number): string => `${(of * 100).toFixed(2)} %`
const shares = ({ precision, recall, f1 }: Quality) => [precision, recall, f1].map(percent)
const titles = ['precision', 'recall', 'F1'].map(right)

const shownMeasure = ({ pairs, b_cubed, missed }: Measured): string =>
  [
    tableOf(
      [{ title: '' }, ...titles],
      [
        ['pairs', ...shares(pairs)],
        ['B-cubed', ...shares(b_cubed)],
      ],
    ),
    '',
    `${grouped(pairs.found)} pairs found, of ${grouped(pairs.true)} there are; ${grouped(missed.pairs)} missed, ${grouped(missed.out_of_reach)} of them agree on no rule`,
  ].join('\n')

const shownByLabels = (of: ByLabels): string =>
  of.judged === 0
    ? 'nothing has been judged'
    : `${tableOf(
        [right('judged'), right('matches'), right('found'), ...titles],
        [[of.judged, of.matches, of.found, ...shares(of)]],
      )}`

function shownThresholds({ weight_at_least, pairs, unlinkable }: Thresholds): string {
  const rows = (pairs?.thresholds ?? []).map(({ b_cubed, ...of }) => [
    of.weight.toFixed(1),
    of.probability.toPrecision(4),
    of.found,
    ...shares(of),
    b_cubed ? percent(b_cubed.f1) : '',
  ])
  const { best } = pairs ?? {}
  return [
    tableOf(
      [right('bits'), right('probability'), right('pairs'), ...titles, right('B-cubed F1')],
      rows,
    ),
    '',
    ...(best ? [`best at ${best.weight.toFixed(1)} bits: F1 ${percent(best.f1)}`] : []),
    `the ruleset links from ${weight_at_least.toFixed(1)} bits on; ${grouped(unlinkable.records)} records (${percent(unlinkable.share)}) could never reach that`,
  ].join('\n')
}
