import { Button } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import type { GraphNode } from '@tessera/platform/contract'
import type { ReactNode } from 'react'
import { texts } from '../../lib/texts.ts'
import { Answer } from '../../ui/answer.tsx'
import { Icon } from '../../ui/icons.tsx'
import { Page, Panel } from '../../ui/page.tsx'
import { stoneOf } from '../../ui/stones.ts'
import { graphQuery, summaryQuery } from './api/flow.ts'
import { AttentionPart } from './parts/attention-part.tsx'
import { FlowList } from './parts/flow-list.tsx'
import { FlowPicture } from './parts/flow-picture.tsx'
import { IntakeLine } from './parts/intake-line.tsx'
import { NodeDrawer } from './parts/node-drawer.tsx'
import { RunLine } from './parts/run-line.tsx'
import { SummaryFigures } from './parts/summary-figures.tsx'
import { TodayLine } from './parts/today-line.tsx'
import { endingOf } from './run.ts'
import { useRun } from './use-run.ts'

const route = getRouteApi('/')

/** The whole flow at a glance, and the button that brings it up to date; something else as long as nothing flows. */
export function FlowPage({ whenEmpty }: { whenEmpty: ReactNode }): ReactNode {
  const graph = useQuery(graphQuery)
  const summary = useQuery(summaryQuery)
  const run = useRun()
  // Without a source nothing flows, whatever else there is.
  const isEmpty = graph.data?.nodes.every((node) => stoneOf(node) !== 'stream')
  const isRunning = run.job !== undefined && endingOf(run.job) === 'going on'
  return (
    <Page
      title={texts.flow.title}
      about={texts.flow.about}
      actions={
        <Button
          leftSection={<Icon name="play" size={14} />}
          loading={run.isStarting}
          disabled={isRunning || isEmpty === true}
          onClick={() => run.start()}
          title={texts.flow.runAll}
        >
          {texts.flow.run}
        </Button>
      }
    >
      <RunLine run={run} />
      {isEmpty ? (
        whenEmpty
      ) : (
        <>
          <SummaryFigures summary={summary.data} />
          <TodayLine sources={summary.data?.sources ?? []} />
          <IntakeLine />
          {graph.data && <AttentionPart nodes={graph.data.nodes} summary={summary.data} />}
          <Panel flush="flush">
            <Answer query={graph} height={420}>
              {({ nodes }) => <Flow nodes={nodes} onRun={(key) => run.start([key])} />}
            </Answer>
          </Panel>
        </>
      )}
    </Page>
  )
}

function Flow({ nodes, onRun }: { nodes: readonly GraphNode[]; onRun: (key: string) => void }) {
  const { node: chosen } = route.useSearch()
  const navigate = route.useNavigate()
  const isNarrow = useMediaQuery('(max-width: 700px)', false, { getInitialValueInEffect: false })
  const choose = (node?: string) =>
    void navigate({ search: node === undefined ? {} : { node }, replace: chosen !== undefined })
  return (
    <>
      {isNarrow ? (
        <FlowList nodes={nodes} onChoose={choose} />
      ) : (
        <FlowPicture nodes={nodes} chosen={chosen} onChoose={choose} />
      )}
      <NodeDrawer
        nodes={nodes}
        chosen={chosen}
        onChoose={choose}
        onClose={() => choose()}
        onRun={(key) => {
          choose()
          onRun(key)
        }}
      />
    </>
  )
}
