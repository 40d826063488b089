import { useMemo } from 'react'
import { formatShort, formatValue } from '../lib/format.ts'
import { acrossLines, Drawing, type DrawingOption, overSteps, quietText } from './drawing.tsx'

/** What a plot shows: for each step, one number of each series, as a line or as a bar. Colours are names of CSS variables. */
export interface Plotted {
  readonly label: string
  readonly steps: readonly string[]
  readonly series: readonly {
    readonly name: string
    readonly look: 'line' | 'bar'
    readonly colour: string
    readonly values: readonly (number | null)[]
  }[]
}

/** Draws lines and bars with the drawing library. */
export function PlotCanvas({ plot, height }: { plot: Plotted; height: number }) {
  const option = useMemo(() => optionOf(plot), [plot])
  return <Drawing option={option} height={height} />
}

function optionOf({ label, steps, series }: Plotted): DrawingOption {
  const isMany = series.length > 1
  return {
    ...overSteps({ label, steps, top: isMany ? 30 : 8, say: formatValue }),
    ...(isMany
      ? { legend: { type: 'scroll', top: 0, left: 0, textStyle: quietText, icon: 'roundRect' } }
      : {}),
    yAxis: {
      type: 'value',
      splitNumber: 4,
      axisLabel: { ...quietText, formatter: (value: number) => shortOf(value) },
      splitLine: acrossLines,
    },
    series: series.map(({ name, look, colour, values }) => ({
      type: look,
      name,
      data: values,
      itemStyle: { color: `var(${colour})` },
      ...(look === 'bar'
        ? { barMaxWidth: 28 }
        : { symbolSize: values.length > 60 ? 0 : 5, lineStyle: { width: 2 } }),
    })),
  }
}

const shortOf = (value: number): string =>
  value < 0 ? `−${formatShort(-value)}` : formatShort(value)
