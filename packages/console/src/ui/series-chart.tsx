import { Skeleton } from '@mantine/core'
import { lazy, Suspense } from 'react'
import type { Series } from './series-canvas.tsx'

const Canvas = lazy(() =>
  import('./series-canvas.tsx').then(({ SeriesCanvas }) => ({ default: SeriesCanvas })),
)

/** Bars side by side, or lines. The drawing library comes only with the first chart. */
export function SeriesChart({ of, height = 320 }: { of: Series; height?: number }) {
  return (
    <Suspense fallback={<Skeleton height={height} />}>
      <Canvas of={of} height={height} />
    </Suspense>
  )
}
