import { Button, Drawer } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { GraphNode } from '@tessera/platform/contract'
import type { ReactNode } from 'react'
import { formatCount, formatDuration } from '../../../lib/format.ts'
import { targetOf } from '../../../lib/freshness.ts'
import { nodePage } from '../../../lib/node-page.ts'
import { texts } from '../../../lib/texts.ts'
import { Ago } from '../../../ui/ago.tsx'
import { stoneColour } from '../../../ui/colour.ts'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { Facts } from '../../../ui/facts.tsx'
import { Icon } from '../../../ui/icons.tsx'
import { StateBadge } from '../../../ui/state-badge.tsx'
import { stateTones, stoneIcons, stoneOf } from '../../../ui/stones.ts'
import { Tag } from '../../../ui/tag.tsx'
import { rulesetsQuery } from '../api/flow.ts'
import styles from './node-drawer.module.css'

const words = texts.flow.node

/** Everything about one node: how it stands and why, its counts, where it comes from and where it leads. */
export function NodeDrawer({
  nodes,
  chosen,
  onChoose,
  onClose,
  onRun,
}: {
  nodes: readonly GraphNode[]
  chosen: string | undefined
  onChoose: (key: string) => void
  onClose: () => void
  onRun: (key: string) => void
}) {
  const node = nodes.find(({ key }) => key === chosen)
  return (
    <Drawer
      opened={chosen !== undefined}
      onClose={onClose}
      position="right"
      size={420}
      title={node && <DrawerTitle node={node} />}
      closeButtonProps={{ 'aria-label': words.close }}
      // One goes on looking at the flow, and from node to node.
      withOverlay={false}
      lockScroll={false}
      trapFocus={false}
      shadow="lg"
    >
      {node ? (
        <div className={styles.body}>
          <Standing node={node} />
          <NodeFacts node={node} />
          <Counts counts={node.counts} />
          <Neighbours
            title={words.inputs}
            none={words.noInputs}
            nodes={nodes.filter(({ key }) => node.inputs.includes(key))}
            onChoose={onChoose}
          />
          <Neighbours
            title={words.outputs}
            none={words.noOutputs}
            nodes={nodes.filter(({ inputs }) => inputs.includes(node.key))}
            onChoose={onChoose}
          />
          <div className={styles.actions}>
            <Button size="xs" variant="light" onClick={() => onRun(node.key)}>
              {texts.flow.runThis}
            </Button>
            <RoomLink node={node} />
          </div>
        </div>
      ) : (
        <EmptyState icon="other" title={words.gone} />
      )}
    </Drawer>
  )
}

function DrawerTitle({ node }: { node: GraphNode }) {
  const stone = stoneOf(node)
  return (
    <span className={styles.title}>
      <span className={styles.stone} style={stoneColour(`--t-stone-${stone}`)}>
        <Icon name={stoneIcons[stone]} size={18} />
      </span>
      <span>
        <span className={styles.kind}>{texts.flow.kinds[stone]}</span>
        <span className={styles.label}>{node.label}</span>
      </span>
    </span>
  )
}

function Standing({ node: { state, why, fault } }: { node: GraphNode }) {
  return (
    <div className={styles.standing} data-state={state}>
      <StateBadge tone={stateTones[state]}>{texts.flow.states[state]}</StateBadge>
      {fault && <p className={styles.fault}>{fault.say}</p>}
      {why.length > 0 && (
        <ul className={styles.why}>
          {why.map((reason) => (
            <li key={reason}>{reason}</li>
          ))}
        </ul>
      )}
    </div>
  )
}

function NodeFacts({ node }: { node: GraphNode }) {
  const facts: [string, ReactNode][] = [[words.key, <Tag key="key">{node.key}</Tag>]]
  if (node.refreshedAt) facts.push([words.refreshed, <Ago key="ago" time={node.refreshedAt} />])
  if (node.durationMs !== undefined) facts.push([words.took, formatDuration(node.durationMs)])
  facts.push([words.target, targetOf(node)])
  if (node.nextAt) facts.push([words.next, <Ago key="next" time={node.nextAt} />])
  if (node.note) facts.push([words.note, node.note])
  return <Facts facts={facts} />
}

function Counts({ counts }: { counts: GraphNode['counts'] }) {
  const entries = Object.entries(counts)
  if (entries.length === 0) return null
  return (
    <section>
      <h3 className={styles.heading}>{words.counts}</h3>
      <Facts
        numbers="numbers"
        facts={entries.map(([name, count]) => [name.replaceAll('_', ' '), formatCount(count)])}
      />
    </section>
  )
}

function Neighbours({
  title,
  none,
  nodes,
  onChoose,
}: {
  title: string
  none: string
  nodes: readonly GraphNode[]
  onChoose: (key: string) => void
}) {
  return (
    <section>
      <h3 className={styles.heading}>{title}</h3>
      {nodes.length === 0 && <p className={styles.none}>{none}</p>}
      <ul className={styles.neighbours}>
        {nodes.map((node) => (
          <li key={node.key}>
            <button
              type="button"
              className={styles.neighbour}
              style={stoneColour(`--t-stone-${stoneOf(node)}`)}
              onClick={() => onChoose(node.key)}
            >
              <Icon name={stoneIcons[stoneOf(node)]} size={14} />
              {node.label}
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}

function RoomLink({ node }: { node: GraphNode }) {
  const { data: rulesets = [] } = useQuery(rulesetsQuery)
  const to = nodePage(node, rulesets)
  if (to === undefined) return null
  return (
    <Button size="xs" variant="default" component={Link} to={to}>
      {words.open[stoneOf(node)]}
    </Button>
  )
}
