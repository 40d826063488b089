import { Link } from '@tanstack/react-router'
import { type ReactNode, useEffect } from 'react'
import { Icon } from './icons.tsx'
import styles from './page.module.css'

/** One page: its title (also in the tab), a line below it, what can be done, and the contents. */
export function Page({
  title,
  about,
  back,
  actions,
  children,
}: {
  title: string
  about?: ReactNode
  back?: { readonly to: string; readonly label: string }
  actions?: ReactNode
  children: ReactNode
}) {
  useEffect(() => {
    document.title = `${title} · Tessera`
  }, [title])
  return (
    <div className={styles.page}>
      <header className={styles.head}>
        <div className={styles.titles}>
          {back && (
            <Link to={back.to} className={styles.back}>
              <Icon name="back" size={13} /> {back.label}
            </Link>
          )}
          <h1 className={styles.title}>{title}</h1>
          {about !== undefined && <p className={styles.about}>{about}</p>}
        </div>
        {actions !== undefined && <div className={styles.actions}>{actions}</div>}
      </header>
      {children}
    </div>
  )
}

/** A part of a page on a surface of its own. */
export function Panel({
  title,
  aside,
  flush,
  children,
}: {
  title?: ReactNode
  aside?: ReactNode
  /** Contents go to the very edge, for tables. */
  flush?: 'flush' | undefined
  children: ReactNode
}) {
  return (
    <section className={styles.panel}>
      {title !== undefined && (
        <header className={styles.panelHead}>
          <h2 className={styles.panelTitle}>{title}</h2>
          {aside}
        </header>
      )}
      <div className={flush === undefined ? styles.panelBody : undefined}>{children}</div>
    </section>
  )
}
