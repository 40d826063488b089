import { Link } from '@tanstack/react-router'
import type { InsightOverview } from '@tessera/platform/contract'
import { formatCount, formatDuration } from '../../../lib/format.ts'
import { texts } from '../../../lib/texts.ts'
import { Ago } from '../../../ui/ago.tsx'
import { type Column, DataTable, type Sorting } from '../../../ui/data-table.tsx'
import { StateBadge, type Tone } from '../../../ui/state-badge.tsx'
import { Tag } from '../../../ui/tag.tsx'
import type { InsightSort, InsightState } from '../address.ts'
import { stateOf } from '../choose.ts'
import styles from './insights.module.css'

const words = texts.insights

const tones: Readonly<Record<InsightState, Tone>> = { well: 'good', stale: 'bad', never: 'none' }

const columns: readonly Column<
  InsightOverview,
  InsightSort | 'dimensions' | 'measures' | 'behind' | 'state'
>[] = [
  {
    key: 'name',
    title: words.columns.name,
    canSort: 'can sort',
    cell: ({ key, label, about }) => (
      <Link to="/insights/$key" params={{ key }} className={styles.name}>
        <span className={styles.label}>{label}</span>
        <span className={styles.small}>{about ?? key}</span>
      </Link>
    ),
  },
  {
    key: 'dimensions',
    title: words.columns.dimensions,
    cell: ({ dimensions }) => <Tags of={dimensions} />,
  },
  {
    key: 'measures',
    title: words.columns.measures,
    cell: ({ measures }) => <Tags of={measures.map(({ name }) => name)} />,
  },
  {
    key: 'rows',
    title: words.columns.rows,
    align: 'end',
    canSort: 'can sort',
    cell: ({ rows }) => (rows === undefined ? texts.none : formatCount(rows)),
  },
  {
    key: 'run',
    title: words.columns.run,
    canSort: 'can sort',
    cell: ({ lastRun }) => (lastRun === undefined ? texts.none : <Ago time={lastRun.at} />),
  },
  { key: 'behind', title: words.columns.behind, cell: (insight) => <Behind of={insight} /> },
  {
    key: 'state',
    title: words.columns.state,
    cell: (insight) => (
      <span title={insight.stale?.why}>
        <StateBadge tone={tones[stateOf(insight)]}>{words.states[stateOf(insight)]}</StateBadge>
      </span>
    ),
  },
]

/** Insights, one in each row. */
export function InsightTable({
  insights,
  sorting,
  onSort,
}: {
  insights: readonly InsightOverview[]
  sorting: Sorting<InsightSort>
  onSort: (sort: InsightSort) => void
}) {
  return (
    <DataTable
      label={words.title}
      rows={insights}
      columns={columns}
      rowKey={({ key }) => key}
      sorting={sorting}
      onSort={(by) =>
        by !== 'dimensions' && by !== 'measures' && by !== 'behind' && by !== 'state' && onSort(by)
      }
    />
  )
}

// Why it waits, and why it is computed whole, where it is.
function Behind({ of: { staleness_ms: ms, waits, lastRun } }: { of: InsightOverview }) {
  if (ms === undefined) return texts.none
  const why = [waits?.why, lastRun?.how === 'full' ? lastRun.why : undefined]
  return (
    <span title={why.filter((one) => one !== undefined).join('; ')}>
      {ms === 0 ? (
        <StateBadge tone="good">{words.upToDate}</StateBadge>
      ) : (
        <StateBadge tone="wait">{formatDuration(ms)}</StateBadge>
      )}
    </span>
  )
}

function Tags({ of }: { of: readonly string[] }) {
  return (
    <span className={styles.tags}>
      {of.map((name) => (
        <Tag key={name}>{name}</Tag>
      ))}
    </span>
  )
}
