import { Button, CloseButton, Progress } from '@mantine/core'
import type { Job } from '@tessera/platform/contract'
import { formatDuration } from '../../../lib/format.ts'
import { paceOf } from '../../../lib/pace.ts'
import { texts } from '../../../lib/texts.ts'
import { TroubleLine } from '../../../ui/trouble.tsx'
import { endingOf, failedIn, percentOf } from '../run.ts'
import type { Run } from '../use-run.ts'
import styles from './run-line.module.css'

/** How far the run is, how it ended, or why it was refused. Nothing when there is none. */
export function RunLine({ run }: { run: Run }) {
  if (run.refused) {
    return (
      <div className={styles.line} data-ending="badly" role="alert">
        <TroubleLine thrown={run.refused} />
        <CloseButton size="sm" aria-label={texts.flow.dismiss} onClick={run.dismiss} />
      </div>
    )
  }
  if (!run.job) return null
  const ending = endingOf(run.job)
  const failed = failedIn(run.job.result)
  const { jobStates } = texts.flow
  return (
    <div className={styles.line} data-ending={ending} role="status">
      <span className={styles.state}>
        {failed.length > 0 ? jobStates.partly(failed.length) : jobStates[run.job.state]}
      </span>
      {ending === 'going on' ? (
        <Underway job={run.job} run={run} />
      ) : (
        <Ended job={run.job} run={run} />
      )}
    </div>
  )
}

function Underway({ job, run }: { job: Job; run: Run }) {
  const percent = percentOf(job)
  const { done, total, note } = job.progress ?? {}
  const ms = job.startedAt === undefined ? 0 : Date.now() - Date.parse(job.startedAt)
  const pace = paceOf({ done: done ?? 0, total, ms })
  return (
    <>
      <Progress
        className={styles.bar}
        value={percent ?? 100}
        animated
        striped={percent === undefined}
        aria-label={texts.flow.jobStates.running}
      />
      <span className={styles.note}>
        {total !== undefined && done !== undefined && (
          <span className={styles.count}>{texts.flow.progress(done, total)}</span>
        )}{' '}
        {note}
        {pace && <> · {texts.flow.left(formatDuration(pace.leftMs))}</>}
      </span>
      <Button
        size="compact-xs"
        variant="default"
        loading={run.isCancelling}
        onClick={() => run.cancel(job.id)}
      >
        {texts.flow.cancel}
      </Button>
    </>
  )
}

function Ended({ job, run }: { job: Job; run: Run }) {
  return (
    <>
      <span className={styles.note}>
        {job.fault?.say}
        {failedIn(job.result).map(({ node, fault }) => (
          <span key={node} className={styles.failed}>
            {node}: {fault}
          </span>
        ))}
      </span>
      <CloseButton size="sm" aria-label={texts.flow.dismiss} onClick={run.dismiss} />
    </>
  )
}
