import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { formatShare } from '../../../lib/format.ts'
import { texts } from '../../../lib/texts.ts'
import { useJob } from '../../../lib/use-job.ts'
import { Answer } from '../../../ui/answer.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { LinkButton } from '../../../ui/link-button.tsx'
import { WorkLine } from '../../../ui/work-line.tsx'
import {
  type CountedSuggestion,
  makeSegment,
  segmentQuery,
  suggestionsQuery,
} from '../api/start.ts'
import styles from './start.module.css'

const words = texts.start.segment
const changed = [['segments'], ['start'], ['summary'], ['graph']] as const

/** Segments that could be made of these customers; one is made with a click. */
export function SegmentStep({
  segment,
  onSegment,
}: {
  segment: string | undefined
  onSegment: (key: string | undefined) => void
}) {
  const make = useJob(
    (one: CountedSuggestion) =>
      makeSegment(one).then((started) => {
        onSegment(one.key)
        return started
      }),
    changed,
  )
  return (
    <>
      {segment === undefined ? (
        <Suggestions busy={make.isBusy} onTake={make.start} />
      ) : (
        <Chosen segment={segment} onAnother={() => onSegment(undefined)} />
      )}
      <WorkLine work={make} running={words.publishing} failed={words.failed} />
    </>
  )
}

function Suggestions({
  busy,
  onTake,
}: {
  busy: boolean
  onTake: (one: CountedSuggestion) => void
}) {
  const suggestions = useQuery(suggestionsQuery)
  return (
    <>
      <p className={styles.quiet}>{words.about}</p>
      <Answer query={suggestions} height={120}>
        {(all) =>
          all.length === 0 ? (
            <EmptyState
              icon="segment"
              title={words.none}
              action={<LinkButton to="/segments">{words.own}</LinkButton>}
            />
          ) : (
            <ul className={styles.cards}>
              {all.map((one) => (
                <li key={one.key} className={styles.card}>
                  <h3 className={styles.cardTitle}>{one.label}</h3>
                  <p className={styles.quiet}>{one.about}</p>
                  <p>
                    {words.members(one.members, one.people)}{' '}
                    <span className={styles.quiet}>{formatShare(one.members / one.people)}</span>
                  </p>
                  <Button
                    size="xs"
                    variant="light"
                    disabled={busy}
                    aria-label={`${words.take}: ${one.label}`}
                    onClick={() => onTake(one)}
                  >
                    {words.take}
                  </Button>
                </li>
              ))}
            </ul>
          )
        }
      </Answer>
    </>
  )
}

function Chosen({ segment, onAnother }: { segment: string; onAnother: () => void }) {
  const found = useQuery(segmentQuery(segment))
  return (
    <Answer query={found} height={60}>
      {({ label, members }) => (
        <>
          <p className={styles.good}>
            {words.chosen(label)} {members !== undefined && words.size(members)}
          </p>
          <div className={styles.actions}>
            <LinkButton to="/segments" icon="segment">
              {words.open}
            </LinkButton>
            <Button variant="subtle" onClick={onAnother}>
              {words.another}
            </Button>
          </div>
        </>
      )}
    </Answer>
  )
}
