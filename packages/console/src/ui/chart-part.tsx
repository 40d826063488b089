import { MultiSelect, SegmentedControl, Select } from '@mantine/core'
import type { QueryAnswer } from '@tessera/platform/contract'
import { type ReactNode, useMemo } from 'react'
import { type Chart, draw, type Meeting, measuresIn } from '../lib/chart.ts'
import { texts } from '../lib/texts.ts'
import styles from './chart-part.module.css'
import { EmptyState } from './empty-state.tsx'
import { Plot } from './plot.tsx'

const words = texts.explore.chart

/** An answer as bars or lines, along a column, apart by another. */
export function ChartPart({
  answer,
  ...rest
}: {
  answer: Pick<QueryAnswer, 'columns' | 'rows'>
  chart: Chart | undefined
  onChart: (chart: Chart) => void
}) {
  return (
    <ChartChoice columns={answer.columns} measures={measuresIn(answer)} {...rest}>
      {(chart) => <ChartDrawing answer={answer} chart={chart} />}
    </ChartChoice>
  )
}

/** What of which columns is drawn, to be chosen, and the drawing of it. */
export function ChartChoice({
  columns,
  measures,
  chart,
  onChart,
  children,
}: {
  columns: readonly { readonly name: string }[]
  measures: readonly string[]
  chart: Chart | undefined
  onChart: (chart: Chart) => void
  children: (chart: Chart) => ReactNode
}) {
  const names = columns.map(({ name }) => name)
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
          data={[...measures]}
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
        children(chart)
      ) : (
        <EmptyState icon="insight" title={words.none} />
      )}
    </>
  )
}

const colours = [
  '--t-stone-profile',
  '--t-stone-insight',
  '--t-stone-model',
  '--t-stone-segment',
  '--t-stone-identity',
  '--t-stone-activation',
  '--t-stone-stream',
  '--t-stone-other',
] as const

/** An answer, drawn; what could not be drawn or was put together is told below it. */
export function ChartDrawing({
  answer,
  chart,
  wayOf,
}: {
  answer: Pick<QueryAnswer, 'columns' | 'rows'>
  chart: Chart
  /** How values of a measure that meet are put together; they are added up unless this is known. */
  wayOf?: (measure: string) => Meeting | undefined
}) {
  const drawn = useMemo(() => draw(answer, chart, wayOf), [answer, chart, wayOf])
  const { refused, together } = drawn
  const plot = useMemo(
    () => ({
      label: words.label(chart.y.join(', '), chart.x),
      steps: drawn.steps,
      series: drawn.series.map(({ name, values }, i) => ({
        name,
        values,
        look: chart.type,
        colour: colours[i % colours.length] ?? colours[0],
      })),
    }),
    [drawn, chart],
  )
  return (
    <div className={styles.chart}>
      {drawn.series.length > 0 && <Plot plot={plot} height={320} />}
      {refused.length > 0 && <p className={styles.quiet}>{words.refused(refused)}</p>}
      {together.length > 0 && wayOf === undefined && (
        <p className={styles.quiet}>{words.together(together)}</p>
      )}
      {drawn.allSteps > drawn.steps.length && (
        <p className={styles.quiet}>{words.steps(drawn.steps.length, drawn.allSteps)}</p>
      )}
      {drawn.seriesLeftOut > 0 && (
        <p className={styles.quiet}>{words.seriesLeftOut(drawn.seriesLeftOut)}</p>
      )}
    </div>
  )
}
