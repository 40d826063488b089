import { Fault, sentenceOf } from '#kernel/fault.ts'
import type { Log } from '#kernel/log.ts'
import { type Answer, jsonAnswer } from './answer.ts'
import { wireFaults } from './faults.ts'

/** Makes the answer to anything that was thrown, and tells the log of what is not the client's doing. */
export type Refuse = (thrown: unknown) => Answer

/** The statuses that a client may be told: it will not send such a thing again, and should not. */
const finalEverywhere = [400, 405, 413]
/** The ones that ask for patience, and the seconds when nobody knows better. */
const patience: ReadonlyMap<number, number> = new Map([
  [429, 1],
  [503, 5],
])
const quietMs = 1000
const bug = wireFaults.bug({})

/**
 * A refuser that speaks to the log at most once a second: trouble comes thousands of times a second. `alsoFinal` are further
 * statuses that the clients of a wire may be told.
 */
export function makeRefuse(log: Log, now: () => number, alsoFinal: readonly number[] = []): Refuse {
  const final: ReadonlySet<number> = new Set([...finalEverywhere, ...alsoFinal])
  let spokenAt = Number.NEGATIVE_INFINITY
  let unsaid = 0

  const tell = (thrown: unknown) => {
    if (now() - spokenAt < quietMs) {
      unsaid++
      return
    }
    const cause = thrown instanceof Fault ? (thrown.cause ?? undefined) : thrown
    log.error('events were not taken', { fault: sentenceOf(thrown), cause, unsaid })
    spokenAt = now()
    unsaid = 0
  }

  return (thrown) => {
    const fault = thrown instanceof Fault ? thrown : undefined
    const seconds = fault ? patience.get(fault.status) : undefined
    if (!fault || (seconds === undefined && !final.has(fault.status))) {
      tell(thrown)
      return answerTo(bug, bug.message)
    }
    if (seconds === undefined) return answerTo(fault, fault.message, allowIn(fault))
    if (fault.status >= 500) tell(fault)
    const retryAfter = wholeSeconds(fault.details['retryAfterSeconds'], seconds)
    const say =
      fault.status === 429 ? 'too many events at once' : 'events cannot be kept at the moment'
    const message = `${say}; nothing of this was kept, send it again in ${retryAfter} s`
    return answerTo(fault, message, waitingHeaders(fault.status, String(retryAfter)))
  }
}

// Clients read whole seconds only, and take 0 for an invitation.
const wholeSeconds = (said: unknown, otherwise: number): number =>
  typeof said === 'number' && Number.isFinite(said) ? Math.max(1, Math.ceil(said)) : otherwise

// The second is what older libraries for pages read, in seconds from now like the first.
const waitingHeaders = (status: number, seconds: string): readonly string[] => [
  ...['Retry-After', seconds],
  ...(status === 429 ? ['X-RateLimit-Reset', seconds] : []),
]

const allowIn = ({ code, details }: Fault): readonly string[] =>
  code === wireFaults.wrong_method.code ? ['Allow', String(details['allowed'])] : []

const answerTo = (fault: Fault, message: string, headers: readonly string[] = []): Answer =>
  jsonAnswer(fault.status, { success: false, error: { code: fault.code, message } }, headers)
