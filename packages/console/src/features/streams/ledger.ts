import type { Fates, LedgerCounts } from '../../lib/api-types.ts'
import { texts } from '../../lib/texts.ts'
import type { Proportion } from '../../ui/proportions.tsx'
import type { Tone } from '../../ui/state-badge.tsx'

const words = texts.streams.ledger

const fates = [
  ['stored', 'good'],
  ['unchanged', 'none'],
  ['duplicate', 'none'],
  ['rejected', 'bad'],
  ['parked', 'wait'],
  ['deleted', 'none'],
  ['mended', 'good'],
] as const satisfies readonly (readonly [keyof Fates, Tone])[]

/** Told also when there are none. */
const usual: readonly (keyof Fates)[] = ['stored', 'unchanged', 'rejected']

/** What became of what arrived in some hours, with what still waits: a sum that adds up. */
export const fatesOf = (totals: Fates, waiting: number): readonly Proportion[] => [
  ...fates
    .filter(([name]) => totals[name] > 0 || usual.includes(name))
    .map(([name, tone]) => ({ name: words[name], count: totals[name], tone })),
  ...(waiting === 0 ? [] : [{ name: words.waiting, count: waiting, tone: 'busy' } as const]),
]

/** What became of what was received since ever. */
export const partsOf = ({ waiting, ...totals }: LedgerCounts): readonly Proportion[] =>
  fatesOf(totals, waiting)

/** Whether all that was received is accounted for. */
export const isBalanced = ({ received, ...ledger }: LedgerCounts): boolean =>
  received === fates.reduce((sum, [name]) => sum + ledger[name], 0)
