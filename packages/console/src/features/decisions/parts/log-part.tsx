import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { DecisionRecorded } from '@tessera/platform/contract'
import { olderThan } from '../../../lib/paging.ts'
import { texts } from '../../../lib/texts.ts'
import { Ago } from '../../../ui/ago.tsx'
import { Answer } from '../../../ui/answer.tsx'
import { type Column, DataTable } from '../../../ui/data-table.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import shared from '../../../ui/lines.module.css'
import { ListFilter } from '../../../ui/list-frame.tsx'
import { Pager } from '../../../ui/pager.tsx'
import { SearchBox } from '../../../ui/search-box.tsx'
import { StateBadge, type Tone } from '../../../ui/state-badge.tsx'
import { type DecisionAddress, type Given, givens, outcomes } from '../address.ts'
import { recordedQuery, recordsPerPage } from '../api/decisions.ts'
import type { DecisionView } from '../decision-view.ts'
import styles from './decisions.module.css'

const words = texts.decisions.log

/** Everything that was decided, newest first, with what became of it and why the other offers were left out. */
export function LogPart({
  decision: { key, offers },
  address: { offer, outcome, given, person, before },
  go,
}: {
  decision: DecisionView
  address: DecisionAddress
  go: (address: DecisionAddress) => void
}) {
  const recorded = useQuery(recordedQuery({ decision: key, offer, outcome, given, person, before }))
  const here = { tab: 'log', offer, outcome, given, person } as const
  const narrow = (next: Partial<Record<'offer' | 'outcome' | 'given' | 'person', string>>) =>
    go(asAddress({ ...here, ...next }))
  return (
    <>
      <div className={styles.filters}>
        <ListFilter
          label={words.offer}
          any={words.anyOffer}
          value={offer}
          options={offers.map(({ value, label }) => ({ value, label: label || value }))}
          onChoose={(next) => narrow({ offer: next ?? '' })}
        />
        <ListFilter
          label={words.outcome}
          any={words.anyOutcome}
          value={outcome}
          options={outcomes.map((value) => ({ value, label: texts.decisions.outcomes[value] }))}
          onChoose={(next) => narrow({ outcome: next ?? '' })}
        />
        <ListFilter
          label={words.state}
          any={words.anyState}
          value={given}
          options={givens.map((value) => ({ value, label: words.states[value] }))}
          onChoose={(next) => narrow({ given: next ?? '' })}
        />
        <SearchBox
          label={words.person}
          hint={words.personHint}
          value={person ?? ''}
          onSearch={(text) => narrow({ person: text.trim() })}
        />
      </div>
      <Answer query={recorded} height={320}>
        {(page) => (
          <>
            {page.length === 0 ? (
              <EmptyState icon="offer" title={words.empty}>
                {words.emptyHelp}
              </EmptyState>
            ) : (
              <DataTable
                label={texts.decisions.parts.log}
                rows={page}
                columns={columns}
                rowKey={({ id }) => id}
              />
            )}
            <Pager
              onNewest={before === undefined ? undefined : () => go(asAddress(here))}
              onOlder={olderThan(page, recordsPerPage, ({ id }) =>
                go(asAddress({ ...here, before: id })),
              )}
            />
          </>
        )}
      </Answer>
    </>
  )
}

/** An address without what says nothing. */
const asAddress = (words: Readonly<Record<string, string | undefined>>): DecisionAddress =>
  Object.fromEntries(Object.entries(words).filter(([, word]) => word !== undefined && word !== ''))

const tones: Readonly<Record<Given, Tone>> = { offers: 'good', fallback: 'none', held_out: 'wait' }

const columns: readonly Column<DecisionRecorded>[] = [
  { key: 'at', title: words.columns.at, cell: ({ at }) => <Ago time={at} /> },
  {
    key: 'person',
    title: words.columns.person,
    cell: ({ profile, person }) =>
      profile === undefined ? (
        (person ?? words.nobody)
      ) : (
        <Link to="/customers/$id" params={{ id: profile }} className={styles.link}>
          {person ?? profile}
        </Link>
      ),
  },
  {
    key: 'chosen',
    title: words.columns.chosen,
    cell: ({ chosen, state }) => (
      <StateBadge tone={tones[state]}>
        {chosen.length === 0 ? words.states[state] : chosen.join(', ')}
      </StateBadge>
    ),
  },
  {
    key: 'became',
    title: words.columns.became,
    cell: ({ shown, clicked }) =>
      [
        ...(shown.length > 0 ? [words.shown] : []),
        ...(clicked.length > 0 ? [words.clicked] : []),
      ].join(', ') || words.nothing,
  },
  {
    key: 'why',
    title: words.columns.why,
    cell: ({ left_out: all }) => (
      <ul className={styles.why}>
        {all.map(({ key, reason, why }) => (
          <li key={key}>
            <strong>{key}</strong> {texts.decisions.reasons[reason]}
            {why !== undefined && <span className={shared.quiet}> ({why})</span>}
          </li>
        ))}
      </ul>
    ),
  },
]
