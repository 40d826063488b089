import { BarChart, LineChart } from 'echarts/charts'
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from 'echarts/components'
import { init, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import { useEffect, useRef } from 'react'

use([
  BarChart,
  LineChart,
  GridComponent,
  LegendComponent,
  TooltipComponent,
  AriaComponent,
  SVGRenderer,
])

/** How the drawing library is told what to draw. */
export type DrawingOption = Parameters<ReturnType<typeof init>['setOption']>[0]

/** Draws with the drawing library, as wide as there is room. */
export function Drawing({ option, height }: { option: DrawingOption; height: number }) {
  const place = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (!place.current) return
    const chart = init(place.current, undefined, { renderer: 'svg' })
    chart.setOption(option)
    const observer = new ResizeObserver(() => chart.resize())
    observer.observe(place.current)
    return () => {
      observer.disconnect()
      chart.dispose()
    }
  }, [option])
  return <div ref={place} style={{ height }} />
}

/** The quiet text of axes and legends. */
export const quietText = { color: 'var(--t-quiet)', fontSize: 11, fontFamily: 'inherit' }

/** What all drawings over steps have in common: where they stand, what is told of a step, the axis of the steps. */
export const overSteps = (of: {
  readonly label: string
  readonly steps: readonly string[]
  /** Room above for a legend, in pixels. */
  readonly top: number
  readonly say: (value: unknown) => string
}) => ({
  aria: { enabled: true, label: { description: of.label } },
  animation: false,
  grid: { left: 0, right: 8, top: of.top, bottom: 8, outerBoundsMode: 'same' as const },
  tooltip: {
    trigger: 'axis' as const,
    backgroundColor: 'var(--t-raised)',
    borderColor: 'var(--t-line-strong)',
    textStyle: { color: 'var(--t-text)', fontSize: 12, fontFamily: 'inherit' },
    valueFormatter: of.say,
    confine: true,
  },
  xAxis: {
    type: 'category' as const,
    data: [...of.steps],
    axisLabel: {
      ...quietText,
      hideOverlap: true,
      alignMinLabel: 'left' as const,
      alignMaxLabel: 'right' as const,
    },
    axisTick: { show: false },
    axisLine: { lineStyle: { color: 'var(--t-line-strong)' } },
  },
})

/** The lines across a drawing. */
export const acrossLines = { lineStyle: { color: 'var(--t-line)' } }
