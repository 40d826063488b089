import type { LedgerCounts } from '../../lib/api-types.ts'
import { texts } from '../../lib/texts.ts'
import type { Proportion } from '../../ui/proportions.tsx'

const words = texts.streams.ledger

/** What became of what was received. */
export const partsOf = ({ stored, unchanged, rejected }: LedgerCounts): readonly Proportion[] => [
  { name: words.stored, count: stored, tone: 'good' },
  { name: words.unchanged, count: unchanged, tone: 'none' },
  { name: words.rejected, count: rejected, tone: 'bad' },
]

/** Whether nothing was lost: received = stored + unchanged + rejected. */
export const balances = ({ received, stored, unchanged, rejected }: LedgerCounts): boolean =>
  received === stored + unchanged + rejected
