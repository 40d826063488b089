import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import type { ConnectorView } from '@tessera/platform/contract'
import type { ReactNode } from 'react'
import { texts } from '../../lib/texts.ts'
import { Answer } from '../../ui/answer.tsx'
import { Page, Panel } from '../../ui/page.tsx'
import { Tag } from '../../ui/tag.tsx'
import { connectorsQuery } from './api/sources.ts'
import { ConnectSteps } from './parts/connect-steps.tsx'
import styles from './parts/sources.module.css'

const words = texts.sources
const route = getRouteApi('/connect')

/** The guide that connects a system: which, how it is reached, what is taken, and as which stream. */
export function ConnectPage(): ReactNode {
  const connectors = useQuery(connectorsQuery)
  const { connector: key } = route.useSearch()
  const navigate = route.useNavigate()
  const choose = (connector?: string) =>
    void navigate({ search: connector === undefined ? {} : { connector } })
  return (
    <Page
      title={words.title}
      about={words.about}
      back={{ to: '/streams', label: texts.streams.title }}
    >
      <Answer query={connectors} height={420}>
        {(all) => {
          const chosen = all.find((one) => one.key === key)
          return chosen ? (
            <ConnectSteps key={chosen.key} connector={chosen} onAnother={() => choose()} />
          ) : (
            <Connectors all={all} onChoose={choose} />
          )
        }}
      </Answer>
    </Page>
  )
}

// Files are sent on the first page, and sites are set up where their lines are.
const elsewhere: readonly string[] = ['uploads', 'events']

function Connectors({
  all,
  onChoose,
}: {
  all: readonly ConnectorView[]
  onChoose: (key: string) => void
}) {
  return (
    <Panel title={words.steps.connector}>
      <ul className={styles.cards}>
        {all
          .filter(({ key }) => !elsewhere.includes(key))
          .map(({ key, label, about, receives }) => (
            <li key={key} className={styles.card}>
              <h3 className={styles.cardTitle}>
                {label} {receives && <Tag>{words.receives}</Tag>}
              </h3>
              <p className={styles.quiet}>{about}</p>
              <Button
                size="xs"
                variant="light"
                aria-label={words.choose(label)}
                onClick={() => onChoose(key)}
              >
                {words.take}
              </Button>
            </li>
          ))}
      </ul>
      <p className={styles.quiet}>
        <Link to="/senders" className={styles.link}>
          {words.senders}
        </Link>
      </p>
    </Panel>
  )
}
