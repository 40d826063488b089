import { Button } from '@mantine/core'
import { texts } from '../../../lib/texts.ts'
import { useJob } from '../../../lib/use-job.ts'
import { StateBadge } from '../../../ui/state-badge.tsx'
import { TroubleLine } from '../../../ui/trouble.tsx'
import { WorkLine } from '../../../ui/work-line.tsx'
import { refreshAll } from '../api/mapping.ts'
import type { Mapped } from '../use-mapping.ts'
import styles from './mapping.module.css'

const words = texts.mapping
const followers = [['graph'], ['streams'], ['summary'], ['profiles']] as const

/** How the draft stands, and what can be done with it. It stays in sight while one scrolls. */
export function SaveLine({ mapped }: { mapped: Mapped }) {
  const run = useJob(() => refreshAll(), followers)
  const { isChanged, isSound, isSaving, change, isUndone, refused } = mapped
  // What stands at a field is told there.
  const elsewhere = mapped.problems.filter(({ at }) => !at.startsWith('objects['))
  return (
    <div className={styles.save}>
      <div className={styles.saveRow}>
        <Standing mapped={mapped} />
        <span className={styles.buttons}>
          {isChanged && (
            <Button size="xs" variant="default" onClick={mapped.discard}>
              {words.discard}
            </Button>
          )}
          <Button
            size="xs"
            disabled={!isChanged || !isSound}
            loading={isSaving}
            onClick={mapped.save}
          >
            {words.save}
          </Button>
        </span>
      </div>
      {mapped.newer !== undefined && (
        <p role="status" className={styles.saveRow}>
          {texts.editor.newer(mapped.newer)}
        </p>
      )}
      {elsewhere.map(({ at, say }) => (
        <p key={`${at} ${say}`} role="alert" className={styles.refused}>
          {say}
        </p>
      ))}
      {refused && (
        <div role="alert" className={styles.refused}>
          <TroubleLine thrown={refused} />
        </div>
      )}
      {!isChanged && (change !== undefined || isUndone) && (
        <div role="status" className={styles.saveRow}>
          <span>{isUndone ? words.undone : words.saved}</span>
          <span className={styles.buttons}>
            {change !== undefined && (
              <Button size="compact-xs" variant="default" onClick={mapped.undo}>
                {words.undo}
              </Button>
            )}
            <Button
              size="compact-xs"
              variant="light"
              loading={run.isBusy}
              onClick={() => run.start(undefined)}
            >
              {words.run}
            </Button>
          </span>
        </div>
      )}
      <WorkLine work={run} running={words.running} failed={words.failed} />
    </div>
  )
}

function Standing({ mapped: { isChanged, isLooking, problems } }: { mapped: Mapped }) {
  if (problems.length > 0)
    return <StateBadge tone="bad">{words.preview.wrong(problems.length)}</StateBadge>
  if (isLooking) return <StateBadge tone="busy">{words.preview.checking}</StateBadge>
  return (
    <StateBadge tone={isChanged ? 'wait' : 'good'}>
      {isChanged ? words.draft : words.same}
    </StateBadge>
  )
}
