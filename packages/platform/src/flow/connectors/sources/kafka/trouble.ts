import { Fault, sentenceOf } from '#kernel/fault.ts'
import { connectorFaults } from '../../faults.ts'

/** The numbers of the protocol's errors that mean something here. */
export const protocolErrors = {
  offsetOutOfRange: 1,
  unknownTopic: 3,
  invalidTopic: 17,
  topicNotPermitted: 29,
  clusterNotPermitted: 31,
  unsupportedMechanism: 33,
  illegalSaslState: 34,
} as const

// A leader that has moved, a broker that is not ready: these pass when the brokers are asked again who leads.
const passing = new Set([3, 5, 6, 7, 8, 9, 13, 56, 74, 75, 76, 78])

/** The protocol's number of what a broker has answered; nothing when it is no answer of a broker. */
export function codeOf(thrown: unknown): number | undefined {
  const code = firstError(thrown)?.['apiCode']
  return typeof code === 'number' ? code : undefined
}

/** What a broker says itself about an error, if it says anything. */
export function wordsOf(thrown: unknown): string | undefined {
  const cause = thrown instanceof Error ? thrown.cause : undefined
  const words =
    firstError(thrown)?.['serverErrorMessage'] ?? firstError(cause)?.['serverErrorMessage']
  return typeof words === 'string' ? words : undefined
}

/** Whether it may hold when it is tried again, with new connections and new leaders. */
export function isPassing(thrown: unknown): boolean {
  if (thrown instanceof Fault) return passingFaults.has(thrown.code)
  return passing.has(codeOf(thrown) ?? -1)
}

const passingFaults = new Set([
  connectorFaults.connection_lost.code,
  connectorFaults.source_timeout.code,
  connectorFaults.no_leader.code,
  'outgoing.unreachable',
  'outgoing.timeout',
])

/** What a broker has answered, in our words; what is no answer of a broker is passed on as it is. */
export function troubleOf(
  thrown: unknown,
  of: { at: string; topic: string; user: string },
): unknown {
  const code = codeOf(thrown)
  const place = { cause: thrown }
  if (code === undefined) return thrown
  const why = firstError(thrown)?.message ?? sentenceOf(thrown)
  if (code === protocolErrors.topicNotPermitted || code === protocolErrors.clusterNotPermitted) {
    return connectorFaults.not_permitted({ at: of.at, user: of.user, why }, place)
  }
  return connectorFaults.broker_trouble({ at: `${of.topic} at ${of.at}`, why }, place)
}

type LibraryError = Error & Readonly<Record<string, unknown>>

/** Errors of answers hold one error for each place in the answer. */
function firstError(thrown: unknown): LibraryError | undefined {
  if (!(thrown instanceof AggregateError)) return undefined
  const [first] = thrown.errors
  // Their members are looked at one by one.
  return first instanceof Error ? (first as LibraryError) : undefined
}
