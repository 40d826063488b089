import type { Profile } from '@tessera/platform/contract'
import type { ProfileLink } from '../../../lib/api-types.ts'
import { texts } from '../../../lib/texts.ts'
import { Icon } from '../../../ui/icons.tsx'
import { Panel } from '../../../ui/page.tsx'
import { useTakeOut } from '../use-take-out.ts'
import { OriginWords } from './origin-words.tsx'
import styles from './profile.module.css'
import { RecordsMatrix } from './records-matrix.tsx'
import { TakenOut, TakeOutButton } from './take-out.tsx'

const words = texts.customers

/** All source records of a customer side by side, and why they are one. */
export function RecordsPart({ profile }: { profile: Profile }) {
  const taking = useTakeOut()
  return (
    <div className={styles.stack}>
      <Panel flush="flush">
        <p className={styles.remark}>{words.recordsAbout}</p>
        <TakenOut taking={taking} />
        <RecordsMatrix
          sources={profile.sources}
          above={(source) =>
            profile.sources.length > 1 && <TakeOutButton of={source} taking={taking} />
          }
        />
      </Panel>
      <Panel title={words.links.title} flush="flush">
        <Links profile={profile} />
      </Panel>
    </div>
  )
}

function Links({ profile: { links, sources } }: { profile: Profile }) {
  if (links.length === 0) {
    const why = sources.length < 2 ? words.links.single : words.links.none
    return <p className={styles.remark}>{why}</p>
  }
  return (
    <ul>
      {links.map((link) => (
        <Evidence key={`${link.rule} ${link.left.record} ${link.right.record}`} of={link} />
      ))}
    </ul>
  )
}

function Evidence({ of: { rule, label, matched, left, right } }: { of: ProfileLink }) {
  return (
    <li className={styles.change}>
      <Icon name="merge" size={17} />
      <span>
        <span className={styles.entryMain}>{label ?? rule}</span>: {words.links.both}{' '}
        <span className={styles.matched}>{matched}</span>
      </span>
      <span className={styles.small}>
        <OriginWords of={left} /> ↔ <OriginWords of={right} />
      </span>
    </li>
  )
}
