import { useQueries, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { DefinitionAnswer, RulesetStatus } from '@tessera/platform/contract'
import type { ReactNode } from 'react'
import { definitionsQuery } from '../../lib/definitions.ts'
import { formatCount, formatShare } from '../../lib/format.ts'
import { texts } from '../../lib/texts.ts'
import { Ago } from '../../ui/ago.tsx'
import { Answer } from '../../ui/answer.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Page, Panel } from '../../ui/page.tsx'
import { Say } from '../../ui/say.tsx'
import { TroubleLine } from '../../ui/trouble.tsx'
import { statusQuery } from './api/identity.ts'
import styles from './parts/identity.module.css'

const words = texts.identity

/** All rulesets with their last runs. */
export function RulesetsPage(): ReactNode {
  const rulesets = useQuery(definitionsQuery('ruleset'))
  return (
    <Page title={words.title} about={words.about}>
      <Panel flush="flush">
        <Answer query={rulesets} height={240}>
          {(all) => (all.length === 0 ? <NoRulesets /> : <Rulesets all={all} />)}
        </Answer>
      </Panel>
    </Page>
  )
}

function NoRulesets() {
  return (
    <EmptyState icon="identity" title={words.empty}>
      <Say text={words.emptyHelp} />
    </EmptyState>
  )
}

interface Row {
  readonly key: string
  readonly status: RulesetStatus | undefined
  readonly thrown: Error | null
}

function Rulesets({ all }: { all: readonly DefinitionAnswer[] }) {
  const statuses = useQueries({ queries: all.map(({ key }) => statusQuery(key)) })
  const rows = all.map(({ key }, i) => ({
    key,
    status: statuses[i]?.data,
    thrown: statuses[i]?.error ?? null,
  }))
  return <DataTable label={words.title} rows={rows} columns={columns} rowKey={({ key }) => key} />
}

const count = (
  key: 'records' | 'profiles',
  of: (run: NonNullable<RulesetStatus['last_run']>) => string,
): Column<Row> => ({
  key,
  title: words.columns[key],
  align: 'end',
  cell: ({ status }) => (status?.last_run === undefined ? texts.none : of(status.last_run)),
})

const columns: readonly Column<Row>[] = [
  {
    key: 'name',
    title: words.columns.name,
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
    cell: ({ status }) => status && words.on[status.on],
  },
  count('records', ({ records }) => formatCount(records)),
  count('profiles', ({ profiles }) => formatCount(profiles)),
  {
    key: 'rate',
    title: words.columns.rate,
    align: 'end',
    cell: ({ status }) =>
      status?.last_run === undefined ? texts.none : formatShare(status.last_run.consolidation_rate),
  },
  {
    key: 'review',
    title: words.columns.review,
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
    cell: ({ status }) => {
      if (status === undefined) return ''
      if (status.last_run === undefined) return words.neverRan
      return <Ago time={status.last_run.started_at} />
    },
  },
]
