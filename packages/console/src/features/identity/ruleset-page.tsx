import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import type { RulesetStatus } from '@tessera/platform/contract'
import type { ReactNode } from 'react'
import { formatCount } from '../../lib/format.ts'
import { texts } from '../../lib/texts.ts'
import { useRefresh } from '../../lib/use-refresh.ts'
import { PageAnswer } from '../../ui/answer.tsx'
import { Page } from '../../ui/page.tsx'
import { PageTabs } from '../../ui/page-tabs.tsx'
import { RefreshButton, RefreshLine } from '../../ui/refresh-line.tsx'
import { Tag } from '../../ui/tag.tsx'
import { type RulesetAddress, type RulesetTab, rulesetTabs } from './address.ts'
import { reviewQuery, statusQuery } from './api/identity.ts'
import { DecisionsPart } from './parts/decisions-part.tsx'
import { EditorPart } from './parts/editor-part.tsx'
import { ExplainPart } from './parts/explain-part.tsx'
import { HeldRun } from './parts/held-run.tsx'
import { ModelPart } from './parts/model-part.tsx'
import { ResultsPart } from './parts/results-part.tsx'
import { ReviewPart } from './parts/review-part.tsx'
import { SimulatePart } from './parts/simulate-part.tsx'

const words = texts.identity
const route = getRouteApi('/identity/$ruleset')

/** What a part of the page is given. */
interface PartProps {
  readonly status: RulesetStatus
  readonly address: RulesetAddress
  readonly go: (address: RulesetAddress) => void
}

// A further part is a word in the address, a title in the texts, and a line here.
const parts: Readonly<Record<RulesetTab, (props: PartProps) => ReactNode>> = {
  results: ({ status }) => <ResultsPart status={status} />,
  review: ({ status }) => <ReviewPart status={status} />,
  decisions: ({ status, address, go }) => (
    <DecisionsPart ruleset={status.ruleset} {...{ address, go }} />
  ),
  explain: ({ status, address, go }) => <ExplainPart status={status} {...{ address, go }} />,
  rules: ({ status, address, go }) => <EditorPart ruleset={status.ruleset} {...{ address, go }} />,
  simulate: ({ status }) => <SimulatePart ruleset={status.ruleset} />,
  model: ({ status }) => <ModelPart ruleset={status.ruleset} />,
}

/** One ruleset: what its runs did, what waits for somebody's word, what was decided, and its rules. */
export function RulesetPage(): ReactNode {
  const { ruleset } = route.useParams()
  const status = useQuery(statusQuery(ruleset))
  return (
    <PageAnswer query={status} title={ruleset} back={{ to: '/identity', label: words.title }}>
      {(found) => <Ruleset key={found.ruleset} status={found} />}
    </PageAnswer>
  )
}

function Ruleset({ status }: { status: RulesetStatus }) {
  const address = route.useSearch()
  const { tab = 'results' } = address
  const navigate = route.useNavigate()
  const refresh = useRefresh(`unified:${status.on}`)
  const { data: review } = useInfiniteQuery(reviewQuery(status.ruleset))
  const waiting = review?.pages[0]?.pairs ?? 0
  const go = (search: RulesetAddress) => void navigate({ search, replace: true })
  return (
    <Page
      title={status.label ?? status.ruleset}
      back={{ to: '/identity', label: words.title }}
      about={`${status.ruleset} · ${words.on[status.on]}`}
      actions={<RefreshButton refresh={refresh} />}
    >
      <RefreshLine refresh={refresh} done={words.refreshed} />
      <HeldRun ruleset={status.ruleset} refresh={refresh} />
      <PageTabs
        names={rulesetTabs}
        labels={words.tabs}
        tab={tab}
        onOpen={(name) => go(name === 'results' ? {} : { tab: name })}
        badge={(name) => name === 'review' && waiting > 0 && <Tag>{formatCount(waiting)}</Tag>}
      >
        {(name) => parts[name]({ status, address, go })}
      </PageTabs>
    </Page>
  )
}
