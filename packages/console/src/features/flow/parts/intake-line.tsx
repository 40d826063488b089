import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { IntakeState } from '@tessera/platform/contract'
import { formatDuration } from '../../../lib/format.ts'
import { texts } from '../../../lib/texts.ts'
import { StateBadge } from '../../../ui/state-badge.tsx'
import { intakeQuery } from '../api/flow.ts'
import styles from './intake-line.module.css'

const words = texts.flow.intake

/** How the way in is doing, in a line. Nothing until something has come. */
export function IntakeLine() {
  const { data } = useQuery(intakeQuery)
  if (!data || data.log.head === 0) return null
  return (
    <section className={styles.line} aria-label={words.title}>
      <State intake={data} />
      <LastRound intake={data} />
      <Link to="/events" className={styles.link}>
        {words.open}
      </Link>
    </section>
  )
}

function State({ intake: { log, lake } }: { intake: IntakeState }) {
  if (log.trouble !== undefined) return <Bad what={words.logTrouble} why={log.trouble} />
  if (lake.trouble !== undefined) return <Bad what={words.lakeTrouble} why={lake.trouble} />
  if (lake.behind === 0) return <StateBadge tone="good">{words.well}</StateBadge>
  return <StateBadge tone="busy">{words.waiting(lake.behind)}</StateBadge>
}

function Bad({ what, why }: { what: string; why: string }) {
  return (
    <span className={styles.bad} role="alert">
      <StateBadge tone="bad">{what}</StateBadge>
      <span>{why}</span>
    </span>
  )
}

function LastRound({ intake: { lake } }: { intake: IntakeState }) {
  const { last_round_lines: lines, last_round_ms: took } = lake
  if (lines === undefined || took === undefined) return null
  return <span className={styles.quiet}>{words.round(lines, formatDuration(took))}</span>
}
