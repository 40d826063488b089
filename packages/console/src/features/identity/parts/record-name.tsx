import { Link } from '@tanstack/react-router'
import type { RecordName } from '@tessera/platform/contract'
import styles from './identity.module.css'

/** A record as people find it again: its stream, which can be opened, and its id there. */
export function RecordWords({ of: { stream, id } }: { of: Pick<RecordName, 'stream' | 'id'> }) {
  return (
    <span className={styles.record}>
      <Link to="/streams/$key" params={{ key: stream }} className={styles.link}>
        {stream}
      </Link>{' '}
      <span className={styles.recordId}>{id}</span>
    </span>
  )
}

/** How a record is named in an address or a question. */
export const nameOf = ({ stream, id }: Pick<RecordName, 'stream' | 'id'>): string =>
  `${stream}:${id}`

/** A profile by its id, with the way to what holds it together. */
export function ProfileLink({ ruleset, id }: { ruleset: string; id: string }) {
  return (
    <Link
      to="/identity/$ruleset/profiles/$id"
      params={{ ruleset, id }}
      className={styles.profileLink}
    >
      {id}
    </Link>
  )
}
