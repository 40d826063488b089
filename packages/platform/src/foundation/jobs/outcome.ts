import { Fault } from '#kernel/fault.ts'
import type { JobFault } from './api.ts'
import { jobFaults } from './faults.ts'

/** What came of one attempt. */
export type Outcome =
  | { readonly state: 'done'; readonly resultJson: string }
  | { readonly state: 'cancelled' }
  | { readonly state: 'failed'; readonly fault: JobFault }
  | { readonly state: 'again'; readonly afterMs: number; readonly fault: JobFault }
  | { readonly state: 'put back' }

/** Why a handler was told to stop. */
export type StopReason = 'cancelled' | 'stopped' | 'lost'

const firstPauseMs = 1_000
const longestPauseMs = 10 * 60_000

/** Decides what follows from an attempt that threw. */
export function outcomeOf(
  thrown: unknown,
  of: {
    readonly attempt: number
    readonly maxAttempts: number
    readonly stopped: StopReason | undefined
    readonly random: () => number
  },
): Outcome {
  if (of.stopped === 'cancelled') return { state: 'cancelled' }
  if (of.stopped !== undefined) return { state: 'put back' }
  const fault = faultOf(thrown)
  if (of.attempt >= of.maxAttempts || !mayPass(thrown)) return { state: 'failed', fault }
  const afterMs = Math.max(pauseMs(of.attempt, of.random), askedPauseMs(thrown))
  return { state: 'again', afterMs, fault }
}

/** The pause after an attempt: doubling from a second to ten minutes, of which half is left to chance. */
export function pauseMs(attempt: number, random: () => number): number {
  const whole = Math.min(longestPauseMs, firstPauseMs * 2 ** (attempt - 1))
  return Math.round(whole * (0.5 + random() / 2))
}

// A fault may carry how long the other side asked us to wait.
function askedPauseMs(thrown: unknown): number {
  const asked = thrown instanceof Fault ? thrown.details['retryAfterMs'] : undefined
  return typeof asked === 'number' ? asked : 0
}

/** A fault as it is kept with the job. */
const faultOf = (thrown: unknown): JobFault => {
  const { code, message } = thrown instanceof Fault ? thrown : broken(thrown)
  return { code, say: message }
}

const broken = (thrown: unknown) =>
  jobFaults.broken({ what: thrown instanceof Error ? thrown.message : String(thrown) })

// What was refused for what it is will be refused again; only patience (429) and trouble (5xx) pass.
const mayPass = (thrown: unknown) =>
  !(thrown instanceof Fault) || thrown.status >= 500 || thrown.status === 429
