import type { ActionLedger, ActionView } from '@tessera/platform/contract'
import type { ListOf } from '../../lib/listing.ts'
import { texts } from '../../lib/texts.ts'
import type { Proportion } from '../../ui/proportions.tsx'
import type { Tone } from '../../ui/state-badge.tsx'
import { type ActionSort, type FiringState, firingStates } from './address.ts'

const words = texts.actions

/** How the states of firings are felt. */
export const firingTones: Readonly<Record<FiringState, Tone>> = {
  waiting: 'wait',
  sent: 'good',
  suppressed: 'none',
  no_consent: 'none',
  repeated: 'none',
  cooled: 'none',
  quiet: 'none',
  capped: 'wait',
  dead: 'bad',
  denied: 'bad',
  cancelled: 'none',
}

/** How an action stands, in a word; the more it wants a hand, the higher its rank. */
export function standingOf({
  enabled,
  ledger,
  held_up_until: heldUp,
}: Pick<ActionView, 'enabled' | 'ledger' | 'held_up_until'>): {
  readonly rank: number
  readonly tone: Tone
  readonly word: string
} {
  const { dead, waiting } = ledger
  if (enabled !== true) return { rank: 0, tone: 'none', word: words.standings.off }
  if (dead > 0) return { rank: 4, tone: 'bad', word: words.standings.dead(dead) }
  if (heldUp !== undefined) return { rank: 3, tone: 'wait', word: words.standings.heldUp }
  if (waiting > 0) return { rank: 2, tone: 'busy', word: words.standings.waiting(waiting) }
  return { rank: 1, tone: 'good', word: words.standings.on }
}

/** What became of what was met, as parts of a whole; what never happened is left out. */
export const partsOf = (ledger: ActionLedger): readonly Proportion[] =>
  firingStates
    .filter((state) => ledger[state] > 0 || state === 'sent')
    .map((state) => ({
      name: words.states[state],
      count: ledger[state],
      tone: firingTones[state],
    }))

/** Whether the parts are the whole. */
export const isBalanced = (ledger: ActionLedger): boolean =>
  firingStates.reduce((sum, state) => sum + ledger[state], 0) === ledger.met

/** How actions are searched and sorted. */
export const actionList: ListOf<ActionView, ActionSort> = {
  text: ({ key, label, when, target }) => `${label} ${key} ${when} ${target}`,
  by: {
    name: ({ label }) => label,
    state: (action) => standingOf(action).rank,
    when: ({ when }) => when,
    lane: ({ lane }) => lane,
    target: ({ target }) => target,
    met: ({ ledger }) => ledger.met,
  },
  usual: 'name',
}
