import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import type { DecisionOverview } from '@tessera/platform/contract'
import type { ReactNode } from 'react'
import { formatCount } from '../../lib/format.ts'
import { sortedBy, sortingOf } from '../../lib/listing.ts'
import { texts } from '../../lib/texts.ts'
import { Answer } from '../../ui/answer.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { LinkButton } from '../../ui/link-button.tsx'
import { ListFilter, ListFrame } from '../../ui/list-frame.tsx'
import { Page, Panel } from '../../ui/page.tsx'
import { RemovedLine } from '../../ui/remove-definition.tsx'
import { StateBadge } from '../../ui/state-badge.tsx'
import { type DecisionSort, type DecisionsAddress, decisionStates } from './address.ts'
import { decisionsQuery } from './api/decisions.ts'
import { chooseDecisions, decisionList } from './choose.ts'
import styles from './parts/decisions.module.css'

const words = texts.decisions
const route = getRouteApi('/decisions')
const kinds = ['decision']

/** All decisions: the places, their offers, and how often they were given. */
export function DecisionsPage(): ReactNode {
  const decisions = useQuery(decisionsQuery)
  return (
    <Page
      title={words.title}
      about={words.about}
      actions={
        <LinkButton to="/new-decision" icon="offer">
          {words.create}
        </LinkButton>
      }
    >
      <RemovedLine kinds={kinds} />
      <Answer query={decisions}>{(all) => <Listed all={all} />}</Answer>
    </Page>
  )
}

function Listed({ all }: { all: readonly DecisionOverview[] }) {
  const address = route.useSearch()
  const navigate = route.useNavigate()
  const go = (search: DecisionsAddress) => void navigate({ search, replace: true })
  if (all.length === 0)
    return (
      <Panel>
        <EmptyState
          icon="offer"
          title={words.empty}
          action={<LinkButton to="/new-decision">{words.create}</LinkButton>}
        >
          {words.emptyHelp}
        </EmptyState>
      </Panel>
    )
  const found = chooseDecisions(all, address)
  return (
    <ListFrame
      words={words}
      address={address}
      go={go}
      onClear={() => go({})}
      count={found.length}
      all={all.length}
      filters={
        <ListFilter
          label={words.state}
          any={words.anyState}
          value={address.state}
          options={decisionStates.map((value) => ({ value, label: words.states[value] }))}
          onChoose={(state) => {
            const { state: _, ...rest } = address
            go({ ...rest, ...(state === undefined ? {} : { state }) })
          }}
        />
      }
    >
      <DataTable
        label={words.title}
        rows={found}
        columns={columns}
        rowKey={({ key }) => key}
        sorting={sortingOf(all, address, decisionList)}
        onSort={(by) => go(sortedBy(address, by, all, decisionList))}
      />
    </ListFrame>
  )
}

const counts = (['chosen', 'shown', 'clicked'] as const).map(
  (key): Column<DecisionOverview, DecisionSort> => ({
    key,
    title: words.columns[key],
    align: 'end',
    canSort: 'can sort',
    cell: (decision) => formatCount(decision[key]),
  }),
)

const columns: readonly Column<DecisionOverview, DecisionSort>[] = [
  {
    key: 'name',
    title: words.columns.name,
    canSort: 'can sort',
    cell: ({ key, label }) => (
      <Link to="/decisions/$key" params={{ key }} className={styles.name}>
        {label}
      </Link>
    ),
  },
  {
    key: 'state',
    title: words.columns.state,
    canSort: 'can sort',
    cell: ({ enabled }) => (
      <StateBadge tone={enabled ? 'good' : 'none'}>
        {enabled ? words.states.on : words.states.off}
      </StateBadge>
    ),
  },
  {
    key: 'asked',
    title: words.columns.asked,
    canSort: 'can sort',
    cell: (decision) => (decision.public ? words.askedBy.pages : words.askedBy.callers),
  },
  {
    key: 'offers',
    title: words.columns.offers,
    canSort: 'can sort',
    cell: ({ offers }) => offers.join(', '),
  },
  ...counts,
]
