import type { GraphNode } from '@tessera/platform/contract'
import { useMemo } from 'react'
import { formatShort } from '../../../lib/format.ts'
import { texts } from '../../../lib/texts.ts'
import { graphTile } from '../../../ui/graph-node.tsx'
import { GraphPicture } from '../../../ui/graph-picture.tsx'
import { sizeOf } from '../../../ui/stones.ts'
import { sentenceFor } from '../sentence.ts'

// What stands above the picture on the page.
const above = 232

/** The flow as a live picture, from the sources at the left to the activations at the right. */
export function FlowPicture({
  nodes,
  chosen,
  onChoose,
}: {
  nodes: readonly GraphNode[]
  chosen: string | undefined
  onChoose: (key: string) => void
}) {
  const tiles = useMemo(
    () =>
      nodes.map((node) => {
        const size = sizeOf(node)
        return graphTile(node, {
          said: size === undefined ? texts.none : formatShort(size),
          title: sentenceFor(node),
        })
      }),
    [nodes],
  )
  return (
    <GraphPicture
      label={texts.flow.picture}
      nodes={tiles}
      chosen={chosen}
      onChoose={onChoose}
      above={above}
    />
  )
}
