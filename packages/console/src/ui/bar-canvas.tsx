import { useMemo } from 'react'
import { formatCount, formatShort } from '../lib/format.ts'
import { acrossLines, Drawing, type DrawingOption, overSteps, quietText } from './drawing.tsx'

/** What a bar chart shows: for each step, one number of each series. Colours are names of CSS variables. */
export interface Bars {
  readonly label: string
  readonly steps: readonly string[]
  readonly series: readonly {
    readonly name: string
    readonly colour: string
    readonly counts: readonly number[]
  }[]
}

/** Draws bars with the drawing library. */
export function BarCanvas({ bars, height }: { bars: Bars; height: number }) {
  const option = useMemo(() => optionOf(bars), [bars])
  return <Drawing option={option} height={height} />
}

function optionOf({ label, steps, series }: Bars): DrawingOption {
  const common = overSteps({ label, steps, top: 8, say: (value) => formatCount(Number(value)) })
  const axisPointer = { type: 'shadow' as const, shadowStyle: { opacity: 0.08 } }
  return {
    ...common,
    tooltip: { ...common.tooltip, axisPointer },
    yAxis: {
      type: 'value',
      splitNumber: 3,
      minInterval: 1,
      axisLabel: { ...quietText, formatter: (value: number) => formatShort(value) },
      splitLine: acrossLines,
    },
    series: series.map(({ name, colour, counts }) => ({
      type: 'bar',
      stack: 'all',
      name,
      data: counts,
      itemStyle: { color: `var(${colour})` },
      barMaxWidth: 28,
    })),
  }
}
