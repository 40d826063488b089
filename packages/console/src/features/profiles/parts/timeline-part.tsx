import { Button } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import type { TimelineEntry, TimelinePage } from '../../../lib/api-types.ts'
import { formatCount, formatTime, formatValue } from '../../../lib/format.ts'
import { texts } from '../../../lib/texts.ts'
import { Answer } from '../../../ui/answer.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { Icon } from '../../../ui/icons.tsx'
import { Panel } from '../../../ui/page.tsx'
import { timelineQuery } from '../api/profiles.ts'
import { lookOf, monthsOf } from '../timeline.ts'
import { OriginWords } from './origin-words.tsx'
import styles from './profile.module.css'

const words = texts.customers.timeline

/** What happened with a customer, newest first, a kind at a time if one likes. */
export function TimelinePart({
  id,
  kind,
  onKind,
}: {
  id: string
  kind: string | undefined
  onKind: (kind: string | undefined) => void
}) {
  const timeline = useInfiniteQuery(timelineQuery(id, kind))
  return (
    <Panel title={words.title} flush="flush">
      <Answer query={timeline} height={420}>
        {({ pages }) => {
          const entries = pages.flatMap((page) => page.entries)
          return (
            <>
              <Kinds kinds={pages[0]?.kinds ?? []} kind={kind} onKind={onKind} />
              <Entries entries={entries} />
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
          )
        }}
      </Answer>
    </Panel>
  )
}

function Kinds({
  kinds,
  kind,
  onKind,
}: {
  kinds: TimelinePage['kinds']
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
      {kinds.map(({ object, label, count }) => (
        <button
          key={object}
          type="button"
          className={styles.kind}
          aria-pressed={kind === object}
          onClick={() => onKind(kind === object ? undefined : object)}
        >
          {label} <span className={styles.quiet}>{formatCount(count)}</span>
        </button>
      ))}
    </div>
  )
}

function Entries({ entries }: { entries: readonly TimelineEntry[] }) {
  if (entries.length === 0) {
    return (
      <EmptyState icon="engagement" title={words.empty}>
        {words.emptyHelp}
      </EmptyState>
    )
  }
  return monthsOf(entries).map(({ name, entries: inMonth }) => (
    <section key={name} aria-label={name}>
      <h3 className={styles.month}>{name}</h3>
      <ol className={styles.entries}>
        {inMonth.map((entry) => (
          <Entry key={`${entry.object} ${entry.id}`} entry={entry} />
        ))}
      </ol>
    </section>
  ))
}

function Entry({ entry: { object, label, at, shows, from } }: { entry: TimelineEntry }) {
  const { icon, colour } = lookOf(object)
  return (
    <li className={styles.entry}>
      <span className={styles.entryStone} style={{ ['--stone' as string]: `var(${colour})` }}>
        <Icon name={icon} size={15} />
      </span>
      <span className={styles.entryShows}>
        <span className={styles.entryMain}>{label}</span>
        {shows.map((shown) => (
          <span key={shown.field} title={shown.label}>
            {formatValue(shown.value, shown.type)}
          </span>
        ))}
      </span>
      <time className={styles.entryTime} dateTime={at}>
        {formatTime(at)}
      </time>
      <span className={styles.entryFrom}>
        <OriginWords of={from} />
      </span>
    </li>
  )
}
