import type { ReactNode } from 'react'
import styles from './figure.module.css'

/** A number that counts, with its name above and a remark below. */
export function Figure({
  label,
  value,
  remark,
}: {
  label: string
  value: ReactNode
  remark?: ReactNode
}) {
  return (
    <div className={styles.figure}>
      <dt className={styles.label}>{label}</dt>
      <dd className={styles.value}>{value}</dd>
      {remark !== undefined && <dd className={styles.remark}>{remark}</dd>}
    </div>
  )
}

/** Several figures in a row, as wide as the page. */
export function Figures({ children }: { children: ReactNode }) {
  return <dl className={styles.figures}>{children}</dl>
}
