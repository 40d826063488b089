import { Button, CloseButton, Progress } from '@mantine/core'
import type { Job } from '@tessera/platform/contract'
import { isUnderway } from '../lib/jobs.ts'
import { texts } from '../lib/texts.ts'
import type { Refresh } from '../lib/use-refresh.ts'
import { Icon } from './icons.tsx'
import styles from './lines.module.css'
import { StateBadge, type Tone } from './state-badge.tsx'
import { TroubleLine } from './trouble.tsx'

const words = texts.refresh

const tones: Readonly<Record<NonNullable<Refresh['node']>['state'], Tone>> = {
  fresh: 'good',
  stale: 'wait',
  'never built': 'none',
  running: 'busy',
  failed: 'bad',
  interrupted: 'wait',
}

/** Whether something derived is up to date, and the button that makes it so. */
export function RefreshButton({
  refresh: { node, isBusy, start },
  label = words.button,
}: {
  refresh: Refresh
  label?: string
}) {
  return (
    <>
      {node && (
        <StateBadge tone={tones[node.state]}>
          <span title={node.why.join('; ')}>
            {node.state === 'fresh' ? words.fresh : texts.flow.states[node.state]}
          </span>
        </StateBadge>
      )}
      <Button
        loading={isBusy}
        onClick={start}
        leftSection={<Icon name="play" size={14} />}
        variant={node?.state === 'fresh' ? 'default' : 'filled'}
      >
        {label}
      </Button>
    </>
  )
}

/** Why it is not up to date, how far a refresh is, how it ended, or why it was refused. */
export function RefreshLine({
  refresh,
  done = words.states.done,
}: {
  refresh: Refresh
  /** What is said when all went well. */
  done?: string
}) {
  const { node, job, refused, dismiss } = refresh
  if (refused) {
    return (
      <div className={styles.line} data-tone="bad" role="alert">
        <TroubleLine thrown={refused} />
        <CloseButton size="sm" aria-label={texts.flow.dismiss} onClick={dismiss} />
      </div>
    )
  }
  if (job) return <JobLine job={job} refresh={refresh} said={done} />
  const why = node?.fault ? [node.fault.say] : (node?.why ?? [])
  if (node === undefined || node.state === 'fresh' || why.length === 0) return null
  return (
    <p className={styles.line} data-tone={tones[node.state]} role="status">
      {texts.flow.states[node.state]}: {why.join('; ')}
    </p>
  )
}

function JobLine({ job, refresh, said }: { job: Job; refresh: Refresh; said: string }) {
  const { done, total, note } = job.progress ?? {}
  if (isUnderway(job)) {
    return (
      <div className={styles.line} data-tone="busy" role="status">
        <span className={styles.strong}>{words.states[job.state]}</span>
        <Progress
          className={styles.progress}
          value={total === undefined || done === undefined ? 100 : (100 * done) / total}
          striped={total === undefined}
          animated
          aria-label={words.states.running}
        />
        <span className={styles.grow}>
          {total !== undefined && done !== undefined && texts.flow.progress(done, total)} {note}
        </span>
        <Button
          size="compact-xs"
          variant="default"
          loading={refresh.isCancelling}
          onClick={refresh.cancel}
        >
          {texts.cancel}
        </Button>
      </div>
    )
  }
  const failed = failuresIn(job.result)
  const isWell = job.state === 'done' && failed.length === 0
  return (
    <div className={styles.line} data-tone={isWell ? 'good' : 'bad'} role="status">
      <span className={styles.strong}>{isWell ? said : wordOf(job, failed)}</span>
      <span className={styles.grow}>{[job.fault?.say, ...failed].join(' ')}</span>
      <CloseButton size="sm" aria-label={texts.flow.dismiss} onClick={refresh.dismiss} />
    </div>
  )
}

const wordOf = ({ state }: Job, failed: readonly string[]): string =>
  failed.length > 0 ? words.states.partly : words.states[state]

/** What failed in a run that went to its end. The result of a job is any JSON; this is that of a run. */
function failuresIn(result: unknown): readonly string[] {
  if (typeof result !== 'object' || result === null || !('steps' in result)) return []
  const steps: readonly unknown[] = Array.isArray(result.steps) ? result.steps : []
  return steps.flatMap((step) =>
    typeof step === 'object' && step !== null && 'fault' in step ? [String(step.fault)] : [],
  )
}
