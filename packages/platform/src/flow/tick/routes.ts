import { type Route, route } from '#kernel/route.ts'
import { tickStatus } from './api.ts'
import type { Tick } from './tick.ts'

/** The HTTP face of the tick. */
export const tickRoutes = (tick: Pick<Tick, 'status'>): readonly Route[] => [
  route({
    tag: 'segments',
    may: 'read',
    method: 'GET',
    path: '/tick',
    summary:
      'How live segments are kept up to date: the last round with its stages, and what full runs found',
    answer: tickStatus,
    run: () => tick.status(),
  }),
]
