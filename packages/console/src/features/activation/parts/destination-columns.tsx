import { Link } from '@tanstack/react-router'
import type { Destination } from '@tessera/platform/contract'
import { formatCount, formatTime } from '../../../lib/format.ts'
import { texts } from '../../../lib/texts.ts'
import type { Column } from '../../../ui/data-table.tsx'
import { StateBadge } from '../../../ui/state-badge.tsx'
import { Tag } from '../../../ui/tag.tsx'
import type { ActivationSort } from '../address.ts'
import styles from './activations.module.css'

const words = texts.activations

/** What the list tells of each destination. */
export const destinationColumns: readonly Column<Destination, ActivationSort | 'ledger'>[] = [
  {
    key: 'name',
    title: words.destination.columns.name,
    canSort: 'can sort',
    cell: ({ key, label }) => (
      <span className={styles.name}>
        <Link to="/destinations/$key" params={{ key }} className={styles.link}>
          {key}
        </Link>{' '}
        {label !== key && <span className={styles.quiet}>{label}</span>}
      </span>
    ),
  },
  {
    key: 'type',
    title: words.destination.columns.type,
    canSort: 'can sort',
    cell: ({ type }) => <Tag>{type}</Tag>,
  },
  {
    key: 'promise',
    title: words.destination.columns.promise,
    canSort: 'can sort',
    cell: ({ guarantee }) => guarantee,
  },
  {
    key: 'state',
    title: words.destination.columns.state,
    canSort: 'can sort',
    cell: (destination) => <CircuitBadge of={destination} />,
  },
  {
    key: 'waiting',
    title: words.destination.columns.waiting,
    align: 'end',
    canSort: 'can sort',
    cell: ({ waiting }) => formatCount(waiting),
  },
  {
    key: 'dead',
    title: words.destination.columns.dead,
    align: 'end',
    canSort: 'can sort',
    cell: ({ dead }) => <span data-some={dead > 0 ? 'bad' : undefined}>{formatCount(dead)}</span>,
  },
]

const tones = { closed: 'good', 'half-open': 'wait', open: 'bad' } as const

/** Whether a destination is spoken to, and if not, until when and why. */
export function CircuitBadge({ of: { circuit, until, reason, failures } }: { of: Destination }) {
  return (
    <span title={typeof reason === 'string' ? reason : undefined}>
      <StateBadge tone={tones[circuit]}>
        {words.circuits[circuit]}
        {circuit === 'open' &&
          typeof until === 'string' &&
          ` ${words.circuitUntil(formatTime(until))}`}
        {circuit === 'closed' && failures > 0 && ` · ${words.failures(failures)}`}
      </StateBadge>
    </span>
  )
}
