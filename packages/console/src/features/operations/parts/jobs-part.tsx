import { Button, Progress } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { Job } from '@tessera/platform/contract'
import { formatCount, formatDuration, formatShort } from '../../../lib/format.ts'
import { cancelJob, isUnderway } from '../../../lib/jobs.ts'
import { paceOf } from '../../../lib/pace.ts'
import { olderThan } from '../../../lib/paging.ts'
import { texts } from '../../../lib/texts.ts'
import { Ago } from '../../../ui/ago.tsx'
import { Answer } from '../../../ui/answer.tsx'
import { type Column, DataTable } from '../../../ui/data-table.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import shared from '../../../ui/lines.module.css'
import { ListFilter } from '../../../ui/list-frame.tsx'
import { Pager } from '../../../ui/pager.tsx'
import { StateBadge } from '../../../ui/state-badge.tsx'
import { TroubleLine } from '../../../ui/trouble.tsx'
import { jobStates } from '../address.ts'
import { jobsPageQuery, perPage, retryJob } from '../api/operations.ts'
import { kindsIn, resultOf, tookMs } from '../job-facts.ts'
import type { PartProps } from '../operations-page.tsx'
import styles from './operations.module.css'

const words = texts.operations.jobs
const tones = {
  waiting: 'wait',
  running: 'busy',
  done: 'good',
  failed: 'bad',
  cancelled: 'none',
} as const

/** What works in the background: how far it is, how it ended; stopped or tried again. */
export function JobsPart({ address, go }: PartProps) {
  const { state, kind, before } = address
  const jobs = useQuery(jobsPageQuery({ state, kind, before }))
  const { act, thrown } = useActs()
  const here = {
    tab: 'jobs' as const,
    ...(state === undefined ? {} : { state }),
    ...(kind === undefined ? {} : { kind }),
  }
  return (
    <>
      <div className={styles.filters}>
        <ListFilter
          size="xs"
          label={words.state}
          any={words.allStates}
          value={state}
          options={jobStates.map((value) => ({ value, label: words.states[value] }))}
          onChoose={(next) => {
            const { state: _, ...rest } = here
            go({ ...rest, ...(next === undefined ? {} : { state: next }) })
          }}
        />
        <ListFilter
          size="xs"
          label={words.search}
          any={words.allKinds}
          value={kind}
          options={kindsIn(jobs.data ?? [], kind).map((value) => ({ value, label: value }))}
          onChoose={(chosen) => {
            const { kind: _, ...rest } = here
            go({ ...rest, ...(chosen === undefined ? {} : { kind: chosen }) })
          }}
        />
      </div>
      {thrown && (
        <div className={shared.line} data-tone="bad" role="alert">
          <TroubleLine thrown={thrown} />
        </div>
      )}
      <Answer query={jobs} height={320}>
        {(page) => (
          <>
            {page.length === 0 ? (
              <EmptyState icon="play" title={words.empty}>
                {words.emptyHelp}
              </EmptyState>
            ) : (
              <DataTable
                label={texts.operations.parts.jobs}
                rows={page}
                columns={columnsWith(act)}
                rowKey={({ id }) => id}
              />
            )}
            <Pager
              onNewest={before === undefined ? undefined : () => go(here)}
              onOlder={olderThan(page, perPage, ({ id }) => go({ ...here, before: id }))}
            />
          </>
        )}
      </Answer>
    </>
  )
}

function useActs() {
  const queries = useQueryClient()
  const onSuccess = () => queries.invalidateQueries({ queryKey: ['jobs'] })
  const cancel = useMutation({ mutationFn: cancelJob, onSuccess })
  const retry = useMutation({ mutationFn: retryJob, onSuccess })
  return {
    act: (job: Job) => (isUnderway(job) ? cancel.mutate(job.id) : retry.mutate(job.id)),
    thrown: cancel.error ?? retry.error,
  }
}

const columnsWith = (act: (job: Job) => void): readonly Column<Job>[] => [
  {
    key: 'kind',
    title: words.columns.kind,
    cell: ({ kind, key, id }) => (
      <span title={id}>
        {kind.replaceAll('_', ' ')}{' '}
        {key !== undefined && <span className={shared.quiet}>{key}</span>}
      </span>
    ),
  },
  {
    key: 'state',
    title: words.columns.state,
    cell: ({ state }) => <StateBadge tone={tones[state]}>{words.states[state]}</StateBadge>,
  },
  { key: 'progress', title: words.columns.progress, cell: (job) => <HowFar of={job} /> },
  {
    key: 'created',
    title: words.columns.created,
    cell: ({ createdAt }) => <Ago time={createdAt} />,
  },
  {
    key: 'took',
    title: words.columns.took,
    align: 'end',
    cell: (job) => {
      const ms = tookMs(job, Date.now())
      return ms === undefined ? texts.none : formatDuration(ms)
    },
  },
  {
    key: 'attempts',
    title: words.columns.attempts,
    align: 'end',
    cell: ({ attempt, maxAttempts }) => `${formatCount(attempt)} / ${formatCount(maxAttempts)}`,
  },
  { key: 'result', title: words.columns.result, cell: resultOf },
  {
    key: 'act',
    title: '',
    align: 'end',
    cell: (job) =>
      job.state !== 'done' && (
        <Button size="compact-xs" variant="default" onClick={() => act(job)}>
          {isUnderway(job) ? words.cancel : words.retry}
        </Button>
      ),
  },
]

/** How far a job is, at which pace, and how long the rest takes. */
function HowFar({ of: job }: { of: Job }) {
  const { done = 0, total } = job.progress ?? {}
  if (job.state === 'waiting' && Date.parse(job.runAt) > Date.now())
    return (
      <>
        {words.nextAt} <Ago time={job.runAt} />
      </>
    )
  if (total === undefined || total === 0) return null
  const pace =
    job.state === 'running' ? paceOf({ done, total, ms: tookMs(job, Date.now()) ?? 0 }) : undefined
  return (
    <span className={styles.far}>
      <Progress value={Math.min(100, (100 * done) / total)} aria-label={words.columns.progress} />
      <span className={shared.small}>
        {words.progress(done, total)}
        {pace &&
          ` · ${words.rate(formatShort(Math.round(pace.perSecond)), formatDuration(pace.leftMs))}`}
      </span>
    </span>
  )
}
