import { Button, SegmentedControl } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { StreamHours } from '@tessera/platform/contract'
import { useMemo, useState } from 'react'
import { formatCount, formatHour } from '../../../lib/format.ts'
import { texts } from '../../../lib/texts.ts'
import { Answer } from '../../../ui/answer.tsx'
import { BarChart } from '../../../ui/bar-chart.tsx'
import { type Column, DataTable } from '../../../ui/data-table.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { Sum } from '../../../ui/proportions.tsx'
import { StateBadge } from '../../../ui/state-badge.tsx'
import { type Span, spans } from '../address.ts'
import { hoursQuery } from '../api/streams.ts'
import { barsOf, type Hour } from '../hours.ts'
import { fatesOf } from '../ledger.ts'
import styles from './streams.module.css'

const words = texts.streams.hours
const names = [
  'received',
  'stored',
  'unchanged',
  'duplicate',
  'rejected',
  'parked',
  'deleted',
  'mended',
  'waiting',
] as const

/** What became of what arrived, hour by hour, as bars and as a table that adds up. */
export function HoursPart({
  streamKey,
  span,
  onSpan,
}: {
  streamKey: string
  span: Span
  onSpan: (span: Span) => void
}) {
  const hours = useQuery(hoursQuery(streamKey, span))
  return (
    <>
      <div className={styles.bar}>
        <SegmentedControl
          size="xs"
          aria-label={words.span}
          value={span}
          onChange={(value) => onSpan(spans.find((known) => known === value) ?? '48h')}
          data={spans.map((value) => ({ value, label: words.spans[value] }))}
        />
      </div>
      <Answer query={hours} height={320}>
        {(found) =>
          found.hours.length === 0 && found.waiting === 0 ? (
            <EmptyState icon="stream" title={words.empty}>
              {words.emptyHelp}
            </EmptyState>
          ) : (
            <Hours answer={found} />
          )
        }
      </Answer>
    </>
  )
}

function Hours({ answer }: { answer: StreamHours }) {
  const bars = useMemo(() => barsOf(answer), [answer])
  return (
    <>
      <div className={styles.balance}>
        <Balance answer={answer} />
      </div>
      <div className={styles.remark}>
        <BarChart bars={bars} height={180} />
      </div>
      <HourTable answer={answer} />
    </>
  )
}

/** What was received as the sum of what became of it, and whether it adds up. */
function Balance({ answer: { totals, balanced } }: { answer: StreamHours }) {
  return (
    <>
      <Sum
        name={texts.streams.ledger.received}
        count={totals.received}
        parts={fatesOf(totals, totals.waiting)}
      />
      <p className={styles.verdict}>
        <StateBadge tone={balanced ? 'good' : 'bad'}>
          {balanced ? words.balances : texts.streams.ledger.unbalanced}
        </StateBadge>
      </p>
    </>
  )
}

type Row = Omit<Hour, 'hour'> & { readonly hour?: string }

const mostRows = 48

function HourTable({ answer: { stream, hours, totals } }: { answer: StreamHours }) {
  const [most, setMost] = useState(mostRows)
  const newestFirst = hours.toReversed()
  const rows: readonly Row[] = [totals, ...newestFirst.slice(0, most)]
  const columns: readonly Column<Row>[] = [
    { key: 'hour', title: words.hour, cell: ({ hour }) => shownHour(hour) },
    ...names
      .filter((name) => totals[name] > 0 || name === 'received' || name === 'stored')
      .map(
        (name): Column<Row> => ({
          key: name,
          title: words.columns[name],
          align: 'end',
          cell: (row) => <Count stream={stream} name={name} count={row[name]} />,
        }),
      ),
  ]
  return (
    <>
      <DataTable
        label={words.title}
        rows={rows}
        columns={columns}
        rowKey={({ hour = '' }) => hour}
      />
      {newestFirst.length > most && (
        <div className={styles.more}>
          <Button size="xs" variant="default" onClick={() => setMost((now) => now + mostRows)}>
            {texts.more}
          </Button>
        </div>
      )}
    </>
  )
}

const shownHour = (hour: string | undefined) =>
  hour === undefined ? <strong>{words.sum}</strong> : formatHour(hour)

function Count({
  stream,
  name,
  count,
}: {
  stream: string
  name: (typeof names)[number]
  count: number
}) {
  if (count === 0) return <span className={styles.quiet}>0</span>
  if (name !== 'rejected') return formatCount(count)
  return (
    <Link
      to="/streams/$key"
      params={{ key: stream }}
      search={{ tab: 'rejected' }}
      className={styles.rejected}
    >
      {formatCount(count)}
    </Link>
  )
}
