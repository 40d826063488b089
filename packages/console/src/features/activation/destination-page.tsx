import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import type { Destination } from '@tessera/platform/contract'
import type { ReactNode } from 'react'
import { definitionQuery } from '../../lib/definitions.ts'
import { texts } from '../../lib/texts.ts'
import { Answer } from '../../ui/answer.tsx'
import { DefinitionEditor } from '../../ui/definition-editor.tsx'
import shared from '../../ui/lines.module.css'
import { Page, Panel } from '../../ui/page.tsx'
import { RemoveButton } from '../../ui/remove-definition.tsx'
import {
  activationsKey,
  activationsQuery,
  destinationsKey,
  destinationsQuery,
} from './api/activations.ts'
import { ActivationBadge } from './parts/activation-columns.tsx'
import styles from './parts/activations.module.css'
import { DeadOutcome, LetGo, useDead } from './parts/dead-part.tsx'
import { CircuitBadge } from './parts/destination-columns.tsx'
import { DestinationForm } from './parts/destination-form.tsx'
import { TestPart } from './parts/test-part.tsx'

const words = texts.activations
const route = getRouteApi('/destinations/$key')
const newRoute = getRouteApi('/new-destination')
const renews = [activationsKey, destinationsKey]

/** One destination: how it fares, what was given up there, who sends there, and its definition. */
export function DestinationPage(): ReactNode {
  const { key } = route.useParams()
  const { view = 'form' } = route.useSearch()
  const navigate = route.useNavigate()
  const published = useQuery(definitionQuery('destination', key))
  const { data: all } = useQuery(destinationsQuery)
  const destination = all?.find((one) => one.key === key)
  return (
    <Page
      title={key}
      back={{ to: '/activations', label: words.title }}
      about={destination && <CircuitBadge of={destination} />}
      actions={
        published.data && (
          <RemoveButton
            kind="destination"
            of={key}
            name={key}
            list="/activations?show=destinations"
          />
        )
      }
    >
      {destination && destination.dead > 0 && <DeadLine of={destination} />}
      {published.data && <UsedBy destination={key} />}
      <Answer query={published} height={480}>
        {(found) => (
          <DefinitionEditor
            published={found}
            title={words.destination.settings}
            view={view}
            onView={(next) =>
              void navigate({ search: next === 'form' ? {} : { view: next }, replace: true })
            }
            renews={renews}
            form={(props) => <DestinationForm {...props} />}
            beside={(body) => <TestPart body={body} />}
          />
        )}
      </Answer>
    </Page>
  )
}

/** A destination that is not there yet. */
export function NewDestinationPage(): ReactNode {
  const { view = 'form' } = newRoute.useSearch()
  const navigate = newRoute.useNavigate()
  return (
    <Page title={words.createDestination} back={{ to: '/activations', label: words.title }}>
      <DefinitionEditor
        published={newDestination}
        title={words.destination.settings}
        view={view}
        onView={(next) =>
          void navigate({ search: next === 'form' ? {} : { view: next }, replace: true })
        }
        renews={renews}
        form={(props) => <DestinationForm {...props} />}
        beside={(body) => <TestPart body={body} />}
        onApplied={(key) => void navigate({ to: '/destinations/$key', params: { key } })}
      />
    </Page>
  )
}

const newDestination = {
  kind: 'destination',
  key: 'new_destination',
  version: 0,
  changedAt: '',
  body: { type: 'file', settings: {} },
}

/** What was given up there of all activations at once, with the ways to settle it. */
function DeadLine({ of: { key, dead: count } }: { of: Destination }) {
  const dead = useDead('destinations', key)
  return (
    <>
      <div className={shared.line} data-tone="bad">
        <span className={shared.grow}>{words.destination.isDead(count)}</span>
        <Button size="xs" loading={dead.isBusy} onClick={() => dead.settle('retry', {})}>
          {words.deadLetters.retry}
        </Button>
        <LetGo label={words.deadLetters.cancelAll} onYes={() => dead.settle('cancel', {})} />
      </div>
      <DeadOutcome dead={dead} />
    </>
  )
}

function UsedBy({ destination }: { destination: string }) {
  const { data: activations = [] } = useQuery(activationsQuery)
  const here = activations.filter((one) => one.destination === destination)
  return (
    <Panel title={words.destination.usedBy}>
      {here.length === 0 && <p className={styles.quiet}>{words.destination.nothingSent}</p>}
      <ul className={styles.asking}>
        {here.map((activation) => (
          <li key={activation.key} className={styles.name}>
            <Link to="/activations/$key" params={{ key: activation.key }} className={styles.link}>
              {activation.label ?? activation.key}
            </Link>
            <ActivationBadge of={activation} />
          </li>
        ))}
      </ul>
    </Panel>
  )
}
