import { Button } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import type { Profile, TimelineEvent } from '@tessera/platform/contract'
import { formatCount, formatTime, formatValue } from '../../../lib/format.ts'
import { texts } from '../../../lib/texts.ts'
import { Answer } from '../../../ui/answer.tsx'
import { stoneColour } from '../../../ui/colour.ts'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { Icon } from '../../../ui/icons.tsx'
import { Panel } from '../../../ui/page.tsx'
import { timelineQuery } from '../api/profiles.ts'
import { eventKinds, lookOf, monthsOf } from '../timeline.ts'
import { OriginWords } from './origin-words.tsx'
import styles from './profile.module.css'

const words = texts.customers.timeline

/** What a customer did, newest first, a kind at a time if one likes. */
export function TimelinePart({
  profile,
  kind,
  onKind,
}: {
  profile: Profile
  kind: string | undefined
  onKind: (kind: string | undefined) => void
}) {
  const timeline = useInfiniteQuery(timelineQuery(profile.id, kind))
  return (
    <Panel title={words.title} flush="flush">
      <Kinds kinds={eventKinds(profile.counts)} kind={kind} onKind={onKind} />
      <Answer query={timeline} height={420}>
        {({ pages }) => (
          <>
            <Events events={pages.flatMap(({ events }) => events)} />
            {timeline.hasNextPage && (
              <div className={styles.more}>
                <Button
                  size="xs"
                  variant="default"
                  loading={timeline.isFetchingNextPage}
                  onClick={() => void timeline.fetchNextPage()}
                >
                  {texts.more}
                </Button>
              </div>
            )}
          </>
        )}
      </Answer>
    </Panel>
  )
}

function Kinds({
  kinds,
  kind,
  onKind,
}: {
  kinds: Profile['counts']
  kind: string | undefined
  onKind: (kind: string | undefined) => void
}) {
  if (kinds.length < 2 && kind === undefined) return null
  return (
    <div className={styles.kinds}>
      <button
        type="button"
        className={styles.kind}
        aria-pressed={kind === undefined}
        onClick={() => onKind(undefined)}
      >
        {words.all}
      </button>
      {kinds.map(({ object, label, rows }) => (
        <button
          key={object}
          type="button"
          className={styles.kind}
          aria-pressed={kind === object}
          onClick={() => onKind(kind === object ? undefined : object)}
        >
          {label} <span className={styles.quiet}>{formatCount(rows)}</span>
        </button>
      ))}
    </div>
  )
}

function Events({ events }: { events: readonly TimelineEvent[] }) {
  if (events.length === 0) {
    return (
      <EmptyState icon="engagement" title={words.empty}>
        {words.emptyHelp}
      </EmptyState>
    )
  }
  return monthsOf(events).map(({ name, events: inMonth }) => (
    <section key={name} aria-label={name}>
      <h3 className={styles.month}>{name}</h3>
      <ol className={styles.entries}>
        {inMonth.map((event) => (
          <Event key={`${event.object} ${event.record}`} event={event} />
        ))}
      </ol>
    </section>
  ))
}

function Event({ event }: { event: TimelineEvent }) {
  const { icon, colour } = lookOf(event.object)
  return (
    <li className={styles.entry}>
      <span className={styles.entryStone} style={stoneColour(colour)}>
        <Icon name={icon} size={15} />
      </span>
      <span className={styles.entryShows}>
        <span className={styles.entryMain}>{event.label}</span>
        {event.shows.map(({ field, label, type, value, name }) => (
          <span key={field} title={label}>
            {name ?? formatValue(value, type)}
          </span>
        ))}
      </span>
      {event.at !== undefined && (
        <time className={styles.entryTime} dateTime={event.at}>
          {formatTime(event.at)}
        </time>
      )}
      <span className={styles.entryFrom}>
        <OriginWords of={event} />
      </span>
    </li>
  )
}
