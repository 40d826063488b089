import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Activation } from '@tessera/platform/contract'
import type { ReactNode } from 'react'
import { isBody, numberAt, type Path } from '../../../lib/body.ts'
import { definitionQuery } from '../../../lib/definitions.ts'
import { formatCount } from '../../../lib/format.ts'
import { texts } from '../../../lib/texts.ts'
import { Ago } from '../../../ui/ago.tsx'
import { Facts } from '../../../ui/facts.tsx'
import { Sum } from '../../../ui/proportions.tsx'
import { destinationsQuery } from '../api/activations.ts'
import { isBalanced, partsOf } from '../state.ts'
import styles from './activations.module.css'
import { CircuitBadge } from './destination-columns.tsx'

const words = texts.activations

/** What became of the members, and what an activation is. */
export function OverviewPart({ activation }: { activation: Activation }) {
  const { ledger } = activation
  return (
    <div className={styles.overview}>
      <section aria-label={words.ledger.title} className={styles.block}>
        <Sum name={words.ledger.members} count={ledger.members} parts={partsOf(ledger)} />
        {!isBalanced(ledger) && <p className={styles.bad}>{words.ledger.unbalanced}</p>}
        <h3 className={styles.heading}>{words.ledger.filtered}</h3>
        {Object.keys(ledger.filtered).length === 0 ? (
          <p className={styles.quiet}>{words.ledger.nobodyFiltered}</p>
        ) : (
          <Facts
            numbers="numbers"
            facts={Object.entries(ledger.filtered).map(([reason, count]) => [
              reason,
              formatCount(count),
            ])}
          />
        )}
      </section>
      <section className={styles.block}>
        <Facts facts={useFacts(activation)} />
      </section>
    </div>
  )
}

function useFacts({
  segment,
  destination: key,
  send,
  deliveredAt,
  most_members: most,
  confirm_above: above,
}: Activation): readonly (readonly [string, ReactNode])[] {
  const { data: destinations } = useQuery(destinationsQuery)
  const destination = destinations?.find((one) => one.key === key)
  const { data: defined } = useQuery(definitionQuery('destination', key))
  const { limit } = words.facts
  const limits = [
    ...(most === undefined ? [] : [limit.most_members(most)]),
    ...(above === undefined ? [] : [limit.confirm_above(above)]),
    ...(isBody(defined?.body) ? ratesIn(defined.body) : []),
  ]
  return [
    [
      words.facts.segment,
      <Link key="segment" to="/segments" search={{ q: segment }} className={styles.link}>
        {segment}
      </Link>,
    ],
    [
      words.facts.destination,
      <Link key="to" to="/destinations/$key" params={{ key }} className={styles.link}>
        {key}
      </Link>,
    ],
    [words.facts.send, words.sendsAbout[send]],
    ...(destination
      ? ([
          [words.facts.promise, destination.guarantee],
          [words.facts.circuit, <CircuitBadge key="circuit" of={destination} />],
        ] as const)
      : []),
    [words.facts.limits, limits.length === 0 ? words.facts.noLimits : limits.join(', ')],
    [
      words.columns.delivered,
      typeof deliveredAt === 'string' ? <Ago key="last" time={deliveredAt} /> : words.never,
    ],
  ]
}

const rates = ['requests_per_second', 'members_per_second', 'members_per_day'] as const

function ratesIn(body: Parameters<typeof numberAt>[0]): readonly string[] {
  return rates.flatMap((name) => {
    const path: Path = ['limits', name]
    const rate = numberAt(body, path)
    return rate === undefined ? [] : [words.facts.limit[name](rate)]
  })
}
