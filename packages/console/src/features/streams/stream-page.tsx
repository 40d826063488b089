import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import type { StreamOverview } from '@tessera/platform/contract'
import type { ReactNode } from 'react'
import { formatCount } from '../../lib/format.ts'
import { texts } from '../../lib/texts.ts'
import { Answer } from '../../ui/answer.tsx'
import { Facts } from '../../ui/facts.tsx'
import { LinkButton } from '../../ui/link-button.tsx'
import { Page, Panel } from '../../ui/page.tsx'
import { PageTabs } from '../../ui/page-tabs.tsx'
import { Sum } from '../../ui/proportions.tsx'
import { RemoveButton } from '../../ui/remove-definition.tsx'
import { Tag } from '../../ui/tag.tsx'
import { type StreamAddress, type StreamTab, streamTabs } from './address.ts'
import { differencesQuery } from './api/differences.ts'
import { streamQuery } from './api/streams.ts'
import { isBalanced, partsOf } from './ledger.ts'
import { AlertLines } from './parts/alert-lines.tsx'
import { DefinitionPart } from './parts/definition-part.tsx'
import { DifferencesPart } from './parts/differences-part.tsx'
import { FieldsPart } from './parts/fields-part.tsx'
import { HoursPart } from './parts/hours-part.tsx'
import { RejectedPart } from './parts/rejected-part.tsx'
import { ReplayPart } from './parts/replay-part.tsx'
import { RowsPart } from './parts/rows-part.tsx'
import { LastRun } from './parts/run-state.tsx'
import { RunsPart } from './parts/runs-part.tsx'
import { SameFilesPart } from './parts/same-files-part.tsx'
import styles from './parts/streams.module.css'

const words = texts.streams
const route = getRouteApi('/streams/$key')

/** One stream: its ledger, rows, fields, runs and what it rejected. */
export function StreamPage(): ReactNode {
  const { key } = route.useParams()
  const stream = useQuery(streamQuery(key))
  return (
    <Page
      title={stream.data?.label ?? key}
      back={{ to: '/streams', label: words.title }}
      about={stream.data && stream.data.label !== key ? key : undefined}
      actions={
        stream.data && (
          <>
            <RemoveButton kind="stream" of={key} name={stream.data.label} list="/streams" />
            <LinkButton to={`/mappings/${key}`} icon="model">
              {texts.mapping.open}
            </LinkButton>
          </>
        )
      }
    >
      <Answer query={stream} height={420}>
        {(found) => (
          <>
            <AlertLines of={key} />
            <Overview stream={found} />
            <Parts stream={found} />
          </>
        )}
      </Answer>
    </Page>
  )
}

function Overview({ stream }: { stream: StreamOverview }) {
  const { ledger } = stream
  return (
    <div className={styles.overview}>
      <Panel
        title={words.ledger.title}
        aside={<span className={styles.quiet}>{words.ledger.about(ledger.batches)}</span>}
      >
        <Sum name={words.ledger.received} count={ledger.received} parts={partsOf(ledger)} />
        {!isBalanced(ledger) && <p className={styles.warning}>{words.ledger.unbalanced}</p>}
      </Panel>
      <Panel>
        <Facts
          facts={[
            [words.rowsNow, formatCount(stream.rows)],
            [words.connection, stream.connection],
            [words.columns.mode, <Tag key="mode">{stream.mode}</Tag>],
            [words.category, <Tag key="category">{stream.category}</Tag>],
            [words.columns.lastRun, <LastRun key="run" run={stream.last_run} />],
          ]}
        />
      </Panel>
    </div>
  )
}

/** What a part of the page is given. */
interface PartProps {
  readonly stream: StreamOverview
  readonly address: StreamAddress
  readonly go: (address: StreamAddress) => void
}

// A further part is a word in the address, a title in the texts, and a line here.
const parts: Readonly<Record<StreamTab, (props: PartProps) => ReactNode>> = {
  rows: ({ stream }) => <RowsPart stream={stream} />,
  fields: ({ stream }) => <FieldsPart stream={stream} />,
  hours: ({ stream: { key }, address: { span = '48h' }, go }) => (
    <HoursPart streamKey={key} span={span} onSpan={(next) => go({ tab: 'hours', span: next })} />
  ),
  differences: ({ stream: { key } }) => <DifferencesPart streamKey={key} />,
  runs: ({ stream }) => (
    <>
      <SameFilesPart stream={stream} />
      <RunsPart streamKey={stream.key} />
    </>
  ),
  rejected: ({ stream: { key }, address: { q }, go }) => (
    <RejectedPart
      streamKey={key}
      reason={q}
      onSearch={(text) => go({ tab: 'rejected', q: text })}
    />
  ),
  replay: ({ stream: { key } }) => <ReplayPart streamKey={key} />,
  definition: ({ stream: { key }, address: { view = 'form' }, go }) => (
    <DefinitionPart
      streamKey={key}
      view={view}
      onView={(next) => go({ tab: 'definition', ...(next === 'form' ? {} : { view: next }) })}
    />
  ),
}

function Parts({ stream }: { stream: StreamOverview }) {
  const { data: differences = [] } = useQuery(differencesQuery(stream.key))
  const address = route.useSearch()
  const { tab = 'rows' } = address
  const navigate = route.useNavigate()
  const go = (search: StreamAddress) => void navigate({ search, replace: true })
  return (
    <PageTabs
      names={streamTabs}
      labels={words.tabs}
      tab={tab}
      onOpen={(name) => go(name === 'rows' ? {} : { tab: name })}
      badge={(name) => countOf(name, stream, differences.length)}
    >
      {(name) =>
        name === 'definition' ? (
          parts[name]({ stream, address, go })
        ) : (
          <Panel flush="flush">{parts[name]({ stream, address, go })}</Panel>
        )
      }
    </PageTabs>
  )
}

function countOf(
  tab: StreamTab,
  { fields, ledger }: StreamOverview,
  differences: number,
): ReactNode {
  if (tab === 'differences' && differences > 0) return <Tag>{formatCount(differences)}</Tag>
  if (tab === 'fields') return <Tag>{formatCount(fields.length)}</Tag>
  if (tab === 'rejected' && ledger.rejected > 0) return <Tag>{formatCount(ledger.rejected)}</Tag>
  return undefined
}
