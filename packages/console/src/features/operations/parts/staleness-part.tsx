import { Button } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { GraphNode } from '@tessera/platform/contract'
import { formatDuration } from '../../../lib/format.ts'
import { nodesQuery, startRefresh } from '../../../lib/jobs.ts'
import { arrange, sortedBy, sortingOf } from '../../../lib/listing.ts'
import { texts } from '../../../lib/texts.ts'
import { Ago } from '../../../ui/ago.tsx'
import { Answer } from '../../../ui/answer.tsx'
import { type Column, DataTable } from '../../../ui/data-table.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import shared from '../../../ui/lines.module.css'
import { LinkButton } from '../../../ui/link-button.tsx'
import { SearchBox } from '../../../ui/search-box.tsx'
import { StateBadge } from '../../../ui/state-badge.tsx'
import { Tag } from '../../../ui/tag.tsx'
import { TroubleLine } from '../../../ui/trouble.tsx'
import type { OperationSort } from '../address.ts'
import { isBehind, nodeList, nodeTones, targetOf, whyOf } from '../nodes.ts'
import type { PartProps } from '../operations-page.tsx'
import styles from './operations.module.css'

const words = texts.operations.staleness

/** Everything derived: whether it is up to date, and if not, why. */
export function StalenessPart({ address, go }: PartProps) {
  const nodes = useQuery(nodesQuery)
  const refresh = useMutation({ mutationFn: startRefresh })
  return (
    <>
      <div className={styles.filters}>
        <SearchBox
          size="sm"
          label={words.search}
          hint={words.hint}
          value={address.q ?? ''}
          onSearch={(q) => go({ ...address, q })}
        />
        <LinkButton to="/" icon="flow">
          {words.toPicture}
        </LinkButton>
      </div>
      {refresh.error && (
        <div className={shared.line} data-tone="bad" role="alert">
          <TroubleLine thrown={refresh.error} />
        </div>
      )}
      <Answer query={nodes} height={320}>
        {({ nodes: all }) => {
          const found = arrange(all, address, nodeList)
          if (found.length === 0)
            return (
              <EmptyState
                icon={all.length === 0 ? 'flow' : 'search'}
                title={all.length === 0 ? words.empty : texts.operations.noneFound}
              >
                {all.length === 0 ? words.emptyHelp : texts.operations.noneFoundHelp}
              </EmptyState>
            )
          return (
            <>
              <p className={styles.remark} role="status">
                {words.summary(all.filter(isBehind).length, all.length)}
              </p>
              <DataTable
                label={texts.operations.parts.staleness}
                rows={found}
                columns={columnsWith(refresh.mutate)}
                rowKey={({ key }) => key}
                sorting={sortingOf(all, address, nodeList)}
                onSort={(by) =>
                  by !== 'why' &&
                  by !== 'target' &&
                  by !== 'act' &&
                  go(sortedBy(address, by, all, nodeList))
                }
              />
            </>
          )
        }}
      </Answer>
    </>
  )
}

const columnsWith = (
  refresh: (node: string) => void,
): readonly Column<GraphNode, OperationSort | 'why' | 'target' | 'act'>[] => [
  {
    key: 'name',
    title: words.columns.name,
    canSort: 'can sort',
    cell: ({ key, label }) => (
      <Link to="/" search={{ node: key }} className={styles.link} title={words.picture}>
        {label}
      </Link>
    ),
  },
  {
    key: 'kind',
    title: words.columns.kind,
    canSort: 'can sort',
    cell: ({ kind }) => <Tag>{kind}</Tag>,
  },
  {
    key: 'state',
    title: words.columns.state,
    canSort: 'can sort',
    cell: ({ state }) => (
      <StateBadge tone={nodeTones[state]}>{texts.flow.states[state]}</StateBadge>
    ),
  },
  {
    key: 'why',
    title: words.columns.why,
    cell: (node) => {
      const why = whyOf(node)
      return (
        why.length > 0 && (
          <ul>
            {why.map((one) => (
              <li key={one}>{one}</li>
            ))}
          </ul>
        )
      )
    },
  },
  { key: 'target', title: words.columns.target, cell: targetOf },
  {
    key: 'refreshed',
    title: words.columns.refreshed,
    canSort: 'can sort',
    cell: ({ refreshedAt }) => refreshedAt !== undefined && <Ago time={refreshedAt} />,
  },
  {
    key: 'took',
    title: words.columns.took,
    align: 'end',
    canSort: 'can sort',
    cell: ({ durationMs }) => durationMs !== undefined && formatDuration(durationMs),
  },
  {
    key: 'act',
    title: '',
    align: 'end',
    cell: (node) =>
      isBehind(node) && (
        <Button size="compact-xs" variant="default" onClick={() => refresh(node.key)}>
          {words.refresh}
        </Button>
      ),
  },
]
