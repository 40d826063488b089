import { type Route, route } from '#kernel/route.ts'
import { checkAnswer, tickStatus } from './api.ts'
import type { Tick } from './tick.ts'

/** The HTTP face of the tick. */
export const tickRoutes = (tick: Pick<Tick, 'status' | 'check'>): readonly Route[] => [
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
  route({
    tag: 'segments',
    may: 'write',
    method: 'POST',
    path: '/tick/check',
    summary: 'Compare the members of live segments with full runs now, and put right what differs',
    answer: checkAnswer,
    run: async ({ signal }) => ({ differences: await tick.check(signal) }),
  }),
]
