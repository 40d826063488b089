import { Link } from '@tanstack/react-router'
import { useWindowVirtualizer } from '@tanstack/react-virtual'
import type { ProfileSummary } from '@tessera/platform/contract'
import { useEffect, useRef } from 'react'
import { initialsOf } from '../../../lib/format.ts'
import { texts } from '../../../lib/texts.ts'
import styles from './customers.module.css'

const words = texts.customers
const rowHeight = 56

/** Customers, one in each row; only those in sight are drawn. */
export function CustomerList({
  customers,
  isDim,
  hasMore,
  onMore,
}: {
  customers: readonly ProfileSummary[]
  isDim: boolean
  hasMore: boolean
  onMore: () => void
}) {
  const list = useRef<HTMLUListElement>(null)
  const rows = useWindowVirtualizer({
    count: customers.length,
    estimateSize: () => rowHeight,
    overscan: 10,
    scrollMargin: list.current?.offsetTop ?? 0,
  })
  const shown = rows.getVirtualItems()
  const last = shown.at(-1)?.index ?? 0
  useEffect(() => {
    if (hasMore && last >= customers.length - 10) onMore()
  }, [hasMore, last, customers.length, onMore])
  return (
    <ul ref={list} className={styles.list} data-dim={isDim} style={{ height: rows.getTotalSize() }}>
      {shown.map(({ index, start }) => {
        const customer = customers[index]
        if (!customer) return null
        const top = start - rows.options.scrollMargin
        return (
          <li key={customer.id} style={{ transform: `translateY(${top}px)` }}>
            <Customer customer={customer} />
          </li>
        )
      })}
    </ul>
  )
}

function Customer({ customer }: { customer: ProfileSummary }) {
  const { id, name, emails, phones, city, country, records, sources } = customer
  const place = [city, country].filter((part) => part !== undefined && part !== '').join(', ')
  return (
    <Link to="/customers/$id" params={{ id }} className={styles.customer}>
      <span className={styles.avatar} aria-hidden="true">
        {initialsOf(name || (emails[0] ?? ''))}
      </span>
      <span className={styles.name}>
        {name || <span className={styles.quiet}>{words.nameless}</span>}
      </span>
      <span className={styles.cell}>{emails.join(', ')}</span>
      <span className={styles.cell}>{phones.join(', ')}</span>
      <span className={styles.cell}>{place}</span>
      <span className={styles.records} title={sources.join(', ')}>
        {words.records(records)}
      </span>
    </Link>
  )
}
