import { Button, SegmentedControl } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { MemberChange, SegmentChanges, SegmentOverview } from '@tessera/platform/contract'
import { texts } from '../../../lib/texts.ts'
import { Ago } from '../../../ui/ago.tsx'
import { Waiting } from '../../../ui/answer.tsx'
import { type Column, DataTable } from '../../../ui/data-table.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { Panel } from '../../../ui/page.tsx'
import { SearchBox } from '../../../ui/search-box.tsx'
import { StateBadge } from '../../../ui/state-badge.tsx'
import { Trouble } from '../../../ui/trouble.tsx'
import { type SegmentAddress, sizeSpans } from '../address.ts'
import { changesQuery } from '../api/segments.ts'
import styles from './segments.module.css'
import { SizesPart } from './sizes-part.tsx'

const words = texts.segments.changes

/** How large the segment was over time, and who came and went. */
export function HistoryPart({
  segment,
  address,
  go,
}: {
  segment: SegmentOverview
  address: SegmentAddress
  go: (address: SegmentAddress) => void
}) {
  const { per = 'day' } = address
  return (
    <div className={styles.stack}>
      <SegmentedControl
        className={styles.narrow ?? ''}
        size="xs"
        aria-label={texts.segments.sizes.per}
        value={per}
        onChange={(value) =>
          go({ ...address, tab: 'history', per: sizeSpans.find((one) => one === value) ?? 'day' })
        }
        data={sizeSpans.map((value) => ({ value, label: texts.segments.sizes.spans[value] }))}
      />
      <SizesPart segmentKey={segment.key} per={per} />
      <Changes segment={segment} address={address} go={go} />
    </div>
  )
}

function Changes({
  segment,
  address,
  go,
}: {
  segment: SegmentOverview
  address: SegmentAddress
  go: (address: SegmentAddress) => void
}) {
  const { person } = address
  // An id that is still being typed would be refused.
  const isId = person !== undefined && /^\d{1,19}$/.test(person)
  const changes = useInfiniteQuery(changesQuery(segment.key, isId ? person : undefined))
  const { person: _, ...rest } = address
  return (
    <Panel
      title={words.title}
      aside={
        <SearchBox
          label={words.only}
          hint={words.onlyHint}
          value={person ?? ''}
          onSearch={(text) => go(text === '' ? rest : { ...rest, person: text })}
          width={200}
        />
      }
      flush="flush"
    >
      {changes.error && <Trouble thrown={changes.error} />}
      {changes.isPending && !changes.error && <Waiting height={200} />}
      {changes.data && <Rows pages={changes.data.pages} segment={segment} />}
      {changes.hasNextPage && (
        <div className={styles.more}>
          <Button
            size="xs"
            variant="default"
            loading={changes.isFetchingNextPage}
            onClick={() => void changes.fetchNextPage()}
          >
            {texts.more}
          </Button>
        </div>
      )}
    </Panel>
  )
}

function Rows({ pages, segment }: { pages: readonly SegmentChanges[]; segment: SegmentOverview }) {
  const rows = pages.flatMap(({ changes }) => changes)
  if (rows.length === 0)
    return (
      <EmptyState icon="people" title={words.empty}>
        {words.emptyHelp}
      </EmptyState>
    )
  return (
    <DataTable
      label={words.title}
      rows={rows}
      columns={columnsOf(segment)}
      rowKey={({ position, profile, what }) => `${position} ${profile} ${what}`}
    />
  )
}

const columnsOf = ({ on }: SegmentOverview): readonly Column<MemberChange>[] => [
  {
    key: 'person',
    title: words.person,
    cell: ({ profile, name, now }) =>
      on === 'individual' ? (
        <Link to="/customers/$id" params={{ id: now ?? profile }} className={styles.link}>
          {name ?? profile}
        </Link>
      ) : (
        (name ?? profile)
      ),
  },
  {
    key: 'what',
    title: words.what,
    cell: ({ what }) => (
      <StateBadge tone={what === 'entered' ? 'good' : 'bad'}>{words[what]}</StateBadge>
    ),
  },
  { key: 'when', title: words.when, cell: ({ at }) => <Ago time={at} /> },
]
