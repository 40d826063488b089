import type { ReactNode } from 'react'
import { texts } from '../../../lib/texts.ts'
import { Icon } from '../../../ui/icons.tsx'
import styles from './start.module.css'

/** Where a step stands: behind one, before one, or still out of reach. */
export type Standing = 'done' | 'now' | 'later'

/** One step of the guide. What is out of reach shows its name only. */
export function Step({
  number,
  title,
  standing,
  children,
}: {
  number: number
  title: string
  standing: Standing
  children?: ReactNode
}) {
  return (
    <li className={styles.step} data-standing={standing} aria-current={currentOf(standing)}>
      <h2 className={styles.stepTitle}>
        <span className={styles.number}>
          {standing === 'done' ? <Icon name="check" size={14} /> : number}
        </span>
        {title}
        <span className={styles.hidden}>{texts.start.states[standing]}</span>
      </h2>
      {standing !== 'later' && <div className={styles.stepBody}>{children}</div>}
    </li>
  )
}

const currentOf = (standing: Standing) => (standing === 'now' ? ('step' as const) : undefined)
