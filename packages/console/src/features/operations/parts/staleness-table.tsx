import { Button } from '@mantine/core'
import type { DefinitionAnswer, GraphNode } from '@tessera/platform/contract'
import { formatDuration } from '../../../lib/format.ts'
import { targetOf } from '../../../lib/freshness.ts'
import { sortedBy, sortingOf } from '../../../lib/listing.ts'
import { texts } from '../../../lib/texts.ts'
import { Ago } from '../../../ui/ago.tsx'
import { type Column, DataTable } from '../../../ui/data-table.tsx'
import { StateBadge } from '../../../ui/state-badge.tsx'
import { stateTones } from '../../../ui/stones.ts'
import { Tag } from '../../../ui/tag.tsx'
import type { OperationSort } from '../address.ts'
import { isBehind, nodeList } from '../nodes.ts'
import type { PartProps } from '../operations-page.tsx'
import { NodeName, Why } from './behind-lines.tsx'

const words = texts.operations.staleness

/** What is derived, one in each row: how fresh it is, why it is not, and what can be done. */
export function StalenessTable({
  all,
  found,
  rulesets,
  address,
  go,
  refresh,
}: PartProps & {
  all: readonly GraphNode[]
  found: readonly GraphNode[]
  rulesets: readonly DefinitionAnswer[]
  refresh: (node: string) => void
}) {
  return (
    <DataTable
      label={texts.operations.parts.staleness}
      rows={found}
      columns={columnsWith(refresh, rulesets)}
      rowKey={({ key }) => key}
      sorting={sortingOf(all, address, nodeList)}
      onSort={(by) =>
        by !== 'why' && by !== 'target' && by !== 'act' && go(sortedBy(address, by, all, nodeList))
      }
    />
  )
}

const columnsWith = (
  refresh: (node: string) => void,
  rulesets: readonly DefinitionAnswer[],
): readonly Column<GraphNode, OperationSort | 'why' | 'target' | 'act'>[] => [
  {
    key: 'name',
    title: words.columns.name,
    canSort: 'can sort',
    cell: (node) => <NodeName node={node} rulesets={rulesets} />,
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
      <StateBadge tone={stateTones[state]}>{texts.flow.states[state]}</StateBadge>
    ),
  },
  {
    key: 'why',
    title: words.columns.why,
    cell: (node) => <Why node={node} />,
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
