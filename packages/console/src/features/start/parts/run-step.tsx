import { Button, Progress } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import type { Job, RunStep as Outcome } from '@tessera/platform/contract'
import { formatCount, formatDuration } from '../../../lib/format.ts'
import { cancelJob, isUnderway, jobQuery } from '../../../lib/jobs.ts'
import { paceOf } from '../../../lib/pace.ts'
import { stepsOf } from '../../../lib/run.ts'
import { texts } from '../../../lib/texts.ts'
import { Answer } from '../../../ui/answer.tsx'
import { type Column, DataTable } from '../../../ui/data-table.tsx'
import { StateBadge } from '../../../ui/state-badge.tsx'
import { TroubleLine } from '../../../ui/trouble.tsx'
import { runAll } from '../api/start.ts'
import styles from './start.module.css'

const words = texts.start.run

/** How the run goes that takes a file through the flow: how far it is, then what each node made of it. */
export function RunStep({ job: id, onAgain }: { job: string; onAgain: (job: string) => void }) {
  const job = useQuery(jobQuery(id))
  return (
    <>
      <p className={styles.quiet}>{words.about}</p>
      <Answer query={job} height={90}>
        {(found) =>
          isUnderway(found) ? <Underway job={found} /> : <Ended job={found} onAgain={onAgain} />
        }
      </Answer>
    </>
  )
}

function Underway({ job }: { job: Job }) {
  const end = useMutation({ mutationFn: () => cancelJob(job.id) })
  const { done = 0, total, note } = job.progress ?? {}
  const ms = job.startedAt === undefined ? 0 : Date.now() - Date.parse(job.startedAt)
  const pace = paceOf({ done, total, ms })
  return (
    <div className={styles.way} role="status">
      <p>{words.states[job.state]}</p>
      <Progress
        value={total === undefined ? 100 : (100 * done) / Math.max(1, total)}
        striped={total === undefined}
        animated
        aria-label={words.states.running}
      />
      <p className={styles.quiet}>
        {total !== undefined && texts.flow.progress(done, total)} {note}
        {pace && <> · {texts.flow.left(formatDuration(pace.leftMs))}</>}
      </p>
      <Button
        size="compact-sm"
        variant="default"
        loading={end.isPending}
        onClick={() => end.mutate()}
      >
        {texts.cancel}
      </Button>
    </div>
  )
}

const columns: readonly Column<Outcome>[] = [
  {
    key: 'node',
    title: words.step,
    cell: ({ node, fault, note }) => (
      <span className={styles.node}>
        {node}
        {(fault ?? note) && <span className={styles.quiet}>{fault ?? note}</span>}
      </span>
    ),
  },
  {
    key: 'rows',
    title: words.rows,
    align: 'end',
    cell: ({ rows }) => (rows === undefined ? texts.none : formatCount(rows)),
  },
  { key: 'took', title: words.took, align: 'end', cell: ({ ms }) => formatDuration(ms) },
  {
    key: 'outcome',
    title: words.outcome,
    cell: ({ state }) => (
      <StateBadge tone={state === 'done' ? 'good' : 'bad'}>{words.outcomes[state]}</StateBadge>
    ),
  },
]

function Ended({ job, onAgain }: { job: Job; onAgain: (job: string) => void }) {
  const again = useMutation({ mutationFn: runAll, onSuccess: ({ job: id }) => onAgain(id) })
  const steps = stepsOf(job.result)
  const failed = steps.filter(({ state }) => state === 'failed').length
  const isWell = job.state === 'done' && failed === 0
  return (
    <>
      <p className={isWell ? styles.good : styles.warning} role="status">
        {failed > 0 ? words.partly(failed) : words.states[job.state]} {job.fault?.say}
      </p>
      {steps.length > 0 && (
        <div className={styles.table}>
          <DataTable
            label={texts.start.steps.run}
            rows={steps}
            columns={columns}
            rowKey={({ node }) => node}
          />
        </div>
      )}
      {again.error && <TroubleLine thrown={again.error} />}
      {!isWell && (
        <div className={styles.actions}>
          <Button variant="default" loading={again.isPending} onClick={() => again.mutate()}>
            {words.again}
          </Button>
        </div>
      )}
    </>
  )
}
