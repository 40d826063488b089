import { Link } from '@tanstack/react-router'
import type { Profile } from '@tessera/platform/contract'
import type { ProfileChange } from '../../../lib/api-types.ts'
import { formatTime } from '../../../lib/format.ts'
import { texts } from '../../../lib/texts.ts'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { Icon } from '../../../ui/icons.tsx'
import { Panel } from '../../../ui/page.tsx'
import { tell } from '../history.ts'
import styles from './profile.module.css'

/** How a profile came to be what it is: created, merged, split. */
export function HistoryPart({ profile: { id, history } }: { profile: Profile }) {
  return (
    <Panel flush="flush">
      {history.length === 0 ? (
        <EmptyState icon="merge" title={texts.customers.history.empty} />
      ) : (
        <ol>
          {history.map((change) => (
            <Change
              key={`${change.position} ${change.kind} ${change.profile}`}
              change={change}
              seenFrom={id}
            />
          ))}
        </ol>
      )}
    </Panel>
  )
}

function Change({ change, seenFrom }: { change: ProfileChange; seenFrom: string }) {
  const { say, icon, other } = tell(change, seenFrom)
  return (
    <li className={styles.change}>
      <Icon name={icon} size={17} />
      <span>
        {say}{' '}
        {other !== undefined && (
          <Link to="/customers/$id" params={{ id: other }} className={styles.link}>
            {other}
          </Link>
        )}
      </span>
      <time className={styles.entryTime} dateTime={change.at}>
        {formatTime(change.at)}
      </time>
    </li>
  )
}
