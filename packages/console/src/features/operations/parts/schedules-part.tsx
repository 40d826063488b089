import { useQuery } from '@tanstack/react-query'
import type { Schedule } from '@tessera/platform/contract'
import type { ListOf } from '../../../lib/listing.ts'
import { texts } from '../../../lib/texts.ts'
import { Ago } from '../../../ui/ago.tsx'
import type { Column } from '../../../ui/data-table.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { Say } from '../../../ui/say.tsx'
import type { OperationSort } from '../address.ts'
import { schedulesQuery } from '../api/operations.ts'
import type { PartProps } from '../operations-page.tsx'
import { SearchedTable } from './searched-table.tsx'

const words = texts.operations.schedules

const scheduleList: ListOf<Schedule, OperationSort> = {
  text: ({ key, cron, timeZone }) => `${key} ${cron} ${timeZone}`,
  by: {
    name: ({ key }) => key,
    cron: ({ cron }) => cron,
    zone: ({ timeZone }) => timeZone,
    next: ({ nextAt }) => nextAt,
    last: ({ lastAt }) => lastAt ?? '',
  },
  usual: 'next',
  newestFirst: ['last'],
}

const columns: readonly Column<Schedule, OperationSort>[] = [
  { key: 'name', title: words.columns.key, canSort: 'can sort', cell: ({ key }) => key },
  {
    key: 'cron',
    title: words.columns.cron,
    canSort: 'can sort',
    cell: ({ cron }) => <code>{cron}</code>,
  },
  {
    key: 'zone',
    title: words.columns.zone,
    canSort: 'can sort',
    cell: ({ timeZone }) => timeZone,
  },
  {
    key: 'next',
    title: words.columns.next,
    canSort: 'can sort',
    cell: ({ nextAt }) => <Ago time={nextAt} />,
  },
  {
    key: 'last',
    title: words.columns.last,
    canSort: 'can sort',
    cell: ({ lastAt }) => (lastAt === undefined ? words.never : <Ago time={lastAt} />),
  },
]

/** What comes round by the calendar, and when next. */
export function SchedulesPart(props: PartProps) {
  const schedules = useQuery(schedulesQuery)
  if (schedules.data?.length === 0)
    return (
      <EmptyState icon="play" title={words.empty}>
        <Say text={words.emptyHelp} />
      </EmptyState>
    )
  return (
    <SearchedTable
      {...props}
      words={words}
      label={texts.operations.parts.schedules}
      query={schedules}
      list={scheduleList}
      columns={columns}
      rowKey={({ key }) => key}
    />
  )
}
