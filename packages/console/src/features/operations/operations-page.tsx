import { getRouteApi } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { texts } from '../../lib/texts.ts'
import { Page, Panel } from '../../ui/page.tsx'
import { PageTabs } from '../../ui/page-tabs.tsx'
import { type OperationsAddress, type OperationTab, operationTabs } from './address.ts'
import { AuditPart } from './parts/audit-part.tsx'
import { HealthPart } from './parts/health-part.tsx'
import { JobsPart } from './parts/jobs-part.tsx'
import { SchedulesPart } from './parts/schedules-part.tsx'
import { SettingsPart } from './parts/settings-part.tsx'
import { StalenessPart } from './parts/staleness-part.tsx'
import { TokensPart } from './parts/tokens-part.tsx'

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
  schedules: (props) => <SchedulesPart {...props} />,
  staleness: (props) => <StalenessPart {...props} />,
  audit: (props) => <AuditPart {...props} />,
  tokens: (props) => <TokensPart {...props} />,
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
      <PageTabs
        names={operationTabs}
        labels={words.parts}
        tab={tab}
        onOpen={(name) => go(name === 'health' ? {} : { tab: name })}
      >
        {(name) =>
          name === 'health' ? (
            parts[name]({ address, go })
          ) : (
            <Panel flush="flush">{parts[name]({ address, go })}</Panel>
          )
        }
      </PageTabs>
    </Page>
  )
}
