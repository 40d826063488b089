import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { GraphNode, Summary } from '@tessera/platform/contract'
import { type ReactNode, useState } from 'react'
import { texts } from '../../../lib/texts.ts'
import { LinkText } from '../../../ui/link-text.tsx'
import { Panel } from '../../../ui/page.tsx'
import { StateBadge } from '../../../ui/state-badge.tsx'
import { useNow } from '../../../ui/use-now.ts'
import {
  actionsQuery,
  activationsQuery,
  alertsQuery,
  intakeQuery,
  parkedQuery,
  reviewsQuery,
  rulesetsQuery,
} from '../api/flow.ts'
import { type Matter, mattersOf } from '../attention.ts'
import styles from './attention.module.css'

const words = texts.home.attention
const mostShown = 5

/** What wants a person, each with the way to where it is dealt with. */
export function AttentionPart({
  nodes,
  summary,
}: {
  nodes: readonly GraphNode[]
  summary: Summary | undefined
}): ReactNode {
  const [isOpen, setIsOpen] = useState(false)
  const matters = mattersOf({ nodes, summary, now: useNow(), ...useHouse() })
  const shown = isOpen ? matters : matters.slice(0, mostShown)
  const hidden = matters.length - shown.length
  if (matters.length === 0) return <p className={styles.nothing}>{words.nothing}</p>
  return (
    <Panel flush="flush" title={words.title}>
      <ul aria-label={words.title}>
        {shown.map((matter) => (
          <MatterLine key={matter.key} matter={matter} />
        ))}
      </ul>
      {matters.length > mostShown && (
        <div className={styles.more}>
          <Button size="compact-xs" variant="default" onClick={() => setIsOpen(!isOpen)}>
            {isOpen ? words.fewer : words.more(hidden)}
          </Button>
        </div>
      )}
    </Panel>
  )
}

function MatterLine({ matter: { tone, say, about, to } }: { matter: Matter }) {
  return (
    <li className={styles.matter}>
      <LinkText to={to} className={styles.link}>
        <StateBadge tone={tone}>{say}</StateBadge>
        {about !== undefined && <span className={styles.about}>{about}</span>}
      </LinkText>
    </li>
  )
}

/** What the rooms know besides the flow itself. */
function useHouse() {
  const { data: intake } = useQuery(intakeQuery)
  const { data: rulesets = [] } = useQuery(rulesetsQuery)
  const { data: reviews = [] } = useQuery(reviewsQuery(rulesets.map(({ key }) => key)))
  const { data: parked = [] } = useQuery(parkedQuery)
  const { data: alerts } = useQuery(alertsQuery)
  const { data: actions = [] } = useQuery(actionsQuery)
  const { data: activations } = useQuery(activationsQuery)
  return {
    intake,
    reviews,
    alerts,
    activations,
    parked: parked.reduce((sum, { count }) => sum + count, 0),
    deadFirings: actions.reduce((sum, { ledger }) => sum + ledger.dead, 0),
  }
}
