import { Handle, type Node, type NodeProps, Position } from '@xyflow/react'
import type { ReactNode } from 'react'
import { stoneColour } from './colour.ts'
import styles from './graph-picture.module.css'
import { Icon, type IconName } from './icons.tsx'

/** What a picture needs to know of a node, whatever it stands for. */
export interface PictureNode {
  readonly key: string
  /** How far to the right nodes of its kind stand, and what is written above them. */
  readonly rank: number
  readonly heading: string
  readonly inputs: readonly string[]
  readonly label: string
  /** The quiet line below its label. */
  readonly facts: ReactNode
  readonly icon: IconName
  /** The name of its colour in the theme. */
  readonly colour: string
  /** What is told when one rests on it. */
  readonly title?: string | undefined
  readonly look?: 'bad' | 'dashed' | 'moving' | undefined
}

/** A node as the picture holds it. */
export type TileNode = Node<
  {
    readonly of: PictureNode
    readonly onChoose: (key: string) => void
    readonly isChosen: boolean
    readonly isDim: boolean
  },
  'tile'
>

/** One node: what it is, and how it stands. */
export function Tile({ data: { of, onChoose, isChosen, isDim } }: NodeProps<TileNode>) {
  return (
    <>
      <Handle type="target" position={Position.Left} isConnectable={false} />
      <button
        type="button"
        className={`${styles.node} nodrag nopan`}
        style={stoneColour(of.colour)}
        data-look={of.look}
        data-chosen={isChosen}
        data-dim={isDim}
        title={of.title}
        onClick={() => onChoose(of.key)}
      >
        <span className={styles.stone}>
          <Icon name={of.icon} />
        </span>
        <span className={styles.words}>
          <span className={styles.label}>{of.label}</span>
          <span className={styles.facts}>{of.facts}</span>
        </span>
      </button>
      <Handle type="source" position={Position.Right} isConnectable={false} />
    </>
  )
}

/** A heading as the picture holds it. */
export type HeadingNode = Node<{ readonly label: string }, 'heading'>

/** What kind of nodes stand in a column. */
export function Heading({ data: { label } }: NodeProps<HeadingNode>) {
  return <div className={styles.heading}>{label}</div>
}
