import { Button } from '@mantine/core'
import type { DefinitionAnswer, GraphNode } from '@tessera/platform/contract'
import { nodePage } from '../../../lib/node-page.ts'
import { texts } from '../../../lib/texts.ts'
import shared from '../../../ui/lines.module.css'
import { LinkText } from '../../../ui/link-text.tsx'
import { StateBadge } from '../../../ui/state-badge.tsx'
import { stateTones } from '../../../ui/stones.ts'
import { type Holding, isBehind, todoFor, whyOf } from '../nodes.ts'
import styles from './operations.module.css'

const words = texts.operations.staleness

/** The name of something in the flow; leads to its page. */
export function NodeName({
  node,
  rulesets,
}: {
  node: GraphNode
  rulesets: readonly DefinitionAnswer[]
}) {
  const to = nodePage(node, rulesets)
  if (to === undefined) return <span>{node.label}</span>
  return (
    <LinkText to={to} className={styles.link}>
      {node.label}
    </LinkText>
  )
}

/** Why something is behind, and what can be done. */
export function Why({ node }: { node: GraphNode }) {
  if (!isBehind(node)) return null
  return (
    <div className={styles.why}>
      {whyOf(node).map((one) => (
        <p key={one}>{one}</p>
      ))}
      <p className={shared.small}>{todoFor(node)}</p>
    </div>
  )
}

/** Where what is behind begins: each with why, what it holds up, and what can be done. */
export function HoldingLines({
  holding,
  rulesets,
  refresh,
}: {
  holding: readonly Holding[]
  rulesets: readonly DefinitionAnswer[]
  refresh: (node: string) => void
}) {
  if (holding.length === 0) return null
  return (
    <section>
      <h3 className={styles.begins}>{words.holding}</h3>
      <ul aria-label={words.holding}>
        {holding.map(({ node, holdsUp }) => (
          <li key={node.key} className={styles.holding}>
            <span className={styles.holder}>
              <NodeName node={node} rulesets={rulesets} />
              <StateBadge tone={stateTones[node.state]}>{texts.flow.states[node.state]}</StateBadge>
              {holdsUp.length > 0 && (
                <span className={shared.small} title={holdsUp.map(({ label }) => label).join(', ')}>
                  {words.holdsUp(holdsUp.length)}
                </span>
              )}
            </span>
            <Why node={node} />
            <Button size="compact-xs" variant="default" onClick={() => refresh(node.key)}>
              {words.refresh}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  )
}
