import { formatCount, formatShare } from '../lib/format.ts'
import styles from './proportions.module.css'
import type { Tone } from './state-badge.tsx'

/** One part of a whole. */
export interface Proportion {
  readonly name: string
  readonly count: number
  readonly tone: Tone
}

/** What a whole is made of, as a thin bar. */
export function ProportionBar({ parts }: { parts: readonly Proportion[] }) {
  const whole = parts.reduce((sum, { count }) => sum + count, 0)
  const said = parts.map(({ name, count }) => `${formatCount(count)} ${name}`).join(', ')
  return (
    <span className={styles.bar} role="img" aria-label={said} title={said}>
      {parts
        .filter(({ count }) => count > 0)
        .map(({ name, count, tone }) => (
          <span
            key={name}
            className={styles.part}
            data-tone={tone}
            style={{ flexGrow: count / whole }}
          />
        ))}
    </span>
  )
}

/** What a whole is made of, as a sum that adds up: the whole = part + part + part. */
export function Sum({
  name,
  count,
  parts,
}: {
  name: string
  count: number
  parts: readonly Proportion[]
}) {
  return (
    <div className={styles.sum}>
      <div className={styles.terms}>
        <Term name={name} count={count} />
        {parts.map((part, i) => (
          <span key={part.name} className={styles.pair}>
            <span className={styles.sign}>{i === 0 ? '=' : '+'}</span>
            <Term {...part} share={count === 0 ? undefined : part.count / count} />
          </span>
        ))}
      </div>
      <ProportionBar parts={parts} />
    </div>
  )
}

function Term({
  name,
  count,
  tone,
  share,
}: {
  name: string
  count: number
  tone?: Tone
  share?: number | undefined
}) {
  return (
    <span className={styles.term}>
      <span className={styles.count}>{formatCount(count)}</span>
      <span className={styles.name}>
        {tone && <span className={styles.dot} data-tone={tone} />}
        {name}
        {share !== undefined && share > 0 && share < 1 && <> · {formatShare(share)}</>}
      </span>
    </span>
  )
}
