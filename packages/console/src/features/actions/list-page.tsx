import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import type { ActionView } from '@tessera/platform/contract'
import type { ReactNode } from 'react'
import { formatCount } from '../../lib/format.ts'
import { arrange, sortedBy, sortingOf } from '../../lib/listing.ts'
import { texts } from '../../lib/texts.ts'
import { Answer } from '../../ui/answer.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { LinkButton } from '../../ui/link-button.tsx'
import { Page, Panel } from '../../ui/page.tsx'
import { ProportionBar } from '../../ui/proportions.tsx'
import { RemovedLine } from '../../ui/remove-definition.tsx'
import { SearchBox } from '../../ui/search-box.tsx'
import { StateBadge } from '../../ui/state-badge.tsx'
import { Tag } from '../../ui/tag.tsx'
import type { ActionSort, ActionsAddress } from './address.ts'
import { actionsQuery } from './api/actions.ts'
import styles from './parts/actions.module.css'
import { actionList, partsOf, standingOf } from './state.ts'

const words = texts.actions
const route = getRouteApi('/actions')
const kinds = ['action']

/** All actions: what they wait for, and what has become of it. */
export function ActionsPage(): ReactNode {
  const actions = useQuery(actionsQuery)
  const address = route.useSearch()
  const navigate = route.useNavigate()
  const go = (search: ActionsAddress) => void navigate({ search, replace: true })
  return (
    <Page
      title={words.title}
      about={words.about}
      actions={
        <>
          <SearchBox
            label={words.search}
            hint={words.searchHint}
            value={address.q ?? ''}
            onSearch={(q) => go({ ...address, q })}
          />
          <LinkButton to="/new-action" icon="action">
            {words.create}
          </LinkButton>
        </>
      }
    >
      <RemovedLine kinds={kinds} />
      <Panel flush="flush">
        <Answer query={actions}>{(all) => <Listed all={all} go={go} />}</Answer>
      </Panel>
    </Page>
  )
}

function Listed({
  all,
  go,
}: {
  all: readonly ActionView[]
  go: (address: ActionsAddress) => void
}) {
  const address = route.useSearch()
  if (all.length === 0)
    return (
      <EmptyState
        icon="action"
        title={words.empty}
        action={<LinkButton to="/new-action">{words.create}</LinkButton>}
      >
        {words.emptyHelp}
      </EmptyState>
    )
  const found = arrange(all, address, actionList)
  if (found.length === 0)
    return (
      <EmptyState
        icon="search"
        title={words.noneFound}
        action={
          <Button size="xs" variant="default" onClick={() => go({})}>
            {words.clear}
          </Button>
        }
      >
        {words.noneFoundHelp}
      </EmptyState>
    )
  return (
    <DataTable
      label={words.title}
      rows={found}
      columns={columns}
      rowKey={({ key }) => key}
      sorting={sortingOf(all, address, actionList)}
      onSort={(by) => by !== 'ledger' && go(sortedBy(address, by, all, actionList))}
    />
  )
}

const columns: readonly Column<ActionView, ActionSort | 'ledger'>[] = [
  {
    key: 'name',
    title: words.columns.name,
    canSort: 'can sort',
    cell: ({ key, label }) => (
      <Link to="/actions/$key" params={{ key }} className={styles.name}>
        {label}
      </Link>
    ),
  },
  {
    key: 'state',
    title: words.columns.state,
    canSort: 'can sort',
    cell: (action) => {
      const { tone, word } = standingOf(action)
      return <StateBadge tone={tone}>{word}</StateBadge>
    },
  },
  { key: 'when', title: words.columns.when, canSort: 'can sort', cell: ({ when }) => when },
  {
    key: 'lane',
    title: words.columns.lane,
    canSort: 'can sort',
    cell: ({ lane, why_not_live: why }) => (
      <Tag {...(why === undefined ? {} : { title: why })}>{words.lanes[lane]}</Tag>
    ),
  },
  { key: 'target', title: words.columns.target, canSort: 'can sort', cell: ({ target }) => target },
  {
    key: 'met',
    title: words.columns.met,
    align: 'end',
    canSort: 'can sort',
    cell: ({ ledger }) => formatCount(ledger.met),
  },
  {
    key: 'ledger',
    title: words.columns.ledger,
    width: '180px',
    cell: ({ ledger }) => <ProportionBar parts={partsOf(ledger)} />,
  },
]
