import { useQuery } from '@tanstack/react-query'
import type { StreamRun } from '@tessera/platform/contract'
import { useMemo } from 'react'
import { formatCount, formatDuration, formatTime } from '../../../lib/format.ts'
import { texts } from '../../../lib/texts.ts'
import { Answer } from '../../../ui/answer.tsx'
import { BarChart } from '../../../ui/bar-chart.tsx'
import { type Column, DataTable } from '../../../ui/data-table.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { runsQuery } from '../api/streams.ts'
import { RunState } from './run-state.tsx'
import styles from './streams.module.css'

const words = texts.streams.runs
const fewestForChart = 3

const number = (
  key: 'received' | 'stored' | 'unchanged' | 'rejected' | 'removed',
): Column<StreamRun> => ({
  key,
  title: words[key],
  align: 'end',
  cell: (run) => formatCount(run[key]),
})

const columns: readonly Column<StreamRun>[] = [
  { key: 'started', title: words.started, cell: (run) => formatTime(run.started_at) },
  { key: 'state', title: words.state, cell: (run) => <RunState run={run} /> },
  { key: 'took', title: words.took, align: 'end', cell: tookOf },
  number('received'),
  number('stored'),
  number('unchanged'),
  number('rejected'),
  number('removed'),
  { key: 'remark', title: words.remark, cell: (run) => run.fault ?? run.note },
]

/** Every look at the source: what came and what became of it. */
export function RunsPart({ streamKey }: { streamKey: string }) {
  const runs = useQuery(runsQuery(streamKey))
  return (
    <Answer query={runs} height={320}>
      {(found) =>
        found.length === 0 ? (
          <EmptyState icon="play" title={words.empty}>
            {words.emptyHelp}
          </EmptyState>
        ) : (
          <>
            {found.length >= fewestForChart && <RunChart runs={found} />}
            <DataTable
              label={texts.streams.tabs.runs}
              rows={found}
              columns={columns}
              rowKey={({ id }) => id}
            />
          </>
        )
      }
    </Answer>
  )
}

function RunChart({ runs }: { runs: readonly StreamRun[] }) {
  const bars = useMemo(() => {
    const oldestFirst = runs.toReversed()
    return {
      label: words.chart,
      steps: oldestFirst.map((run) => formatTime(run.started_at)),
      series: [
        { name: words.stored, colour: '--t-good', counts: oldestFirst.map((run) => run.stored) },
        {
          name: words.unchanged,
          colour: '--t-none',
          counts: oldestFirst.map((run) => run.unchanged),
        },
        { name: words.rejected, colour: '--t-bad', counts: oldestFirst.map((run) => run.rejected) },
      ],
    }
  }, [runs])
  return (
    <div className={styles.remark}>
      <BarChart bars={bars} />
    </div>
  )
}

function tookOf({ started_at, finished_at }: StreamRun): string {
  if (finished_at === undefined) return texts.none
  return formatDuration(Date.parse(finished_at) - Date.parse(started_at))
}
