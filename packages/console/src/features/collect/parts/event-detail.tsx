import { useQuery } from '@tanstack/react-query'
import type { SeenEvent } from '@tessera/platform/contract'
import { texts } from '../../../lib/texts.ts'
import { Answer } from '../../../ui/answer.tsx'
import { CopyText } from '../../../ui/copyable.tsx'
import { JsonTree } from '../../../ui/json-tree.tsx'
import { wayQuery } from '../api/events.ts'
import { EventSteps } from './event-steps.tsx'
import styles from './events.module.css'

const words = texts.events

/** One event in full: the way it has gone, and its body. */
export function EventDetail({ position, seen }: { position: string; seen?: SeenEvent }) {
  const way = useQuery(wayQuery(position))
  const body = seen?.value ?? way.data?.body
  return (
    <div className={styles.both}>
      <section className={styles.part} aria-label={words.way}>
        <h3 className={styles.heading}>{words.way}</h3>
        <Answer query={way} height={180}>
          {(found) => <EventSteps way={found} />}
        </Answer>
      </section>
      {body !== undefined && (
        <section className={styles.part} aria-label={words.body}>
          <h3 className={styles.heading}>
            {words.body} <CopyText text={JSON.stringify(body, null, 2)} />
          </h3>
          <JsonTree value={body} />
        </section>
      )}
    </div>
  )
}
