import { Link } from '@tanstack/react-router'
import type { Activation } from '@tessera/platform/contract'
import { formatCount } from '../../../lib/format.ts'
import { texts } from '../../../lib/texts.ts'
import { Ago } from '../../../ui/ago.tsx'
import type { Column } from '../../../ui/data-table.tsx'
import { ProportionBar } from '../../../ui/proportions.tsx'
import { StateBadge } from '../../../ui/state-badge.tsx'
import { Tag } from '../../../ui/tag.tsx'
import type { ActivationSort } from '../address.ts'
import { partsOf, stateOf } from '../state.ts'
import styles from './activations.module.css'

const words = texts.activations

/** What the list tells of each activation. */
export const activationColumns: readonly Column<Activation, ActivationSort | 'ledger'>[] = [
  {
    key: 'name',
    title: words.columns.name,
    canSort: 'can sort',
    cell: ({ key, label, send }) => (
      <span className={styles.name}>
        <Link to="/activations/$key" params={{ key }} className={styles.link}>
          {label ?? key}
        </Link>{' '}
        <Tag>{words.sends[send]}</Tag>
      </span>
    ),
  },
  {
    key: 'state',
    title: words.columns.state,
    canSort: 'can sort',
    cell: (activation) => <ActivationBadge of={activation} />,
  },
  {
    key: 'segment',
    title: words.columns.segment,
    canSort: 'can sort',
    cell: ({ segment }) => segment,
  },
  {
    key: 'destination',
    title: words.columns.destination,
    canSort: 'can sort',
    cell: ({ destination }) => (
      <Link to="/destinations/$key" params={{ key: destination }} className={styles.link}>
        {destination}
      </Link>
    ),
  },
  {
    key: 'delivered',
    title: words.columns.delivered,
    canSort: 'can sort',
    cell: ({ deliveredAt }) =>
      typeof deliveredAt === 'string' ? <Ago time={deliveredAt} /> : words.never,
  },
  {
    key: 'members',
    title: words.columns.members,
    align: 'end',
    canSort: 'can sort',
    cell: ({ ledger }) => formatCount(ledger.members),
  },
  {
    key: 'ledger',
    title: words.columns.ledger,
    width: '220px',
    cell: ({ ledger }) => <ProportionBar parts={partsOf(ledger)} />,
  },
]

/** How an activation stands, in a word. */
export function ActivationBadge({ of }: { of: Activation }) {
  const { tone, word } = stateOf(of)
  return <StateBadge tone={tone}>{word}</StateBadge>
}
