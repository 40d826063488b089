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
  const place = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (!place.current) return
    const chart = init(place.current, undefined, { renderer: 'svg' })
    chart.setOption(optionOf(plot))
    const observer = new ResizeObserver(() => chart.resize())
    observer.observe(place.current)
    return () => {
      observer.disconnect()
      chart.dispose()
    }
  }, [plot])
  return <div ref={place} style={{ height }} />
}

function optionOf({ label, steps, series }: Plotted) {
  const quiet = { color: 'var(--t-quiet)', fontSize: 11, fontFamily: 'inherit' }
  const isMany = series.length > 1
  return {
    aria: { enabled: true, label: { description: label } },
    animation: false,
    grid: { left: 0, right: 8, top: isMany ? 30 : 8, bottom: 8, outerBoundsMode: 'same' },
    ...(isMany
      ? { legend: { type: 'scroll', top: 0, left: 0, textStyle: quiet, icon: 'roundRect' } }
      : {}),
    tooltip: {
      trigger: 'axis',
      backgroundColor: 'var(--t-raised)',
      borderColor: 'var(--t-line-strong)',
      textStyle: { color: 'var(--t-text)', fontSize: 12, fontFamily: 'inherit' },
      valueFormatter: (value: unknown) => formatValue(value),
      confine: true,
    },
    xAxis: {
      type: 'category',
      data: steps,
      axisLabel: { ...quiet, hideOverlap: true, alignMinLabel: 'left', alignMaxLabel: 'right' },
      axisTick: { show: false },
      axisLine: { lineStyle: { color: 'var(--t-line-strong)' } },
    },
    yAxis: {
      type: 'value',
      splitNumber: 4,
      axisLabel: { ...quiet, formatter: (value: number) => shortOf(value) },
      splitLine: { lineStyle: { color: 'var(--t-line)' } },
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
