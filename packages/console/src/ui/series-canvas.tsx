import { BarChart, LineChart } from 'echarts/charts'
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from 'echarts/components'
import { init, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import { useEffect, useRef } from 'react'
import { formatShort, formatValue } from '../lib/format.ts'

use([
  BarChart,
  LineChart,
  GridComponent,
  LegendComponent,
  TooltipComponent,
  AriaComponent,
  SVGRenderer,
])

/** Measures along steps, each series in its colour. */
export interface Series {
  readonly label: string
  readonly type: 'bar' | 'line'
  readonly steps: readonly string[]
  readonly series: readonly {
    readonly name: string
    readonly values: readonly (number | null)[]
  }[]
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
]

/** Draws series with the drawing library. */
export function SeriesCanvas({ of, height }: { of: Series; height: number }) {
  const place = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (!place.current) return
    const chart = init(place.current, undefined, { renderer: 'svg' })
    chart.setOption(optionOf(of))
    const observer = new ResizeObserver(() => chart.resize())
    observer.observe(place.current)
    return () => {
      observer.disconnect()
      chart.dispose()
    }
  }, [of])
  return <div ref={place} style={{ height }} />
}

function optionOf({ label, type, steps, series }: Series) {
  const quiet = { color: 'var(--t-quiet)', fontSize: 11, fontFamily: 'inherit' }
  return {
    aria: { enabled: true, label: { description: label } },
    animation: false,
    color: colours.map((name) => `var(${name})`),
    grid: {
      left: 0,
      right: 12,
      top: 8,
      bottom: series.length > 1 ? 30 : 8,
      outerBoundsMode: 'same',
    },
    legend:
      series.length > 1
        ? { type: 'scroll', bottom: 0, itemWidth: 10, itemHeight: 10, textStyle: quiet }
        : { show: false },
    tooltip: {
      trigger: 'axis',
      axisPointer: { type: type === 'bar' ? 'shadow' : 'line', shadowStyle: { opacity: 0.08 } },
      backgroundColor: 'var(--t-raised)',
      borderColor: 'var(--t-line-strong)',
      textStyle: { color: 'var(--t-text)', fontSize: 12, fontFamily: 'inherit' },
      valueFormatter: (value: unknown) => formatValue(value) || '–',
      confine: true,
    },
    xAxis: {
      type: 'category',
      data: steps,
      boundaryGap: type === 'bar',
      axisLabel: { ...quiet, hideOverlap: true },
      axisTick: { show: false },
      axisLine: { lineStyle: { color: 'var(--t-line-strong)' } },
    },
    yAxis: {
      type: 'value',
      splitNumber: 4,
      axisLabel: { ...quiet, formatter: (value: number) => formatShort(value) },
      splitLine: { lineStyle: { color: 'var(--t-line)' } },
    },
    series: series.map(({ name, values }) => ({
      type,
      name,
      data: values,
      symbolSize: 5,
      showSymbol: steps.length < 60,
      barMaxWidth: 36,
    })),
  }
}
