import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Activation, ActivationPeople } from '@tessera/platform/contract'
import { texts } from '../../../lib/texts.ts'
import { Answer } from '../../../ui/answer.tsx'
import { type Column, DataTable } from '../../../ui/data-table.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { ListFilter } from '../../../ui/list-frame.tsx'
import { OrderedPager } from '../../../ui/pager.tsx'
import { StateBadge } from '../../../ui/state-badge.tsx'
import { type ActivationAddress, peopleStates } from '../address.ts'
import { peopleQuery } from '../api/activations.ts'
import styles from './activations.module.css'

const words = texts.activations.people

type Person = ActivationPeople['people'][number]

const columns: readonly Column<Person>[] = [
  {
    key: 'name',
    title: words.columns.name,
    cell: ({ profile, name }) => (
      <Link to="/customers/$id" params={{ id: profile }} className={styles.link}>
        {name ?? words.nameless}
      </Link>
    ),
  },
  {
    key: 'place',
    title: words.columns.place,
    cell: ({ city, country }) => [city, country].filter((word) => word !== undefined).join(', '),
  },
  {
    key: 'state',
    title: words.columns.state,
    cell: ({ reason }) =>
      typeof reason === 'string' ? (
        <StateBadge tone="wait">{reason}</StateBadge>
      ) : (
        <StateBadge tone="good">{words.states.sent}</StateBadge>
      ),
  },
  { key: 'id', title: words.columns.id, cell: ({ profile }) => <code>{profile}</code> },
]

/** Who was sent by an activation, and who is held back and why. */
export function PeoplePart({
  activation: { key },
  address: { people: state, reason, after },
  go,
}: {
  activation: Activation
  address: ActivationAddress
  go: (address: ActivationAddress) => void
}) {
  const found = useQuery(peopleQuery(key, { state, reason, after }))
  const here: ActivationAddress = {
    tab: 'people',
    ...(state === undefined ? {} : { people: state }),
    ...(reason === undefined ? {} : { reason }),
  }
  return (
    <Answer query={found} height={320}>
      {({ people, sent, held, next }) => (
        <>
          <div className={styles.filters}>
            <ListFilter
              size="xs"
              label={words.state}
              any={words.allStates}
              value={state}
              options={peopleStates.map((value) => ({ value, label: words.states[value] }))}
              onChoose={(chosen) =>
                go({ tab: 'people', ...(chosen === undefined ? {} : { people: chosen }) })
              }
            />
            <ListFilter
              size="xs"
              label={words.reason}
              any={words.allReasons}
              value={reason}
              options={Object.keys(held).map((value) => ({ value, label: value }))}
              onChoose={(chosen) =>
                go({
                  tab: 'people',
                  ...(chosen === undefined ? {} : { people: 'held', reason: chosen }),
                })
              }
            />
            <span className={styles.quiet}>
              {words.sum(
                sent,
                Object.values(held).reduce((sum, count) => sum + count, 0),
              )}
            </span>
          </div>
          {people.length === 0 ? (
            <EmptyState icon="people" title={words.empty}>
              {words.emptyHelp}
            </EmptyState>
          ) : (
            <DataTable
              label={texts.activations.parts.people}
              rows={people}
              columns={columns}
              rowKey={({ profile }) => profile}
            />
          )}
          <OrderedPager
            onFirst={after === undefined ? undefined : () => go(here)}
            onNext={next === undefined ? undefined : () => go({ ...here, after: next })}
          />
        </>
      )}
    </Answer>
  )
}
