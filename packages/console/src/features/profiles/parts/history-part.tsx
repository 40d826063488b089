import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ProfileChange } from '../../../lib/api-types.ts'
import { formatTime } from '../../../lib/format.ts'
import { texts } from '../../../lib/texts.ts'
import { Answer } from '../../../ui/answer.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { Icon, type IconName } from '../../../ui/icons.tsx'
import { Panel } from '../../../ui/page.tsx'
import { historyQuery } from '../api/profiles.ts'
import styles from './profile.module.css'

const words = texts.customers.history

const icons: Readonly<Record<ProfileChange['kind'], IconName>> = {
  created: 'people',
  merged: 'merge',
  split: 'identity',
  retired: 'close',
  members: 'file',
}

/** How a profile came to be what it is: created, merged, split. */
export function HistoryPart({ id }: { id: string }) {
  const history = useQuery(historyQuery(id))
  return (
    <Panel flush="flush">
      <Answer query={history} height={240}>
        {(changes) =>
          changes.length === 0 ? (
            <EmptyState icon="merge" title={words.empty} />
          ) : (
            <ol>
              {changes.map((change) => (
                <Change key={`${change.position} ${change.kind} ${change.other}`} of={change} />
              ))}
            </ol>
          )
        }
      </Answer>
    </Panel>
  )
}

function Change({ of: { kind, other, say, at } }: { of: ProfileChange }) {
  return (
    <li className={styles.change}>
      <Icon name={icons[kind]} size={17} />
      <span>
        {say ?? words.kinds[kind]}
        {other !== undefined && (
          <>
            {' · '}
            <Link to="/customers/$id" params={{ id: other }} className={styles.link}>
              {words.other} {other}
            </Link>
          </>
        )}
      </span>
      {at !== undefined && <time className={styles.entryTime}>{formatTime(at)}</time>}
    </li>
  )
}
