import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { LiveAnswer } from '@tessera/platform/contract'
import { definitionsQuery } from '../../../lib/definitions.ts'
import { definedOption } from '../../../lib/form.ts'
import { formatCount } from '../../../lib/format.ts'
import { texts } from '../../../lib/texts.ts'
import { Ago } from '../../../ui/ago.tsx'
import { Answer } from '../../../ui/answer.tsx'
import { type Column, DataTable } from '../../../ui/data-table.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { Figure, Figures } from '../../../ui/figure.tsx'
import { JsonTree } from '../../../ui/json-tree.tsx'
import { Panel } from '../../../ui/page.tsx'
import { liveQuery } from '../api/profiles.ts'
import styles from './profile.module.css'

const words = texts.customers.live

/** A customer at this moment: counters, memberships and the last events, asked anew while one looks. */
export function LivePart({ id }: { id: string }) {
  const live = useQuery(liveQuery(id))
  return (
    <Answer query={live} height={420}>
      {(found) => (
        <div className={styles.live}>
          <Age of={found.as_of} />
          <Counters of={found.counters} />
          <Memberships of={found.segments} />
          <Panel title={words.events} flush="flush">
            {found.events.length === 0 ? (
              <EmptyState icon="pulse" title={words.noEvents}>
                {words.noEventsHelp}
              </EmptyState>
            ) : (
              <DataTable
                label={words.events}
                rows={found.events}
                columns={columns}
                rowKey={({ position }) => String(position)}
              />
            )}
          </Panel>
        </div>
      )}
    </Answer>
  )
}

/** How old what is shown is: what the set lane knows, and the events. */
function Age({ of }: { of: LiveAnswer['as_of'] }) {
  const { read_at: readAt, is_being_read_again: isOld, waiting, seen, accepted } = of
  return (
    <p className={styles.quiet}>
      {words.read} <Ago time={readAt} />
      {isOld && ` · ${words.again}`}
      {' · '}
      {seen >= accepted ? words.allSeen : words.behind(accepted - seen)}
      {waiting > 0 && ` · ${words.waiting(waiting)}`}
    </p>
  )
}

function Counters({ of }: { of: LiveAnswer['counters'] }) {
  const { data: defined = [] } = useQuery(definitionsQuery('live_counter'))
  const labels = new Map(defined.map(definedOption).map(({ value, label }) => [value, label]))
  const counters = Object.entries(of)
  if (counters.length === 0)
    return (
      <Panel title={words.counters}>
        <p className={styles.quiet}>{words.noCounters}</p>
      </Panel>
    )
  return (
    <section aria-label={words.counters}>
      <Figures>
        {counters.map(([key, count]) => (
          <Figure key={key} label={labels.get(key) ?? key} value={formatCount(count)} />
        ))}
      </Figures>
    </section>
  )
}

function Memberships({ of }: { of: LiveAnswer['segments'] }) {
  const { data: defined = [] } = useQuery(definitionsQuery('segment'))
  const labels = new Map(defined.map(definedOption).map(({ value, label }) => [value, label]))
  return (
    <Panel title={words.segments}>
      {of.length === 0 && <p className={styles.quiet}>{words.noSegments}</p>}
      <ul className={styles.stays}>
        {of.map(({ key, since }) => (
          <li key={key} className={styles.stay}>
            <Link to="/segments/$key" params={{ key }} className={styles.link}>
              {labels.get(key) ?? key}
            </Link>
            <span className={`${styles.quiet} ${styles.small}`}>
              <Ago time={since} />
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  )
}

type LiveEvent = LiveAnswer['events'][number]

const columns: readonly Column<LiveEvent>[] = [
  {
    key: 'at',
    title: words.columns.at,
    cell: ({ at }) => (at === undefined ? words.noTime : <Ago time={at} />),
  },
  { key: 'what', title: words.columns.what, cell: ({ name, type }) => name ?? type },
  { key: 'stream', title: words.columns.stream, cell: ({ stream }) => stream },
  {
    key: 'values',
    title: words.columns.values,
    cell: ({ values }) => <JsonTree value={values} open={0} />,
  },
]
