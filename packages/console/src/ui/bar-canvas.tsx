import { BarChart as Bar } from 'echarts/charts'
import { AriaComponent, GridComponent, TooltipComponent } from 'echarts/components'
import { init, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import { useEffect, useRef } from 'react'
import { formatCount, formatShort } from '../lib/format.ts'

use([Bar, GridComponent, TooltipComponent, AriaComponent, SVGRenderer])

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
  const place = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (!place.current) return
    const chart = init(place.current, undefined, { renderer: 'svg' })
    chart.setOption(optionOf(bars))
    const observer = new ResizeObserver(() => chart.resize())
    observer.observe(place.current)
    return () => {
      observer.disconnect()
      chart.dispose()
    }
  }, [bars])
  return <div ref={place} style={{ height }} />
}

function optionOf({ label, steps, series }: Bars) {
  const quiet = { color: 'var(--t-quiet)', fontSize: 11, fontFamily: 'inherit' }
  return {
    aria: { enabled: true, label: { description: label } },
    animation: false,
    grid: { left: 0, right: 8, top: 8, bottom: 8, outerBoundsMode: 'same' },
    tooltip: {
      trigger: 'axis',
      axisPointer: { type: 'shadow', shadowStyle: { opacity: 0.08 } },
      backgroundColor: 'var(--t-raised)',
      borderColor: 'var(--t-line-strong)',
      textStyle: { color: 'var(--t-text)', fontSize: 12, fontFamily: 'inherit' },
      valueFormatter: (value: unknown) => formatCount(Number(value)),
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
      splitNumber: 3,
      minInterval: 1,
      axisLabel: { ...quiet, formatter: (value: number) => formatShort(value) },
      splitLine: { lineStyle: { color: 'var(--t-line)' } },
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
