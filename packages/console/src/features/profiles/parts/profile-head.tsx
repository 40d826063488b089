import type { ContactPoint, Profile } from '@tessera/platform/contract'
import type { ReactNode } from 'react'
import { texts } from '../../../lib/texts.ts'
import { Icon, type IconName } from '../../../ui/icons.tsx'
import styles from './profile.module.css'

const words = texts.customers

/** What is said of a customer below the name: how to reach them, and how many records they are made of. */
export function ProfileHead({ profile }: { profile: Profile }): ReactNode {
  const { id, asked_for, records, sources, emails, phones } = profile
  return (
    <span className={styles.head}>
      <Reach icon="mail" points={emails} />
      <Reach icon="phone" points={phones} />
      <span>
        {words.records(records)} {words.from(new Set(sources.map(({ source }) => source)).size)}
      </span>
      <span className={styles.id}>
        {words.id} {id}
      </span>
      {asked_for !== undefined && <span>{words.redirected(asked_for)}</span>}
    </span>
  )
}

// The most trusted one comes first.
function Reach({ icon, points: [first] }: { icon: IconName; points: readonly ContactPoint[] }) {
  if (!first) return null
  return (
    <span className={styles.headItem}>
      <Icon name={icon} size={14} /> {first.value}
    </span>
  )
}
