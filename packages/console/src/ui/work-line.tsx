import { Button, Progress } from '@mantine/core'
import { isUnderway } from '../lib/jobs.ts'
import { texts } from '../lib/texts.ts'
import type { Work } from '../lib/use-job.ts'
import styles from './lines.module.css'
import { TroubleLine } from './trouble.tsx'

/** How far work in the background is, how it ended where that is bad, or why it was refused. */
export function WorkLine<Asked>({
  work: { job, refused, cancel },
  running,
  failed,
}: {
  work: Work<Asked>
  running: string
  failed: string
}) {
  if (refused)
    return (
      <div className={styles.line} data-tone="bad" role="alert">
        <TroubleLine thrown={refused} />
      </div>
    )
  if (job === undefined || job.state === 'done') return null
  if (!isUnderway(job))
    return (
      <p className={styles.line} data-tone="bad" role="alert">
        <span className={styles.strong}>{failed}</span> {job.fault?.say}
      </p>
    )
  return (
    <div className={styles.line} data-tone="busy" role="status">
      <span className={styles.strong}>{running}</span>
      <Progress className={styles.progress} value={100} striped animated aria-label={running} />
      <span className={styles.grow}>{job.progress?.note?.replaceAll('_', ' ')}</span>
      <Button size="compact-xs" variant="default" onClick={cancel}>
        {texts.cancel}
      </Button>
    </div>
  )
}
