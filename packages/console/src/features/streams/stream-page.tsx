import { Tabs } from '@mantine/core'
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
import { Sum } from '../../ui/proportions.tsx'
import { Tag } from '../../ui/tag.tsx'
import { type StreamAddress, type StreamTab, streamTabs } from './address.ts'
import { differencesQuery } from './api/differences.ts'
import { streamQuery } from './api/streams.ts'
import { isBalanced, partsOf } from './ledger.ts'
import { AlertLines } from './parts/alert-lines.tsx'
import { DifferencesPart } from './parts/differences-part.tsx'
import { FieldsPart } from './parts/fields-part.tsx'
import { HoursPart } from './parts/hours-part.tsx'
import { RejectedPart } from './parts/rejected-part.tsx'
import { ReplayPart } from './parts/replay-part.tsx'
import { RowsPart } from './parts/rows-part.tsx'
import { LastRun } from './parts/run-state.tsx'
import { RunsPart } from './parts/runs-part.tsx'
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
        <LinkButton to={`/mappings/${key}`} icon="model">
          {texts.mapping.open}
        </LinkButton>
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

function Parts({ stream }: { stream: StreamOverview }) {
  const { data: differences = [] } = useQuery(differencesQuery(stream.key))
  const { tab = 'rows', span = '48h', q } = route.useSearch()
  const navigate = route.useNavigate()
  const go = (search: StreamAddress) => void navigate({ search, replace: true })
  const open = (name: string | null) => {
    const next = streamTabs.find((known) => known === name)
    go(next === undefined || next === 'rows' ? {} : { tab: next })
  }
  return (
    <Panel flush="flush">
      <Tabs value={tab} onChange={open} keepMounted={false}>
        <Tabs.List className={styles.tabs}>
          {streamTabs.map((name) => (
            <Tabs.Tab
              key={name}
              value={name}
              rightSection={countOf(name, stream, differences.length)}
            >
              {words.tabs[name]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="rows">
          <RowsPart stream={stream} />
        </Tabs.Panel>
        <Tabs.Panel value="fields">
          <FieldsPart stream={stream} />
        </Tabs.Panel>
        <Tabs.Panel value="hours">
          <HoursPart
            streamKey={stream.key}
            span={span}
            onSpan={(next) => go({ tab: 'hours', span: next })}
          />
        </Tabs.Panel>
        <Tabs.Panel value="differences">
          <DifferencesPart streamKey={stream.key} />
        </Tabs.Panel>
        <Tabs.Panel value="runs">
          <RunsPart streamKey={stream.key} />
        </Tabs.Panel>
        <Tabs.Panel value="rejected">
          <RejectedPart
            streamKey={stream.key}
            reason={q}
            onSearch={(text) => go({ tab: 'rejected', q: text })}
          />
        </Tabs.Panel>
        <Tabs.Panel value="replay">
          <ReplayPart streamKey={stream.key} />
        </Tabs.Panel>
      </Tabs>
    </Panel>
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
