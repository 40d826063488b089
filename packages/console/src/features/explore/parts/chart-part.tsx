import { MultiSelect, SegmentedControl, Select } from '@mantine/core'
import type { QueryAnswer } from '@tessera/platform/contract'
import { useMemo } from 'react'
import { texts } from '../../../lib/texts.ts'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { SeriesChart } from '../../../ui/series-chart.tsx'
import { type Chart, draw, measuresIn } from '../chart.ts'
import styles from './explore.module.css'

const words = texts.explore.chart

/** An answer as bars or lines, along a column, apart by another. */
export function ChartPart({
  answer,
  chart,
  onChart,
}: {
  answer: QueryAnswer
  chart: Chart | undefined
  onChart: (chart: Chart) => void
}) {
  const names = answer.columns.map(({ name }) => name)
  const now: Chart = chart ?? { type: 'bar', x: names[0] ?? '', y: [] }
  return (
    <>
      <div className={styles.chartTools}>
        <SegmentedControl
          size="xs"
          aria-label={words.type}
          value={now.type}
          onChange={(type) => onChart({ ...now, type: type === 'line' ? 'line' : 'bar' })}
          data={(['bar', 'line'] as const).map((value) => ({ value, label: words.types[value] }))}
        />
        <Select
          size="xs"
          label={words.x}
          allowDeselect={false}
          value={now.x}
          data={names}
          onChange={(x) => x !== null && onChart({ ...now, x })}
        />
        <MultiSelect
          size="xs"
          label={words.y}
          value={[...now.y]}
          data={[...measuresIn(answer)]}
          onChange={(y) => onChart({ ...now, y })}
        />
        <Select
          size="xs"
          label={words.series}
          clearable
          value={now.series ?? null}
          data={names.filter((name) => name !== now.x)}
          onChange={(series) => {
            const { series: _, ...rest } = now
            onChart(series === null ? rest : { ...rest, series })
          }}
        />
      </div>
      {chart && chart.y.length > 0 ? (
        <Drawing answer={answer} chart={chart} />
      ) : (
        <EmptyState icon="insight" title={words.none} />
      )}
    </>
  )
}

function Drawing({ answer, chart }: { answer: QueryAnswer; chart: Chart }) {
  const drawn = useMemo(() => draw(answer, chart), [answer, chart])
  const of = useMemo(
    () => ({
      label: words.label(chart.y.join(', '), chart.x),
      type: chart.type,
      steps: drawn.steps,
      series: drawn.series,
    }),
    [drawn, chart],
  )
  return (
    <div className={styles.chart}>
      <SeriesChart of={of} />
      {drawn.allSteps > drawn.steps.length && (
        <p className={styles.quiet}>{words.steps(drawn.steps.length, drawn.allSteps)}</p>
      )}
      {drawn.seriesLeftOut > 0 && (
        <p className={styles.quiet}>{words.seriesLeftOut(drawn.seriesLeftOut)}</p>
      )}
    </div>
  )
}
