import { Skeleton } from '@mantine/core'
import { lazy, Suspense } from 'react'
import type { Plotted } from './plot-canvas.tsx'

const Canvas = lazy(() =>
  import('./plot-canvas.tsx').then(({ PlotCanvas }) => ({ default: PlotCanvas })),
)

/** Lines and bars over steps, such as time. The drawing library comes only with the first chart. */
export function Plot({ plot, height = 220 }: { plot: Plotted; height?: number }) {
  return (
    <Suspense fallback={<Skeleton height={height} />}>
      <Canvas plot={plot} height={height} />
    </Suspense>
  )
}
