import { Button, Checkbox } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Decision } from '@tessera/platform/contract'
import { useState } from 'react'
import { texts } from '../../../lib/texts.ts'
import { Ago } from '../../../ui/ago.tsx'
import { Answer } from '../../../ui/answer.tsx'
import { type Column, DataTable } from '../../../ui/data-table.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { Panel } from '../../../ui/page.tsx'
import { SearchBox } from '../../../ui/search-box.tsx'
import { StateBadge } from '../../../ui/state-badge.tsx'
import type { RulesetAddress } from '../address.ts'
import { decisionsQuery } from '../api/identity.ts'
import { fitting } from '../decisions.ts'
import { type Decide, useDecide } from '../use-decide.ts'
import { DecideOutcome, WithdrawButton } from './decide-form.tsx'
import styles from './identity.module.css'
import { nameOf } from './record-name.tsx'

const words = texts.identity.decisions

/** What people decided about records: all that stand, or also what was withdrawn. */
export function DecisionsPart({
  ruleset,
  address,
  go,
}: {
  ruleset: string
  address: RulesetAddress
  go: (address: RulesetAddress) => void
}) {
  const query = useInfiniteQuery(decisionsQuery(ruleset))
  const [chosen, setChosen] = useState<ReadonlySet<number>>(new Set())
  const decide = useDecide(ruleset, () => setChosen(new Set()))
  const { q = '', withdrawn } = address
  return (
    <Panel flush="flush">
      <DecideOutcome decide={decide} />
      <Answer query={query} height={320}>
        {({ pages }) => {
          const all = pages.flat()
          if (all.length === 0) {
            return (
              <EmptyState icon="merge" title={words.empty}>
                {words.emptyHelp}
              </EmptyState>
            )
          }
          return (
            <>
              <p className={styles.about}>{words.about}</p>
              <div className={styles.filters}>
                <SearchBox
                  label={words.search}
                  hint={words.searchHint}
                  value={q}
                  onSearch={(text) =>
                    go({ tab: 'decisions', q: text, ...(withdrawn ? { withdrawn } : {}) })
                  }
                />
                <Checkbox
                  label={words.withdrawnToo}
                  checked={withdrawn === 'shown'}
                  onChange={(event) =>
                    go({
                      tab: 'decisions',
                      q,
                      ...(event.currentTarget.checked ? { withdrawn: 'shown' } : {}),
                    })
                  }
                />
              </div>
              <Decisions
                shown={fitting(all, address)}
                showAll={() => go({ tab: 'decisions', withdrawn: 'shown' })}
                {...{ ruleset, decide, chosen, setChosen }}
              />
              {query.hasNextPage && (
                <div className={styles.more}>
                  <Button
                    size="xs"
                    variant="default"
                    loading={query.isFetchingNextPage}
                    onClick={() => void query.fetchNextPage()}
                  >
                    {texts.more}
                  </Button>
                </div>
              )}
            </>
          )
        }}
      </Answer>
    </Panel>
  )
}

function Decisions({
  shown,
  showAll,
  ruleset,
  decide,
  chosen,
  setChosen,
}: {
  shown: readonly Decision[]
  showAll: () => void
  ruleset: string
  decide: Decide
  chosen: ReadonlySet<number>
  setChosen: (chosen: ReadonlySet<number>) => void
}) {
  if (shown.length === 0) {
    return (
      <EmptyState
        icon="search"
        title={words.noneFits}
        action={
          <Button size="xs" variant="default" onClick={showAll}>
            {words.showAll}
          </Button>
        }
      />
    )
  }
  const choose = (number: number, isChosen: boolean) => {
    const others = [...chosen].filter((of) => of !== number)
    setChosen(new Set(isChosen ? [...others, number] : others))
  }
  return (
    <>
      <Bulk shown={shown} {...{ decide, chosen, setChosen }} />
      <DataTable
        label={texts.identity.tabs.decisions}
        rows={shown}
        columns={columnsOf({ ruleset, decide, chosen, choose })}
        rowKey={({ number }) => String(number)}
      />
    </>
  )
}

/** Withdraws several decisions at once: taking one record out of a large profile takes many of them. */
function Bulk({
  shown,
  decide,
  chosen,
  setChosen,
}: {
  shown: readonly Decision[]
  decide: Decide
  chosen: ReadonlySet<number>
  setChosen: (chosen: ReadonlySet<number>) => void
}) {
  const standing = shown.filter(({ withdrawn }) => withdrawn === undefined)
  // What was chosen and is no longer shown is left alone.
  const numbers = standing.map(({ number }) => number).filter((number) => chosen.has(number))
  const isAll = numbers.length === standing.length
  if (standing.length === 0) return null
  return (
    <div className={styles.bulk}>
      <Checkbox
        label={
          numbers.length === 0
            ? texts.identity.review.chooseAll
            : texts.identity.review.chosen(numbers.length)
        }
        checked={isAll}
        indeterminate={numbers.length > 0 && !isAll}
        onChange={() => setChosen(new Set(isAll ? [] : standing.map(({ number }) => number)))}
      />
      {numbers.length > 0 && (
        <WithdrawButton label={words.withdrawChosen} numbers={numbers} decide={decide} />
      )}
    </div>
  )
}

const columnsOf = ({
  ruleset,
  decide,
  chosen,
  choose,
}: {
  ruleset: string
  decide: Decide
  chosen: ReadonlySet<number>
  choose: (number: number, isChosen: boolean) => void
}): readonly Column<Decision>[] => [
  {
    key: 'kind',
    title: words.kind,
    cell: ({ kind, number, withdrawn }) => (
      <span className={styles.choice}>
        <Checkbox
          aria-label={words.choose(number)}
          checked={chosen.has(number)}
          disabled={withdrawn !== undefined}
          onChange={(event) => choose(number, event.currentTarget.checked)}
        />
        <span className={styles.name}>
          <StateBadge tone={toneOf({ kind, withdrawn })}>{words.kinds[kind]}</StateBadge>
          <span className={styles.small}>
            {words.number} {number}
          </span>
        </span>
      </span>
    ),
  },
  {
    key: 'pair',
    title: words.pair,
    cell: ({ left, right }) => (
      <Link
        to="/identity/$ruleset"
        params={{ ruleset }}
        search={{ tab: 'explain', left: nameOf(left), right: nameOf(right) }}
        className={styles.twoNames}
      >
        <span>{nameOf(left)}</span>
        <span>{nameOf(right)}</span>
      </Link>
    ),
  },
  { key: 'why', title: words.why, width: '34%', cell: ({ why }) => why },
  {
    key: 'by',
    title: words.by,
    cell: ({ by, at }) => (
      <span>
        {by},{' '}
        <span className={styles.quiet}>
          <Ago time={at} />
        </span>
      </span>
    ),
  },
  {
    key: 'state',
    title: '',
    align: 'end',
    cell: (decision) =>
      decision.withdrawn ? (
        <Withdrawn of={decision.withdrawn} />
      ) : (
        <WithdrawButton label={words.withdraw} numbers={[decision.number]} decide={decide} />
      ),
  },
]

function toneOf({ kind, withdrawn }: Pick<Decision, 'kind'> & { withdrawn: unknown }) {
  if (withdrawn !== undefined) return 'none'
  return kind === 'must_link' ? 'good' : 'wait'
}

function Withdrawn({ of: { why, by, at } }: { of: NonNullable<Decision['withdrawn']> }) {
  return (
    <span className={styles.small}>
      {words.withdrawn} <Ago time={at} />, {by}: {why}
    </span>
  )
}
