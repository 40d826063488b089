import type { SegmentOverview } from '@tessera/platform/contract'
import { formatCount } from '../../../lib/format.ts'
import { texts } from '../../../lib/texts.ts'
import { Ago } from '../../../ui/ago.tsx'
import { type Column, DataTable } from '../../../ui/data-table.tsx'
import styles from './segments.module.css'

const words = texts.segments

const columns: readonly Column<SegmentOverview>[] = [
  {
    key: 'name',
    title: words.columns.name,
    cell: ({ key, label, about }) => (
      <span className={styles.name}>
        <span className={styles.label}>{label}</span>
        <span className={styles.about}>{about ?? key}</span>
      </span>
    ),
  },
  {
    key: 'members',
    title: words.columns.members,
    align: 'end',
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
    cell: ({ changed_at }) => (changed_at === undefined ? texts.none : <Ago time={changed_at} />),
  },
]

/** Segments, one in each row. */
export function SegmentTable({ segments }: { segments: readonly SegmentOverview[] }) {
  return (
    <DataTable label={words.title} rows={segments} columns={columns} rowKey={({ key }) => key} />
  )
}

function Change({ of: { last } }: { of: SegmentOverview }) {
  if (last === undefined || last.entered + last.left === 0)
    return <span className={styles.about}>{words.noChange}</span>
  return (
    <span className={styles.change}>
      {last.entered > 0 && <span data-tone="good">{words.entered(last.entered)}</span>}
      {last.left > 0 && <span data-tone="bad">{words.left(last.left)}</span>}
    </span>
  )
}
