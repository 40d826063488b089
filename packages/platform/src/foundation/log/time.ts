import type { Clock } from '#kernel/clock.ts'

/** The two times of a log; neither goes back, whatever the machine's clock does. */
export interface LogTime {
  /** Milliseconds since the epoch by the machine's clock, or the last time given if that is later. */
  readonly at: () => number
  /** How long the log has been running, over all restarts: no jump of a clock moves it. */
  readonly ran: () => number
}

/** Goes on from where the log stopped. */
export function makeLogTime(of: {
  readonly clock: Clock
  readonly elapsedMs: () => number
  readonly at: number
  readonly ran: number
}): LogTime {
  const begun = of.elapsedMs()
  let latest = of.at
  return {
    at: () => {
      latest = Math.max(latest, of.clock.now().getTime())
      return latest
    },
    ran: () => of.ran + Math.max(0, Math.floor(of.elapsedMs() - begun)),
  }
}
