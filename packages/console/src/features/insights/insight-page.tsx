import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import type { InsightOverview } from '@tessera/platform/contract'
import type { ReactNode } from 'react'
import { definitionQuery } from '../../lib/definitions.ts'
import { texts } from '../../lib/texts.ts'
import { useRefresh } from '../../lib/use-refresh.ts'
import { Ago } from '../../ui/ago.tsx'
import { Answer, PageAnswer } from '../../ui/answer.tsx'
import { DefinitionEditor } from '../../ui/definition-editor.tsx'
import shared from '../../ui/lines.module.css'
import { Page } from '../../ui/page.tsx'
import { PageTabs } from '../../ui/page-tabs.tsx'
import { RefreshButton, RefreshLine } from '../../ui/refresh-line.tsx'
import { type InsightAddress, type InsightTab, insightTabs } from './address.ts'
import { insightQuery } from './api/insights.ts'
import { DataPart } from './parts/data-part.tsx'
import { InsightForm } from './parts/insight-form.tsx'
import { LineagePart } from './parts/lineage-part.tsx'
import { OverviewPart } from './parts/overview-part.tsx'
import { PreviewPart } from './parts/preview-part.tsx'

const words = texts.insights
const route = getRouteApi('/insights/$key')
const renews = [['insights'], ['relations']]

/** What a part of the page is given. */
interface PartProps {
  readonly insight: InsightOverview
  readonly address: InsightAddress
  readonly go: (address: InsightAddress) => void
}

// A further part is a word in the address, a title in the texts, and a line here.
const parts: Readonly<Record<InsightTab, (props: PartProps) => ReactNode>> = {
  overview: ({ insight }) => <OverviewPart insight={insight} />,
  data: (props) => <DataPart {...props} />,
  lineage: ({ insight }) => <LineagePart insightKey={insight.key} />,
  rules: (props) => <RulesPart {...props} />,
}

/** One insight: how it stands, its numbers, what they are made of, and its definition. */
export function InsightPage(): ReactNode {
  const { key } = route.useParams()
  const insight = useQuery(insightQuery(key))
  return (
    <PageAnswer query={insight} title={key} back={{ to: '/insights', label: words.title }}>
      {(found) => <Insight key={found.key} insight={found} />}
    </PageAnswer>
  )
}

function Insight({ insight }: { insight: InsightOverview }) {
  const address = route.useSearch()
  const { tab = 'overview' } = address
  const navigate = route.useNavigate()
  const refresh = useRefresh(`insight:${insight.key}`)
  const go = (search: InsightAddress) => void navigate({ search, replace: true })
  const { stale } = insight
  return (
    <Page
      title={insight.label}
      back={{ to: '/insights', label: words.title }}
      about={insight.about ?? insight.key}
      actions={<RefreshButton refresh={refresh} label={words.refresh} />}
    >
      <RefreshLine refresh={refresh} done={words.refreshed} />
      {stale && (
        <p className={shared.line} data-tone="bad" role="status">
          <span className={shared.grow}>{stale.why}</span>
          {stale.goodAt !== undefined && (
            <span>
              {words.staleSince} <Ago time={stale.goodAt} />
            </span>
          )}
        </p>
      )}
      <PageTabs
        names={insightTabs}
        labels={words.tabs}
        tab={tab}
        onOpen={(name) => go(name === 'overview' ? {} : { tab: name })}
      >
        {(name) => parts[name]({ insight, address, go })}
      </PageTabs>
    </Page>
  )
}

function RulesPart({ insight, address, go }: PartProps) {
  const published = useQuery(definitionQuery('insight', insight.key))
  return (
    <Answer query={published} height={520}>
      {(found) => (
        <DefinitionEditor
          published={found}
          title={words.tabs.rules}
          view={address.view ?? 'form'}
          onView={(view) => go({ tab: 'rules', ...(view === 'form' ? {} : { view }) })}
          renews={renews}
          form={(props) => <InsightForm {...props} />}
          beside={(_, told) =>
            told && (
              <PreviewPart
                {...told}
                {...(insight.rows === undefined ? {} : { over: insight.key })}
              />
            )
          }
        />
      )}
    </Answer>
  )
}
