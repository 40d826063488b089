import { useQueries, useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import type { DefinitionAnswer, RulesetStatus } from '@tessera/platform/contract'
import type { ReactNode } from 'react'
import { definitionsQuery } from '../../lib/definitions.ts'
import { formatCount, formatShare } from '../../lib/format.ts'
import { arrange, type ListOf, sortedBy, sortingOf } from '../../lib/listing.ts'
import { texts } from '../../lib/texts.ts'
import { Ago } from '../../ui/ago.tsx'
import { Answer } from '../../ui/answer.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ListFrame } from '../../ui/list-frame.tsx'
import { Page, Panel } from '../../ui/page.tsx'
import { Say } from '../../ui/say.tsx'
import { TroubleLine } from '../../ui/trouble.tsx'
import type { RulesetSort, RulesetsAddress } from './address.ts'
import { statusQuery } from './api/identity.ts'
import styles from './parts/identity.module.css'

const words = texts.identity
const route = getRouteApi('/identity')

/** All rulesets with their last runs. */
export function RulesetsPage(): ReactNode {
  const rulesets = useQuery(definitionsQuery('ruleset'))
  return (
    <Page title={words.title} about={words.about}>
      <Answer query={rulesets} height={240}>
        {(all) => (all.length === 0 ? <NoRulesets /> : <Rulesets all={all} />)}
      </Answer>
    </Page>
  )
}

function NoRulesets() {
  return (
    <Panel>
      <EmptyState icon="identity" title={words.empty}>
        <Say text={words.emptyHelp} />
      </EmptyState>
    </Panel>
  )
}

interface Row {
  readonly key: string
  readonly status: RulesetStatus | undefined
  readonly thrown: Error | null
}

const runOf = ({ status }: Row) => status?.last_run

const list: ListOf<Row, RulesetSort> = {
  text: ({ key, status }) => `${status?.label ?? ''} ${key} ${status ? words.on[status.on] : ''}`,
  by: {
    name: ({ key, status }) => status?.label ?? key,
    on: ({ status }) => (status ? words.on[status.on] : ''),
    records: (row) => runOf(row)?.records ?? -1,
    profiles: (row) => runOf(row)?.profiles ?? -1,
    rate: (row) => runOf(row)?.consolidation_rate ?? -1,
    review: (row) => runOf(row)?.for_review ?? 0,
    lastRun: (row) => runOf(row)?.started_at ?? '',
  },
  usual: 'name',
  newestFirst: ['lastRun'],
}

function Rulesets({ all }: { all: readonly DefinitionAnswer[] }) {
  const address = route.useSearch()
  const navigate = route.useNavigate()
  const go = (search: RulesetsAddress) => void navigate({ search, replace: true })
  const statuses = useQueries({ queries: all.map(({ key }) => statusQuery(key)) })
  const rows = all.map(({ key }, i) => ({
    key,
    status: statuses[i]?.data,
    thrown: statuses[i]?.error ?? null,
  }))
  const found = arrange(rows, address, list)
  return (
    <ListFrame
      words={words.list}
      address={address}
      go={go}
      onClear={() => go({})}
      count={found.length}
      all={rows.length}
    >
      <DataTable
        label={words.title}
        rows={found}
        columns={columns}
        rowKey={({ key }) => key}
        sorting={sortingOf(rows, address, list)}
        onSort={(by) => go(sortedBy(address, by, rows, list))}
      />
    </ListFrame>
  )
}

const count = (
  key: 'records' | 'profiles',
  of: (run: NonNullable<RulesetStatus['last_run']>) => string,
): Column<Row, RulesetSort> => ({
  key,
  title: words.columns[key],
  canSort: 'can sort',
  align: 'end',
  cell: ({ status }) => (status?.last_run === undefined ? texts.none : of(status.last_run)),
})

const columns: readonly Column<Row, RulesetSort>[] = [
  {
    key: 'name',
    title: words.columns.name,
    canSort: 'can sort',
    cell: ({ key, status, thrown }) => (
      <>
        <Link to="/identity/$ruleset" params={{ ruleset: key }} className={styles.name}>
          <span className={styles.strong}>{status?.label ?? key}</span>
          <span className={styles.small}>{key}</span>
        </Link>
        {thrown && <TroubleLine thrown={thrown} />}
      </>
    ),
  },
  {
    key: 'on',
    title: words.columns.on,
    canSort: 'can sort',
    cell: ({ status }) => status && words.on[status.on],
  },
  count('records', ({ records }) => formatCount(records)),
  count('profiles', ({ profiles }) => formatCount(profiles)),
  {
    key: 'rate',
    title: words.columns.rate,
    canSort: 'can sort',
    align: 'end',
    cell: ({ status }) =>
      status?.last_run === undefined ? texts.none : formatShare(status.last_run.consolidation_rate),
  },
  {
    key: 'review',
    title: words.columns.review,
    canSort: 'can sort',
    align: 'end',
    cell: ({ key, status }) => {
      const waiting = status?.last_run?.for_review ?? 0
      if (waiting === 0) return <span className={styles.quiet}>0</span>
      return (
        <Link
          to="/identity/$ruleset"
          params={{ ruleset: key }}
          search={{ tab: 'review' }}
          className={styles.link}
        >
          {formatCount(waiting)}
        </Link>
      )
    },
  },
  {
    key: 'lastRun',
    title: words.columns.lastRun,
    canSort: 'can sort',
    cell: ({ status }) => {
      if (status === undefined) return ''
      if (status.last_run === undefined) return words.neverRan
      return <Ago time={status.last_run.started_at} />
    },
  },
]
