import type { ContactPoint, Profile } from '@tessera/platform/contract'
import { texts } from '../../../lib/texts.ts'
import { Icon, type IconName } from '../../../ui/icons.tsx'
import { Panel } from '../../../ui/page.tsx'
import { Tag } from '../../../ui/tag.tsx'
import styles from './profile.module.css'

const words = texts.customers.contact

/** Every way to reach a customer, with the streams that know it. */
export function ContactPart({ profile: { emails, phones, addresses } }: { profile: Profile }) {
  const isEmpty = emails.length + phones.length + addresses.length === 0
  return (
    <Panel title={words.title}>
      {isEmpty && <p className={styles.quiet}>{words.empty}</p>}
      <ul className={styles.points}>
        <Points icon="mail" points={emails} />
        <Points icon="phone" points={phones} />
        <Points icon="place" points={addresses} />
      </ul>
    </Panel>
  )
}

function Points({ icon, points }: { icon: IconName; points: readonly ContactPoint[] }) {
  return points.map(({ value, normalised, usage, from }) => (
    <li key={value} className={styles.point}>
      <Icon name={icon} size={15} />
      <div>
        <div className={styles.pointValue} title={normalised}>
          {value}
        </div>
        <div className={styles.pointFacts}>
          {usage.map((word) => (
            <Tag key={word}>{word}</Tag>
          ))}
          <span>{[...new Set(from.map(({ stream }) => stream))].join(', ')}</span>
        </div>
      </div>
    </li>
  ))
}
