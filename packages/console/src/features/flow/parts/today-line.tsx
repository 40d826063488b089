import { useQuery } from '@tanstack/react-query'
import type { Summary } from '@tessera/platform/contract'
import { texts } from '../../../lib/texts.ts'
import { dayQuery } from '../api/flow.ts'
import { dayOf } from '../day.ts'
import styles from './intake-line.module.css'

const words = texts.home.today

/** What arrived within the last day. */
export function TodayLine({ sources }: { sources: Summary['sources'] }) {
  const { data: day } = useQuery(dayQuery(sources.map(({ stream }) => stream)))
  if (day === undefined) return null
  const { received, stored, rejected, busiest } = dayOf(day)
  const label = sources.find(({ stream }) => stream === busiest?.stream)?.label
  return (
    <section className={styles.line} aria-label={words.title}>
      <span>{words.title}</span>
      {received === 0 ? (
        <span className={styles.quiet}>{words.quiet}</span>
      ) : (
        <>
          <span>{words.received(received)}</span>
          <span>{words.stored(stored)}</span>
          {rejected > 0 && <span className={styles.bad}>{words.rejected(rejected)}</span>}
          {busiest && (
            <span className={styles.quiet}>
              {words.busiest(label ?? busiest.stream, busiest.received)}
            </span>
          )}
        </>
      )}
    </section>
  )
}
