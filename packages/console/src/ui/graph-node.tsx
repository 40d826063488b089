import type { GraphNode } from '@tessera/platform/contract'
import { texts } from '../lib/texts.ts'
import { Ago } from './ago.tsx'
import type { PictureNode } from './graph-tile.tsx'
import { StateBadge } from './state-badge.tsx'
import { stateTones, stoneIcons, stoneOf, stones } from './stones.ts'

/** How a node stands, in a few letters: its age when it is fresh, else what it is. */
export function NodeState({ node: { state, refreshedAt } }: { node: GraphNode }) {
  return (
    <StateBadge tone={stateTones[state]}>
      {state === 'fresh' && refreshedAt ? <Ago time={refreshedAt} /> : texts.flow.states[state]}
    </StateBadge>
  )
}

const looks: Readonly<Partial<Record<GraphNode['state'], PictureNode['look']>>> = {
  failed: 'bad',
  'never built': 'dashed',
  running: 'moving',
}

/** A node of the flow as pictures draw it: what is said of it, and how it stands. */
export function graphTile(
  node: GraphNode,
  { said, title }: { readonly said?: string; readonly title: string },
): PictureNode {
  const stone = stoneOf(node)
  return {
    key: node.key,
    rank: stones.indexOf(stone),
    heading: texts.flow.kinds[stone],
    inputs: node.inputs,
    label: node.label,
    facts: (
      <>
        {said !== undefined && <span>{said}</span>}
        <NodeState node={node} />
      </>
    ),
    icon: stoneIcons[stone],
    colour: `--t-stone-${stone}`,
    title,
    look: looks[node.state],
  }
}
