import type { ReactNode } from 'react'
import type { ContactPoint, Profile } from '../../../lib/api-types.ts'
import { texts } from '../../../lib/texts.ts'
import { Icon } from '../../../ui/icons.tsx'
import { contactIcons, firstOf } from '../contact.ts'
import styles from './profile.module.css'

const words = texts.customers

/** What is said of a customer below the name: how to reach them, and how many records they are made of. */
export function ProfileHead({ profile, asked }: { profile: Profile; asked: string }): ReactNode {
  const { id, records, streams, contact_points } = profile
  return (
    <span className={styles.head}>
      {(['email', 'phone'] as const).map((kind) => (
        <Reach key={kind} point={firstOf(contact_points, kind)} />
      ))}
      <span className={styles.headItem}>
        {words.records(records)} {words.from(streams.length)}
      </span>
      <span className={styles.id}>
        {words.id} {id}
      </span>
      {asked !== id && <span>{words.redirected}</span>}
    </span>
  )
}

function Reach({ point }: { point: ContactPoint | undefined }) {
  if (!point) return null
  return (
    <span className={styles.headItem}>
      <Icon name={contactIcons[point.kind]} size={14} /> {point.value}
    </span>
  )
}
