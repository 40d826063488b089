import type { ReactNode } from 'react'
import styles from './tag.module.css'

/** A small word that sorts a thing: a mode, a type, a category. */
export function Tag({ children, title }: { children: ReactNode; title?: string }) {
  return (
    <span className={styles.tag} title={title}>
      {children}
    </span>
  )
}
