import { useQuery } from '@tanstack/react-query'
import type { Schedule } from '@tessera/platform/contract'
import { texts } from '../../../lib/texts.ts'
import { Ago } from '../../../ui/ago.tsx'
import { Answer } from '../../../ui/answer.tsx'
import { type Column, DataTable } from '../../../ui/data-table.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { Say } from '../../../ui/say.tsx'
import { schedulesQuery } from '../api/operations.ts'

const words = texts.operations.schedules

const columns: readonly Column<Schedule>[] = [
  { key: 'key', title: words.columns.key, cell: ({ key }) => key },
  { key: 'cron', title: words.columns.cron, cell: ({ cron }) => <code>{cron}</code> },
  { key: 'zone', title: words.columns.zone, cell: ({ timeZone }) => timeZone },
  { key: 'next', title: words.columns.next, cell: ({ nextAt }) => <Ago time={nextAt} /> },
  {
    key: 'last',
    title: words.columns.last,
    cell: ({ lastAt }) => (lastAt === undefined ? words.never : <Ago time={lastAt} />),
  },
]

/** What comes round by the calendar, and when next. */
export function SchedulesPart() {
  return (
    <Answer query={useQuery(schedulesQuery)} height={240}>
      {(all) =>
        all.length === 0 ? (
          <EmptyState icon="play" title={words.empty}>
            <Say text={words.emptyHelp} />
          </EmptyState>
        ) : (
          <DataTable
            label={texts.operations.parts.schedules}
            rows={all.toSorted((a, b) => a.nextAt.localeCompare(b.nextAt))}
            columns={columns}
            rowKey={({ key }) => key}
          />
        )
      }
    </Answer>
  )
}
