import { systemClock } from '#kernel/clock.ts'
import type { ReachingTools } from '../connector.ts'

const closed = async () => {
  throw new Error('this test reaches nowhere')
}

/** The tools of connectors that reach out, for tests in which none does. */
export const nowhere: ReachingTools = {
  network: { send: closed, receive: closed, connect: closed },
  secret: closed,
  clock: systemClock,
}
