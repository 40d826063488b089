import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import type { Activation } from '@tessera/platform/contract'
import type { ReactNode } from 'react'
import { formatCount } from '../../lib/format.ts'
import { texts } from '../../lib/texts.ts'
import { useJob } from '../../lib/use-job.ts'
import { PageAnswer } from '../../ui/answer.tsx'
import { Page, Panel } from '../../ui/page.tsx'
import { PageTabs } from '../../ui/page-tabs.tsx'
import { RemoveButton } from '../../ui/remove-definition.tsx'
import { Tag } from '../../ui/tag.tsx'
import { WorkLine } from '../../ui/work-line.tsx'
import { type ActivationAddress, type ActivationTab, activationTabs } from './address.ts'
import { activationQuery, activationsKey, refreshActivation } from './api/activations.ts'
import { ActivationBadge } from './parts/activation-columns.tsx'
import { ConfirmLine, PauseButton, PausedLine } from './parts/confirm-line.tsx'
import { DeadPart } from './parts/dead-part.tsx'
import { DeliveriesPart } from './parts/deliveries-part.tsx'
import { EditPart } from './parts/edit-part.tsx'
import { OverviewPart } from './parts/overview-part.tsx'
import { PeoplePart } from './parts/people-part.tsx'

const words = texts.activations
const route = getRouteApi('/activations/$key')

/** What a part of the page is given. */
interface PartProps {
  readonly activation: Activation
  readonly address: ActivationAddress
  readonly go: (address: ActivationAddress) => void
}

// A further part is a word in the address, a title in the texts, and a line here.
const parts: Readonly<Record<ActivationTab, (props: PartProps) => ReactNode>> = {
  overview: ({ activation }) => (
    <Panel flush="flush">
      <OverviewPart activation={activation} />
    </Panel>
  ),
  people: (props) => (
    <Panel flush="flush">
      <PeoplePart {...props} />
    </Panel>
  ),
  deliveries: (props) => (
    <Panel flush="flush">
      <DeliveriesPart {...props} />
    </Panel>
  ),
  dead: (props) => (
    <Panel flush="flush">
      <DeadPart {...props} />
    </Panel>
  ),
  edit: ({ activation, address, go }) => (
    <EditPart
      activation={activation.key}
      view={address.view}
      onView={(view) => go({ tab: 'edit', ...(view === 'form' ? {} : { view }) })}
    />
  ),
}

/** One activation: what became of its members, its deliveries, what was given up, and its definition. */
export function ActivationPage(): ReactNode {
  const { key } = route.useParams()
  const activation = useQuery(activationQuery(key))
  return (
    <PageAnswer query={activation} title={key} back={{ to: '/activations', label: words.title }}>
      {(found) => <One key={found.key} activation={found} />}
    </PageAnswer>
  )
}

const changes = [activationsKey, ['graph']] as const

function One({ activation }: { activation: Activation }) {
  const { key, label, ledger } = activation
  const address = route.useSearch()
  const { tab = 'overview' } = address
  const navigate = route.useNavigate()
  const refresh = useJob(refreshActivation, changes)
  const go = (search: ActivationAddress) => void navigate({ search, replace: true })
  return (
    <Page
      title={label ?? key}
      back={{ to: '/activations', label: words.title }}
      about={
        <>
          {key} · <ActivationBadge of={activation} />
        </>
      }
      actions={
        <>
          <RemoveButton kind="activation" of={key} name={label ?? key} list="/activations" />
          <PauseButton activation={activation} />
          <Button variant="default" loading={refresh.isBusy} onClick={() => refresh.start(key)}>
            {words.refresh}
          </Button>
        </>
      }
    >
      <WorkLine
        work={refresh}
        running={texts.refresh.states.running}
        failed={texts.refresh.states.failed}
      />
      <PausedLine activation={activation} />
      <ConfirmLine activation={activation} />
      <PageTabs
        names={activationTabs}
        labels={words.parts}
        tab={tab}
        onOpen={(name) => go(name === 'overview' ? {} : { tab: name })}
        badge={(name) =>
          name === 'dead' && ledger.dead > 0 && <Tag>{formatCount(ledger.dead)}</Tag>
        }
      >
        {(name) => parts[name]({ activation, address, go })}
      </PageTabs>
    </Page>
  )
}
