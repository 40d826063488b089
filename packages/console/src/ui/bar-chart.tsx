import { Skeleton } from '@mantine/core'
import { lazy, Suspense } from 'react'
import type { Bars } from './bar-canvas.tsx'

const Canvas = lazy(() =>
  import('./bar-canvas.tsx').then(({ BarCanvas }) => ({ default: BarCanvas })),
)

/** Stacked bars over time. The drawing library comes only with the first chart. */
export function BarChart({ bars, height = 140 }: { bars: Bars; height?: number }) {
  return (
    <Suspense fallback={<Skeleton height={height} />}>
      <Canvas bars={bars} height={height} />
    </Suspense>
  )
}
