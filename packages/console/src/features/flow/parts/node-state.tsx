import type { GraphNode } from '@tessera/platform/contract'
import { texts } from '../../../lib/texts.ts'
import { Ago } from '../../../ui/ago.tsx'
import { StateBadge } from '../../../ui/state-badge.tsx'
import { stateTones } from '../stones.ts'

/** How a node stands, in a few letters: its age when it is fresh, else what it is. */
export function NodeState({ node: { state, refreshedAt } }: { node: GraphNode }) {
  return (
    <StateBadge tone={stateTones[state]}>
      {state === 'fresh' && refreshedAt ? <Ago time={refreshedAt} /> : texts.flow.states[state]}
    </StateBadge>
  )
}
