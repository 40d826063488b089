import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { formatHour } from '../../../lib/format.ts'
import { texts } from '../../../lib/texts.ts'
import { StateBadge } from '../../../ui/state-badge.tsx'
import { alertsQuery } from '../api/streams.ts'
import styles from './streams.module.css'

const words = texts.streams.alerts

/** Hours in which far more or far less came than usual; of all streams, or of one. */
export function AlertLines({ of }: { of?: string }) {
  const { data = [] } = useQuery(alertsQuery)
  const shown = of === undefined ? data : data.filter(({ stream }) => stream === of)
  if (shown.length === 0) return null
  return (
    <section className={styles.alerts} aria-label={words.title}>
      <ul>
        {shown.map(({ stream, label, hour, kind, say }) => (
          <li key={`${stream} ${hour}`} className={styles.alert}>
            <StateBadge tone={kind === 'low' ? 'bad' : 'wait'}>{words.kinds[kind]}</StateBadge>
            <span>{say}</span>
            <span className={styles.quiet}>{formatHour(hour)}</span>
            {of === undefined && (
              <Link
                to="/streams/$key"
                params={{ key: stream }}
                search={{ tab: 'hours', span: '7d' }}
                className={styles.link}
              >
                {label}
              </Link>
            )}
          </li>
        ))}
      </ul>
    </section>
  )
}
