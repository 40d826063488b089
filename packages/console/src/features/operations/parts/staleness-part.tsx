import { Checkbox, SegmentedControl } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import type { DefinitionAnswer, GraphNode } from '@tessera/platform/contract'
import { useMemo } from 'react'
import { definitionsQuery } from '../../../lib/definitions.ts'
import { lineageOf } from '../../../lib/graph-layout.ts'
import { nodesQuery, startRefresh } from '../../../lib/jobs.ts'
import { arrange } from '../../../lib/listing.ts'
import { nodePage } from '../../../lib/node-page.ts'
import { texts } from '../../../lib/texts.ts'
import { Answer } from '../../../ui/answer.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { graphTile } from '../../../ui/graph-node.tsx'
import { GraphPicture } from '../../../ui/graph-picture.tsx'
import shared from '../../../ui/lines.module.css'
import { SearchBox } from '../../../ui/search-box.tsx'
import { TroubleLine } from '../../../ui/trouble.tsx'
import { freshnessViews, type OperationsAddress } from '../address.ts'
import { holdingUp, isBehind, nodeList, todoFor, whyOf } from '../nodes.ts'
import type { PartProps } from '../operations-page.tsx'
import { HoldingLines } from './behind-lines.tsx'
import styles from './operations.module.css'
import { StalenessTable } from './staleness-table.tsx'

const words = texts.operations.staleness

/** Everything derived, as a picture or a table: whether it is up to date, and if not, why. */
export function StalenessPart({ address, go }: PartProps) {
  const nodes = useQuery(nodesQuery)
  const { data: rulesets = [] } = useQuery(definitionsQuery('ruleset'))
  const refresh = useMutation({ mutationFn: startRefresh })
  return (
    <>
      <Filters address={address} go={go} />
      {refresh.error && (
        <div className={shared.line} data-tone="bad" role="alert">
          <TroubleLine thrown={refresh.error} />
        </div>
      )}
      <Answer query={nodes} height={320}>
        {({ nodes: all }) => (
          <Found all={all} {...{ address, go, rulesets, refresh: refresh.mutate }} />
        )}
      </Answer>
    </>
  )
}

function Filters({ address, go }: PartProps) {
  const { behind, ...rest } = address
  return (
    <div className={styles.filters}>
      <SearchBox
        size="sm"
        label={words.search}
        hint={words.hint}
        value={address.q ?? ''}
        onSearch={(q) => go({ ...address, q })}
      />
      <Checkbox
        className={styles.tick}
        label={words.behindOnly}
        checked={behind !== undefined}
        onChange={({ currentTarget: { checked } }) =>
          go(checked ? { ...rest, behind: 'only' } : rest)
        }
      />
      <SegmentedControl
        visibleFrom="sm"
        size="xs"
        aria-label={words.view}
        value={address.view ?? 'picture'}
        onChange={(value) =>
          go({ ...address, view: freshnessViews.find((known) => known === value) ?? 'picture' })
        }
        data={freshnessViews.map((value) => ({ value, label: words.views[value] }))}
      />
    </div>
  )
}

interface FoundProps extends PartProps {
  readonly all: readonly GraphNode[]
  readonly rulesets: readonly DefinitionAnswer[]
  readonly refresh: (node: string) => void
}

function Found({ all, address, go, rulesets, refresh }: FoundProps) {
  const isNarrow = useMediaQuery('(max-width: 700px)', false, { getInitialValueInEffect: false })
  const found = arrange(all, address, nodeList).filter(
    (node) => address.behind === undefined || isBehind(node),
  )
  if (found.length === 0) return <Nothing isEmpty={all.length === 0} address={address} />
  const isTable = isNarrow || address.view === 'table'
  return (
    <>
      <p className={styles.remark} role="status">
        {words.summary(all.filter(isBehind).length, all.length)}
      </p>
      {isTable ? (
        <StalenessTable {...{ all, found, rulesets, address, go, refresh }} />
      ) : (
        <Picture nodes={withNeighbours(found, all, address)} rulesets={rulesets} />
      )}
      {!isTable && <HoldingLines {...{ holding: holdingUp(found), rulesets, refresh }} />}
    </>
  )
}

function Nothing({
  isEmpty,
  address: { behind, q },
}: {
  isEmpty: boolean
  address: OperationsAddress
}) {
  if (isEmpty)
    return (
      <EmptyState icon="flow" title={words.empty}>
        {words.emptyHelp}
      </EmptyState>
    )
  if (behind !== undefined && q === undefined)
    return <EmptyState icon="check" title={words.noneBehind} />
  return (
    <EmptyState icon="search" title={texts.operations.noneFound}>
      {texts.operations.noneFoundHelp}
    </EmptyState>
  )
}

/** What is searched is drawn with what it comes from and leads to. */
function withNeighbours(
  found: readonly GraphNode[],
  all: readonly GraphNode[],
  { q }: OperationsAddress,
): readonly GraphNode[] {
  if (q === undefined) return found
  const plan = all.map(({ key, inputs }) => ({ key, inputs, rank: 0 }))
  const near = new Set(found.flatMap(({ key }) => [...lineageOf(key, plan)]))
  return all.filter(({ key }) => near.has(key))
}

function Picture({
  nodes,
  rulesets,
}: {
  nodes: readonly GraphNode[]
  rulesets: readonly DefinitionAnswer[]
}) {
  const router = useRouter()
  const tiles = useMemo(
    () => nodes.map((node) => graphTile(node, { title: titleOf(node) })),
    [nodes],
  )
  const open = (key: string) => {
    const to = nodePage({ key }, rulesets)
    if (to !== undefined) router.history.push(to)
  }
  return <GraphPicture label={words.picture} nodes={tiles} onChoose={open} />
}

const titleOf = (node: GraphNode): string =>
  [
    `${node.label}: ${texts.flow.states[node.state].toLowerCase()}`,
    ...whyOf(node),
    ...(isBehind(node) ? [todoFor(node)] : []),
  ].join('\n')
