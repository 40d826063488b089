import { Button, TextInput } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { MemberPage, SegmentOverview } from '@tessera/platform/contract'
import { texts } from '../../../lib/texts.ts'
import { Ago } from '../../../ui/ago.tsx'
import { Waiting } from '../../../ui/answer.tsx'
import { type Column, DataTable } from '../../../ui/data-table.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { Panel } from '../../../ui/page.tsx'
import { Trouble } from '../../../ui/trouble.tsx'
import type { SegmentAddress } from '../address.ts'
import { membersQuery } from '../api/segments.ts'
import { fieldTime, instantOf } from '../moment.ts'
import styles from './segments.module.css'

const words = texts.segments.members

type Member = MemberPage['members'][number]

/** Who is in the segment now, or was at a moment that is past. */
export function MembersPart({
  segment,
  address,
  go,
}: {
  segment: SegmentOverview
  address: SegmentAddress
  go: (address: SegmentAddress) => void
}) {
  const members = useInfiniteQuery(membersQuery(segment.key, address.at))
  const choose = (text: string) => {
    const at = instantOf(text)
    go({ tab: 'members', ...(at === undefined ? {} : { at }) })
  }
  return (
    <Panel flush="flush">
      <div className={styles.bar}>
        <TextInput
          type="datetime-local"
          label={words.at}
          description={words.atHint}
          size="xs"
          value={fieldTime(address.at)}
          onChange={({ currentTarget: { value } }) => choose(value)}
        />
        {members.data && (
          <span className={styles.total}>
            {words.shown(countOf(members.data.pages), members.data.pages[0]?.total ?? 0)}
          </span>
        )}
      </div>
      {members.error && <Trouble thrown={members.error} />}
      {members.isPending && !members.error && <Waiting height={240} />}
      {members.data && (
        <Rows
          pages={members.data.pages}
          columns={columnsOf(segment)}
          more={members.hasNextPage ? () => void members.fetchNextPage() : undefined}
          isLoading={members.isFetchingNextPage}
        />
      )}
    </Panel>
  )
}

const countOf = (pages: readonly MemberPage[]) =>
  pages.reduce((sum, { members }) => sum + members.length, 0)

function Rows({
  pages,
  columns,
  more,
  isLoading,
}: {
  pages: readonly MemberPage[]
  columns: readonly Column<Member>[]
  more: (() => void) | undefined
  isLoading: boolean
}) {
  const rows = pages.flatMap(({ members }) => members)
  if (rows.length === 0)
    return (
      <EmptyState icon="people" title={words.empty}>
        {words.emptyHelp}
      </EmptyState>
    )
  return (
    <>
      <DataTable
        label={words.title}
        rows={rows}
        columns={columns}
        rowKey={({ profile }) => profile}
      />
      {more && (
        <div className={styles.more}>
          <Button size="xs" variant="default" loading={isLoading} onClick={more}>
            {texts.more}
          </Button>
        </div>
      )}
    </>
  )
}

const columnsOf = ({ key, on }: SegmentOverview): readonly Column<Member>[] => [
  {
    key: 'name',
    title: words.name,
    cell: ({ profile, name, now }) =>
      on === 'individual' ? (
        <Link to="/customers/$id" params={{ id: now ?? profile }} className={styles.link}>
          {name ?? words.nameless}
        </Link>
      ) : (
        (name ?? profile)
      ),
  },
  {
    key: 'place',
    title: words.place,
    cell: ({ city, country }) => [city, country].filter((word) => word !== undefined).join(', '),
  },
  { key: 'since', title: words.since, cell: ({ entered_at }) => <Ago time={entered_at} /> },
  { key: 'id', title: words.id, cell: ({ profile }) => <code>{profile}</code> },
  {
    key: 'why',
    title: '',
    align: 'end',
    cell: ({ profile, now }) => (
      <Link
        to="/segments/$key"
        params={{ key }}
        search={{ tab: 'why', person: now ?? profile }}
        className={styles.link}
      >
        {words.why}
      </Link>
    ),
  },
]
