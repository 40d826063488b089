import { Link } from '@tanstack/react-router'
import type { SegmentOverview } from '@tessera/platform/contract'
import { formatCount, formatDuration } from '../../../lib/format.ts'
import { texts } from '../../../lib/texts.ts'
import { Ago } from '../../../ui/ago.tsx'
import { type Column, DataTable, type Sorting } from '../../../ui/data-table.tsx'
import { StateBadge } from '../../../ui/state-badge.tsx'
import { Tag } from '../../../ui/tag.tsx'
import type { SegmentSort } from '../address.ts'
import { laneOf } from '../choose.ts'
import styles from './segments.module.css'

const words = texts.segments

const columns: readonly Column<SegmentOverview, SegmentSort | 'change' | 'lane'>[] = [
  {
    key: 'name',
    title: words.columns.name,
    canSort: 'can sort',
    cell: ({ key, label, about }) => (
      <Link to="/segments/$key" params={{ key }} className={styles.name}>
        <span className={styles.label}>{label}</span>
        <span className={styles.about}>{about ?? key}</span>
      </Link>
    ),
  },
  {
    key: 'members',
    title: words.columns.members,
    align: 'end',
    canSort: 'can sort',
    cell: ({ members }) =>
      members === undefined ? (
        <span className={styles.about}>{words.notPublished}</span>
      ) : (
        formatCount(members)
      ),
  },
  { key: 'change', title: words.columns.change, align: 'end', cell: (row) => <Change of={row} /> },
  {
    key: 'changed',
    title: words.columns.changed,
    canSort: 'can sort',
    cell: ({ changed_at }) => (changed_at === undefined ? texts.none : <Ago time={changed_at} />),
  },
  {
    key: 'lane',
    title: words.columns.lane,
    cell: (row) => (
      <span title={row.kept?.why}>
        <Tag>{words.lanes[laneOf(row)]}</Tag>
      </span>
    ),
  },
  {
    key: 'stale',
    title: words.columns.stale,
    canSort: 'can sort',
    cell: (row) => <Behind of={row} />,
  },
]

/** Segments, one in each row. */
export function SegmentTable({
  segments,
  sorting,
  onSort,
}: {
  segments: readonly SegmentOverview[]
  sorting: Sorting<SegmentSort>
  onSort: (sort: SegmentSort) => void
}) {
  return (
    <DataTable
      label={words.title}
      rows={segments}
      columns={columns}
      rowKey={({ key }) => key}
      sorting={sorting}
      onSort={(by) => by !== 'change' && by !== 'lane' && onSort(by)}
    />
  )
}

/** How far the members are behind what has come; and why they stay so, where publishing fails. */
export function Behind({ of: { kept, stale } }: { of: SegmentOverview }) {
  const ms = kept?.staleness_ms
  if (stale)
    return (
      <span title={stale.why}>
        <StateBadge tone="bad">{words.fails}</StateBadge>
      </span>
    )
  if (ms === undefined) return texts.none
  if (ms === 0) return <StateBadge tone="good">{words.upToDate}</StateBadge>
  return (
    <span title={kept?.waits?.why}>
      <StateBadge tone="wait">{formatDuration(ms)}</StateBadge>
    </span>
  )
}

/** Who came and who went at the last publish. */
export function Change({ of: { last } }: { of: SegmentOverview }) {
  if (last === undefined || last.entered + last.left === 0)
    return <span className={styles.about}>{words.noChange}</span>
  return (
    <span className={styles.change}>
      {last.entered > 0 && <span data-tone="good">{words.entered(last.entered)}</span>}
      {last.left > 0 && <span data-tone="bad">{words.left(last.left)}</span>}
    </span>
  )
}
