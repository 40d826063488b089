import type { SeenEvent } from '@tessera/platform/contract'
import { memo } from 'react'
import { formatClock, formatTime } from '../../../lib/format.ts'
import { texts } from '../../../lib/texts.ts'
import { StateBadge, type Tone } from '../../../ui/state-badge.tsx'
import { Tag } from '../../../ui/tag.tsx'
import { sayingOf } from '../saying.ts'
import { EventDetail } from './event-detail.tsx'
import styles from './events.module.css'

const words = texts.events

const tones: Readonly<Record<SeenEvent['status'], Tone>> = {
  stored: 'good',
  duplicate: 'none',
  rejected: 'bad',
  parked: 'wait',
}

/** Events, newest first; one of them may be open. */
export function EventList({
  events,
  opened,
  onOpen,
}: {
  events: readonly SeenEvent[]
  opened: string | undefined
  onOpen: (position: string | undefined) => void
}) {
  return (
    <ul className={styles.list} aria-label={words.last}>
      {events.map((event) => {
        const position = String(event.position)
        const isOpen = position === opened
        return (
          <li key={position} className={styles.item} data-open={isOpen}>
            <button
              type="button"
              className={styles.row}
              aria-expanded={isOpen}
              onClick={() => onOpen(isOpen ? undefined : position)}
            >
              <Line event={event} />
            </button>
            {isOpen && (
              <div className={styles.detail}>
                <EventDetail position={position} seen={event} />
              </div>
            )}
          </li>
        )
      })}
    </ul>
  )
}

// Hundreds of lines, of which a new answer changes none.
const Line = memo(function Line({ event }: { event: SeenEvent }) {
  const { kind, title, who } = sayingOf(event)
  return (
    <>
      <time
        className={styles.time}
        dateTime={event.receivedAt}
        title={formatTime(event.receivedAt)}
      >
        {formatClock(event.receivedAt)}
      </time>
      <span className={styles.status}>
        <StateBadge tone={tones[event.status]}>{words.statuses[event.status]}</StateBadge>
      </span>
      <Tag>{kind}</Tag>
      <span className={styles.title}>
        {title}
        {event.reason !== undefined && <span className={styles.reason}>{event.reason}</span>}
      </span>
      <span className={styles.who}>{who}</span>
      <span className={styles.stream}>{event.stream}</span>
    </>
  )
})
