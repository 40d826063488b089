import { Link } from '@tanstack/react-router'
import type { StreamOverview } from '@tessera/platform/contract'
import { formatCount } from '../../../lib/format.ts'
import { texts } from '../../../lib/texts.ts'
import { type Column, DataTable, type Sorting } from '../../../ui/data-table.tsx'
import { ProportionBar } from '../../../ui/proportions.tsx'
import { Tag } from '../../../ui/tag.tsx'
import type { StreamSort } from '../address.ts'
import { partsOf } from '../ledger.ts'
import { LastRun } from './run-state.tsx'
import styles from './streams.module.css'

const words = texts.streams.columns

const columns: readonly Column<StreamOverview, StreamSort | 'mode' | 'ledger'>[] = [
  {
    key: 'name',
    title: words.name,
    canSort: 'can sort',
    cell: (stream) => (
      <Link to="/streams/$key" params={{ key: stream.key }} className={styles.name}>
        <span className={styles.label}>{stream.label}</span>
        <span className={styles.key}>{stream.key}</span>
      </Link>
    ),
  },
  {
    key: 'connection',
    title: words.connection,
    canSort: 'can sort',
    cell: ({ connection }) => connection,
  },
  {
    key: 'mode',
    title: words.mode,
    cell: ({ mode, category }) => (
      <span className={styles.tags}>
        <Tag>{mode}</Tag>
        <Tag>{category}</Tag>
      </span>
    ),
  },
  {
    key: 'rows',
    title: words.rows,
    align: 'end',
    canSort: 'can sort',
    cell: ({ rows }) => formatCount(rows),
  },
  {
    key: 'received',
    title: words.received,
    align: 'end',
    canSort: 'can sort',
    cell: ({ ledger }) => formatCount(ledger.received),
  },
  {
    key: 'ledger',
    title: words.ledger,
    width: '150px',
    cell: ({ ledger }) => (
      <span className={styles.ledger}>
        <span className={styles.counts}>
          <span>{formatCount(ledger.stored)}</span>
          <span>{formatCount(ledger.unchanged)}</span>
        </span>
        <ProportionBar parts={partsOf(ledger)} />
      </span>
    ),
  },
  {
    key: 'rejected',
    title: words.rejected,
    align: 'end',
    canSort: 'can sort',
    cell: ({ key, ledger }) =>
      ledger.rejected === 0 ? (
        <span className={styles.quiet}>0</span>
      ) : (
        <Link
          to="/streams/$key"
          params={{ key }}
          search={{ tab: 'rejected' }}
          className={styles.rejected}
        >
          {formatCount(ledger.rejected)}
        </Link>
      ),
  },
  {
    key: 'last_run',
    title: words.lastRun,
    canSort: 'can sort',
    cell: ({ last_run }) => <LastRun run={last_run} />,
  },
]

/** Streams with their ledgers, one in each row. */
export function StreamTable({
  streams,
  sorting,
  onSort,
}: {
  streams: readonly StreamOverview[]
  sorting: Sorting<StreamSort>
  onSort: (sort: StreamSort) => void
}) {
  return (
    <DataTable
      label={texts.streams.title}
      rows={streams}
      columns={columns}
      rowKey={({ key }) => key}
      sorting={sorting}
      onSort={(by) => by !== 'mode' && by !== 'ledger' && onSort(by)}
    />
  )
}
