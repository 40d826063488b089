import type { ReactNode } from 'react'
import { Icon, type IconName } from './icons.tsx'
import styles from './states.module.css'

/** Nothing is here yet: what would be, and what to do next. */
export function EmptyState({
  icon,
  title,
  children,
  action,
}: {
  icon: IconName
  title: string
  children?: ReactNode
  action?: ReactNode
}) {
  return (
    <div className={styles.state}>
      <span className={styles.stone}>
        <Icon name={icon} size={22} />
      </span>
      <p className={styles.title}>{title}</p>
      {children !== undefined && <div className={styles.say}>{children}</div>}
      {action}
    </div>
  )
}
