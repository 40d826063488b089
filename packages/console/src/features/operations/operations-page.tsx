import { Tabs } from '@mantine/core'
import { getRouteApi } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { texts } from '../../lib/texts.ts'
import { Page, Panel } from '../../ui/page.tsx'
import { type OperationsAddress, type OperationTab, operationTabs } from './address.ts'
import { AuditPart } from './parts/audit-part.tsx'
import { HealthPart } from './parts/health-part.tsx'
import { JobsPart } from './parts/jobs-part.tsx'
import styles from './parts/operations.module.css'
import { SchedulesPart } from './parts/schedules-part.tsx'
import { SettingsPart } from './parts/settings-part.tsx'
import { StalenessPart } from './parts/staleness-part.tsx'

const words = texts.operations
const route = getRouteApi('/operations')

/** What a part of the page is given. */
export interface PartProps {
  readonly address: OperationsAddress
  readonly go: (address: OperationsAddress) => void
}

// A further part is a word in the address, a title in the texts, and a line here.
const parts: Readonly<Record<OperationTab, (props: PartProps) => ReactNode>> = {
  health: () => <HealthPart />,
  jobs: (props) => <JobsPart {...props} />,
  schedules: () => <SchedulesPart />,
  staleness: (props) => <StalenessPart {...props} />,
  audit: (props) => <AuditPart {...props} />,
  settings: (props) => <SettingsPart {...props} />,
}

/** The house itself: its health, its work, what is stale and why, who did what, and how it is set. */
export function OperationsPage(): ReactNode {
  const address = route.useSearch()
  const navigate = route.useNavigate()
  const { tab = 'health' } = address
  const go = (search: OperationsAddress) => void navigate({ search, replace: true })
  return (
    <Page title={words.title} about={words.about}>
      <Tabs
        value={tab}
        onChange={(name) => {
          const next = operationTabs.find((known) => known === name)
          go(next === undefined || next === 'health' ? {} : { tab: next })
        }}
        keepMounted={false}
      >
        <Tabs.List className={styles.tabs}>
          {operationTabs.map((name) => (
            <Tabs.Tab key={name} value={name}>
              {words.parts[name]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {operationTabs.map((name) => (
          <Tabs.Panel key={name} value={name}>
            {name === 'health' ? (
              parts[name]({ address, go })
            ) : (
              <Panel flush="flush">{parts[name]({ address, go })}</Panel>
            )}
          </Tabs.Panel>
        ))}
      </Tabs>
    </Page>
  )
}
