import type { Origin } from '@tessera/platform/contract'
import { formatCount } from '../../../lib/format.ts'
import { texts } from '../../../lib/texts.ts'
import { ConsoleLink } from '../../../ui/console-link.tsx'
import styles from './profile.module.css'

/** Where something comes from: the stream and the record, with file and row where they are known. */
export function OriginWords({ of: { stream, id, file, row } }: { of: Origin }) {
  return (
    <span className={styles.quiet}>
      <ConsoleLink to={`/streams/${stream}`} className={styles.link}>
        {stream}
      </ConsoleLink>{' '}
      {id}
      {file !== undefined && <> · {file}</>}
      {row !== undefined && (
        <>
          , {texts.customers.value.row} {formatCount(row)}
        </>
      )}
    </span>
  )
}
