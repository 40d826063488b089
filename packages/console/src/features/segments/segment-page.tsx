import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import type { SegmentOverview } from '@tessera/platform/contract'
import { type ReactNode, useState } from 'react'
import type { Body } from '../../lib/body.ts'
import { definitionQuery } from '../../lib/definitions.ts'
import { texts } from '../../lib/texts.ts'
import { useRefresh } from '../../lib/use-refresh.ts'
import { Ago } from '../../ui/ago.tsx'
import { Answer, PageAnswer } from '../../ui/answer.tsx'
import { DefinitionEditor } from '../../ui/definition-editor.tsx'
import shared from '../../ui/lines.module.css'
import { Page } from '../../ui/page.tsx'
import { PageTabs } from '../../ui/page-tabs.tsx'
import { RefreshLine } from '../../ui/refresh-line.tsx'
import { type SegmentAddress, type SegmentTab, segmentTabs } from './address.ts'
import { segmentQuery } from './api/segments.ts'
import { GivenProvider } from './given.ts'
import { CountPart } from './parts/count-part.tsx'
import { HistoryPart } from './parts/history-part.tsx'
import { MembersPart } from './parts/members-part.tsx'
import { OverviewPart } from './parts/overview-part.tsx'
import { PublishButton } from './parts/publish-part.tsx'
import { SegmentForm } from './parts/segment-form.tsx'
import { WhyPart } from './parts/why-part.tsx'

const words = texts.segments
const route = getRouteApi('/segments/$key')
const renews = [['segments']]

/** What a part of the page is given. */
interface PartProps {
  readonly segment: SegmentOverview
  readonly address: SegmentAddress
  readonly go: (address: SegmentAddress) => void
}

// A further part is a word in the address, a title in the texts, and a line here.
const parts: Readonly<Record<SegmentTab, (props: PartProps) => ReactNode>> = {
  overview: ({ segment }) => <OverviewPart segment={segment} />,
  members: (props) => <MembersPart {...props} />,
  why: (props) => <WhyPart {...props} />,
  history: (props) => <HistoryPart {...props} />,
  rules: (props) => <RulesPart {...props} />,
}

/** One segment: who is meant, who is in it and why, how it came to be, and its definition. */
export function SegmentPage(): ReactNode {
  const { key } = route.useParams()
  const segment = useQuery(segmentQuery(key))
  return (
    <PageAnswer query={segment} title={key} back={{ to: '/segments', label: words.title }}>
      {(found) => <Segment key={found.key} segment={found} />}
    </PageAnswer>
  )
}

function Segment({ segment }: { segment: SegmentOverview }) {
  const address = route.useSearch()
  const { tab = 'overview' } = address
  const { stale } = segment
  const navigate = route.useNavigate()
  const refresh = useRefresh(`segment:${segment.key}`)
  const go = (search: SegmentAddress) => void navigate({ search, replace: true })
  return (
    <Page
      title={segment.label}
      back={{ to: '/segments', label: words.title }}
      about={segment.about ?? segment.key}
      actions={<PublishButton segment={segment} refresh={refresh} />}
    >
      <RefreshLine refresh={refresh} done={words.published} />
      {stale && (
        <p className={shared.line} data-tone="bad" role="status">
          <span className={shared.grow}>{stale.why}</span>
          <span>
            {words.failsSince} <Ago time={stale.since} />
          </span>
        </p>
      )}
      <PageTabs
        names={segmentTabs}
        labels={words.tabs}
        tab={tab}
        onOpen={(name) => go(name === 'overview' ? {} : { tab: name })}
      >
        {(name) => parts[name]({ segment, address, go })}
      </PageTabs>
    </Page>
  )
}

function RulesPart({ segment, address, go }: PartProps) {
  const published = useQuery(definitionQuery('segment', segment.key))
  const [given, give] = useState<Body>({})
  return (
    <Answer query={published} height={520}>
      {(found) => (
        <GivenProvider value={{ given, give }}>
          <DefinitionEditor
            published={found}
            title={words.tabs.rules}
            view={address.view ?? 'form'}
            onView={(view) => go({ tab: 'rules', ...(view === 'form' ? {} : { view }) })}
            renews={renews}
            form={(props) => <SegmentForm {...props} />}
            beside={(_, told) => told && <CountPart {...told} />}
          />
        </GivenProvider>
      )}
    </Answer>
  )
}
