import { useQuery } from '@tanstack/react-query'
import type { Activation, Delivery } from '@tessera/platform/contract'
import { formatCount } from '../../../lib/format.ts'
import { olderThan } from '../../../lib/paging.ts'
import { texts } from '../../../lib/texts.ts'
import { Ago } from '../../../ui/ago.tsx'
import { Answer } from '../../../ui/answer.tsx'
import { type Column, DataTable } from '../../../ui/data-table.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { ListFilter } from '../../../ui/list-frame.tsx'
import { Pager } from '../../../ui/pager.tsx'
import { StateBadge } from '../../../ui/state-badge.tsx'
import { type ActivationAddress, deliveryStates } from '../address.ts'
import { deliveriesPerPage, deliveriesQuery } from '../api/activations.ts'
import styles from './activations.module.css'

const words = texts.activations.deliveries
const tones = { waiting: 'wait', delivered: 'good', dead: 'bad', cancelled: 'none' } as const

/** What every table of batches tells of each. */
export const deliveryColumns: readonly Column<Delivery>[] = [
  {
    key: 'batch',
    title: words.columns.batch,
    cell: ({ id, number, of }) => (
      <span className={styles.batch}>
        {id} {of > 1 && <span className={styles.quiet}>{words.of(number, of)}</span>}
      </span>
    ),
  },
  {
    key: 'state',
    title: words.columns.state,
    cell: ({ state, dueAt }) => (
      <StateBadge tone={tones[state]}>
        {words.states[state]}
        {typeof dueAt === 'string' && (
          <>
            {' '}
            · {words.due} <Ago time={dueAt} />
          </>
        )}
      </StateBadge>
    ),
  },
  {
    key: 'members',
    title: words.columns.members,
    align: 'end',
    cell: ({ members }) => formatCount(members),
  },
  {
    key: 'attempts',
    title: words.columns.attempts,
    align: 'end',
    cell: ({ attempts }) => formatCount(attempts),
  },
  { key: 'queued', title: words.columns.queued, cell: ({ queuedAt }) => <Ago time={queuedAt} /> },
  {
    key: 'settled',
    title: words.columns.settled,
    cell: ({ settledAt }) => typeof settledAt === 'string' && <Ago time={settledAt} />,
  },
  {
    key: 'reason',
    title: words.columns.reason,
    cell: ({ reason }) => typeof reason === 'string' && reason,
  },
]

/** Every batch of an activation, newest first. */
export function DeliveriesPart({
  activation: { key },
  address: { state, before },
  go,
}: {
  activation: Activation
  address: ActivationAddress
  go: (address: ActivationAddress) => void
}) {
  const deliveries = useQuery(deliveriesQuery(key, { state, before }))
  const here: ActivationAddress = { tab: 'deliveries', ...(state === undefined ? {} : { state }) }
  return (
    <>
      <div className={styles.filters}>
        <ListFilter
          size="xs"
          label={words.state}
          any={words.allStates}
          value={state}
          options={deliveryStates.map((value) => ({ value, label: words.states[value] }))}
          onChoose={(next) =>
            go({ tab: 'deliveries', ...(next === undefined ? {} : { state: next }) })
          }
        />
      </div>
      <Answer query={deliveries} height={320}>
        {(page) => (
          <>
            {page.length === 0 ? (
              <EmptyState icon="send" title={words.empty}>
                {words.emptyHelp}
              </EmptyState>
            ) : (
              <DataTable
                label={texts.activations.parts.deliveries}
                rows={page}
                columns={deliveryColumns}
                rowKey={({ id }) => id}
              />
            )}
            <Pager
              onNewest={before === undefined ? undefined : () => go(here)}
              onOlder={olderThan(page, deliveriesPerPage, ({ sequence }) =>
                go({ ...here, before: String(sequence) }),
              )}
            />
          </>
        )}
      </Answer>
    </>
  )
}
