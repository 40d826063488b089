import { Select } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ProfileChange, RulesetStatus } from '@tessera/platform/contract'
import { useState } from 'react'
import { texts } from '../../../lib/texts.ts'
import { Ago } from '../../../ui/ago.tsx'
import { Answer } from '../../../ui/answer.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { Icon, type IconName } from '../../../ui/icons.tsx'
import { Panel } from '../../../ui/page.tsx'
import { changesQuery } from '../api/identity.ts'
import styles from './identity.module.css'
import { ProfileLink } from './record-name.tsx'

const words = texts.identity.changes
const kinds = ['created', 'merged', 'split', 'retired', 'members'] as const

const icons: Readonly<Record<ProfileChange['kind'], IconName>> = {
  created: 'people',
  merged: 'merge',
  split: 'split',
  retired: 'close',
  members: 'file',
}

/** What the latest runs did to profiles: each can be opened. */
export function ChangesPart({ status }: { status: RulesetStatus }) {
  const changes = useQuery(changesQuery(status.ruleset))
  const [kind, setKind] = useState<string | null>(null)
  return (
    <Panel
      title={words.title}
      flush="flush"
      aside={
        <Select
          size="xs"
          w={170}
          aria-label={words.filter}
          placeholder={words.all}
          clearable
          value={kind}
          onChange={setKind}
          data={kinds.map((value) => ({ value, label: words.kinds[value] }))}
        />
      }
    >
      <Answer query={changes} height={240}>
        {(all) => {
          const shown = kind === null ? all : all.filter((change) => change.kind === kind)
          if (shown.length === 0)
            return (
              <EmptyState icon="merge" title={all.length === 0 ? words.empty : words.noneFits} />
            )
          return (
            <ol className={styles.changes}>
              {shown.map((change) => (
                <Change
                  key={`${change.position} ${change.kind} ${change.profile} ${change.other ?? ''}`}
                  change={change}
                  status={status}
                />
              ))}
            </ol>
          )
        }}
      </Answer>
    </Panel>
  )
}

function Change({ change, status }: { change: ProfileChange; status: RulesetStatus }) {
  const { kind, profile, other, at } = change
  return (
    <li className={styles.change}>
      <Icon name={icons[kind]} size={16} />
      <span>
        <Who id={profile} status={status} /> {words.told[kind]}
        {other !== undefined && (
          <>
            {' '}
            <Who id={other} status={status} />
          </>
        )}
      </span>
      <span className={styles.small}>
        <Ago time={at} />
      </span>
    </li>
  )
}

/** A profile by its id: of a person it leads to the customer, of anything else to what holds it together. */
function Who({ id, status: { on, ruleset } }: { id: string; status: RulesetStatus }) {
  if (on !== 'individual') return <ProfileLink ruleset={ruleset} id={id} />
  return (
    <Link to="/customers/$id" params={{ id }} className={styles.profileLink}>
      {id}
    </Link>
  )
}
