import { Link } from '@tanstack/react-router'
import type { Origin } from '../../../lib/api-types.ts'
import { formatCount } from '../../../lib/format.ts'
import { texts } from '../../../lib/texts.ts'
import styles from './profile.module.css'

/** Where something comes from: source, stream, file and row. */
export function OriginWords({ of: { source, stream, file, row } }: { of: Origin }) {
  return (
    <span className={styles.quiet}>
      {source} ›{' '}
      <Link to="/streams/$key" params={{ key: stream }} className={styles.link}>
        {stream}
      </Link>
      {file !== undefined && <> › {file}</>}
      {row !== undefined && (
        <>
          , {texts.customers.value.row} {formatCount(row)}
        </>
      )}
    </span>
  )
}
