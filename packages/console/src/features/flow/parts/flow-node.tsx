import type { GraphNode } from '@tessera/platform/contract'
import { Handle, type Node, type NodeProps, Position } from '@xyflow/react'
import { formatShort } from '../../../lib/format.ts'
import { texts } from '../../../lib/texts.ts'
import { stoneColour } from '../../../ui/colour.ts'
import { Icon } from '../../../ui/icons.tsx'
import { sentenceFor } from '../sentence.ts'
import { type Stone, sizeOf, stoneIcons, stoneOf } from '../stones.ts'
import styles from './flow-picture.module.css'
import { NodeState } from './node-state.tsx'

/** A node as the picture holds it. */
export type FlowNodeType = Node<
  {
    readonly node: GraphNode
    readonly onChoose: (key: string) => void
    readonly isChosen: boolean
    readonly isDim: boolean
  },
  'stone'
>

/** One node: what it is, how many rows it has and how fresh it is. */
export function FlowNode({ data: { node, onChoose, isChosen, isDim } }: NodeProps<FlowNodeType>) {
  const stone = stoneOf(node)
  const size = sizeOf(node)
  return (
    <>
      <Handle type="target" position={Position.Left} isConnectable={false} />
      <button
        type="button"
        className={`${styles.node} nodrag nopan`}
        style={stoneColour(`--t-stone-${stone}`)}
        data-state={node.state}
        data-chosen={isChosen}
        data-dim={isDim}
        title={sentenceFor(node)}
        onClick={() => onChoose(node.key)}
      >
        <span className={styles.stone}>
          <Icon name={stoneIcons[stone]} />
        </span>
        <span className={styles.words}>
          <span className={styles.label}>{node.label}</span>
          <span className={styles.facts}>
            <span>{size === undefined ? texts.none : formatShort(size)}</span>
            <NodeState node={node} />
          </span>
        </span>
      </button>
      <Handle type="source" position={Position.Right} isConnectable={false} />
    </>
  )
}

/** A heading as the picture holds it. */
export type FlowHeadingType = Node<{ readonly stone: Stone }, 'heading'>

/** What kind of nodes stand in a column. */
export function FlowHeading({ data: { stone } }: NodeProps<FlowHeadingType>) {
  return <div className={styles.heading}>{texts.flow.kinds[stone]}</div>
}
