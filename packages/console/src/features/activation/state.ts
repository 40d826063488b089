import type { Activation } from '@tessera/platform/contract'
import { texts } from '../../lib/texts.ts'
import type { Proportion } from '../../ui/proportions.tsx'
import type { Tone } from '../../ui/state-badge.tsx'

const words = texts.activations

/** How an activation stands, in a word; the more it wants a hand, the higher its rank. */
export interface ActivationState {
  readonly rank: number
  readonly tone: Tone
  readonly word: string
}

/** What of an activation is most worth knowing. */
export function stateOf({
  ledger,
  awaiting,
  paused,
}: Pick<Activation, 'ledger' | 'awaiting' | 'paused'>): ActivationState {
  const { dead, waiting, delivered } = ledger
  if (dead > 0) return { rank: 5, tone: 'bad', word: words.states.dead(dead) }
  if (awaiting !== null) return { rank: 4, tone: 'wait', word: words.states.awaiting }
  if (paused === true) return { rank: 3, tone: 'none', word: words.states.paused }
  if (waiting > 0) return { rank: 2, tone: 'busy', word: words.states.waiting(waiting) }
  if (delivered > 0) return { rank: 1, tone: 'good', word: words.states.delivered }
  return { rank: 0, tone: 'none', word: words.states.idle }
}

/** Everybody who was held back, whatever the reason. */
const filteredIn = ({ filtered }: Activation['ledger']): number =>
  Object.values(filtered).reduce((sum, count) => sum + count, 0)

/** What became of the members, as parts of a whole. */
export const partsOf = (ledger: Activation['ledger']): readonly Proportion[] => [
  { name: words.delivered, count: ledger.delivered, tone: 'good' },
  { name: words.filtered, count: filteredIn(ledger), tone: 'none' },
  { name: words.waiting, count: ledger.waiting, tone: 'wait' },
  { name: words.dead, count: ledger.dead, tone: 'bad' },
]

/** Whether the parts are the whole. */
export const isBalanced = (ledger: Activation['ledger']): boolean =>
  partsOf(ledger).reduce((sum, { count }) => sum + count, 0) === ledger.members
