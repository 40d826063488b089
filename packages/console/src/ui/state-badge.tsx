import type { ReactNode } from 'react'
import styles from './state-badge.module.css'

/** How a state is felt: well, wants patience, at work, wants a hand, or nothing to say. */
export type Tone = 'good' | 'wait' | 'busy' | 'bad' | 'none'

/** A state in a word, with a dot in its colour. */
export function StateBadge({ tone, children }: { tone: Tone; children: ReactNode }) {
  return (
    <span className={styles.badge} data-tone={tone}>
      <span className={styles.dot} />
      {children}
    </span>
  )
}
