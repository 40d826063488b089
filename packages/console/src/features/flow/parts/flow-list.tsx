import type { GraphNode } from '@tessera/platform/contract'
import { formatShort } from '../../../lib/format.ts'
import { texts } from '../../../lib/texts.ts'
import { NodeState } from '../../../ui/graph-node.tsx'
import { Icon } from '../../../ui/icons.tsx'
import { sizeOf, stoneIcons, stoneOf, stones } from '../../../ui/stones.ts'
import styles from './flow-list.module.css'

/** The flow as a list, for where a picture has no room. */
export function FlowList({
  nodes,
  onChoose,
}: {
  nodes: readonly GraphNode[]
  onChoose: (key: string) => void
}) {
  return stones.map((stone) => {
    const group = nodes.filter((node) => stoneOf(node) === stone)
    if (group.length === 0) return null
    return (
      <section key={stone} className={styles.group}>
        <h2 className={styles.title}>
          <span style={{ color: `var(--t-stone-${stone})`, display: 'inline-flex' }}>
            <Icon name={stoneIcons[stone]} size={15} />
          </span>
          {texts.flow.kinds[stone]}
        </h2>
        <ul>
          {group.map((node) => (
            <li key={node.key}>
              <button type="button" className={styles.row} onClick={() => onChoose(node.key)}>
                <span className={styles.label}>{node.label}</span>
                <span className={styles.size}>{shownSize(node)}</span>
                <NodeState node={node} />
              </button>
            </li>
          ))}
        </ul>
      </section>
    )
  })
}

function shownSize(node: GraphNode): string {
  const size = sizeOf(node)
  return size === undefined ? texts.none : formatShort(size)
}
