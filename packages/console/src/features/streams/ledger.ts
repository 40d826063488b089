import type { Fates, LedgerCounts } from '../../lib/api-types.ts'
import { texts } from '../../lib/texts.ts'
import type { Proportion } from '../../ui/proportions.tsx'
import type { Tone } from '../../ui/state-badge.tsx'

const words = texts.streams.ledger

/** What became of what was received since ever; `else` are repetitions, deletions and what was mended. */
export const partsOf = (ledger: LedgerCounts): readonly Proportion[] => {
  const { stored, unchanged, rejected } = ledger
  const others = othersIn(ledger)
  return [
    { name: words.stored, count: stored, tone: 'good' },
    { name: words.unchanged, count: unchanged, tone: 'none' },
    { name: words.rejected, count: rejected, tone: 'bad' },
    ...(others === 0 ? [] : [{ name: words.others, count: others, tone: 'wait' } as const]),
  ]
}

/** How many came that were neither stored nor known nor rejected. */
export const othersIn = ({ received, stored, unchanged, rejected }: LedgerCounts): number =>
  received - stored - unchanged - rejected

const fates = [
  ['stored', 'good'],
  ['unchanged', 'none'],
  ['duplicate', 'none'],
  ['rejected', 'bad'],
  ['parked', 'wait'],
  ['deleted', 'none'],
  ['mended', 'good'],
] as const satisfies readonly (readonly [keyof Fates, Tone])[]

/** What became of what arrived in some hours, with what still waits: a sum that adds up. */
export const fatesOf = (totals: Fates, waiting: number): readonly Proportion[] => [
  ...fates
    .filter(([name]) => totals[name] > 0 || name === 'stored' || name === 'rejected')
    .map(([name, tone]) => ({ name: words[name], count: totals[name], tone })),
  ...(waiting === 0 ? [] : [{ name: words.waiting, count: waiting, tone: 'busy' } as const]),
]
