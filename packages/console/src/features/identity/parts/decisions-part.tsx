import { Button, Checkbox, Popover } from '@mantine/core'
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
import { DecideForm, DecideOutcome } from './decide-form.tsx'
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
  const decide = useDecide(ruleset)
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
                {...{ ruleset, decide }}
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
}: {
  shown: readonly Decision[]
  showAll: () => void
  ruleset: string
  decide: Decide
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
  return (
    <DataTable
      label={texts.identity.tabs.decisions}
      rows={shown}
      columns={columnsOf(ruleset, decide)}
      rowKey={({ number }) => String(number)}
    />
  )
}

const columnsOf = (ruleset: string, decide: Decide): readonly Column<Decision>[] => [
  {
    key: 'kind',
    title: words.kind,
    cell: ({ kind, number, withdrawn }) => (
      <span className={styles.name}>
        <StateBadge tone={toneOf({ kind, withdrawn })}>{words.kinds[kind]}</StateBadge>
        <span className={styles.small}>
          {words.number} {number}
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
      <>
        {by},{' '}
        <span className={styles.quiet}>
          <Ago time={at} />
        </span>
      </>
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
        <WithdrawButton decision={decision} decide={decide} />
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

function WithdrawButton({ decision, decide }: { decision: Decision; decide: Decide }) {
  const [isAsking, setAsking] = useState(false)
  return (
    <Popover opened={isAsking} onChange={setAsking} trapFocus returnFocus withArrow width={330}>
      <Popover.Target>
        <Button size="compact-xs" variant="default" onClick={() => setAsking(!isAsking)}>
          {words.withdraw}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <DecideForm
          about={words.withdrawAbout}
          button={words.withdraw}
          isBusy={decide.isBusy}
          onDecide={(why) => {
            setAsking(false)
            decide.withdraw([decision.number], why)
          }}
        />
      </Popover.Dropdown>
    </Popover>
  )
}
