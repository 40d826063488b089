import { asProblems, Fault, type Problem, refusal, sentenceOf } from '#kernel/fault.ts'
import type { Outgoing } from '#outgoing'
import type { Secrets } from '#store'
import type { DestinationBody } from './definition.ts'
import type { Destination, TestTools } from './destination.ts'
import { destinationOf } from './destinations/index.ts'
import { activationFaults } from './faults.ts'
import { problemsOfSettings } from './kinds.ts'

/** What a test of a connection has found. */
export interface Tested {
  readonly works: boolean
  /** What went well, in order. */
  readonly seen: readonly string[]
  /** What did not. */
  readonly problems: readonly Problem[]
}

/** A test of a person who waits for it. */
const patienceMs = 20_000

/** Tests the connection to a destination; settings that cannot be read are refused. */
export async function testOf(
  { type, settings }: DestinationBody,
  tools: Omit<TestTools, 'network' | 'secret'> & {
    readonly outgoing: Pick<Outgoing, 'send' | 'receive' | 'connect'>
    readonly secrets: Pick<Secrets, 'get'>
    readonly destinations: readonly Destination[]
  },
): Promise<Tested> {
  const wrong = problemsOfSettings({ type, settings })
  if (wrong.length > 0) throw refusal(wrong)
  const { outgoing: network, secrets, destinations, folders, clock } = tools
  const limit = AbortSignal.timeout(patienceMs)
  const signal = AbortSignal.any([tools.signal, limit])
  const secret = (name: string) => secrets.get(name)
  const seen: string[] = []
  try {
    const test = destinationOf(type, destinations).test
    for await (const one of test(settings, { network, secret, folders, clock, signal }))
      seen.push(one)
    return { works: true, seen, problems: [] }
  } catch (thrown) {
    tools.signal.throwIfAborted()
    return { works: false, seen, problems: problemsOf(limit.aborted ? tooLong() : thrown) }
  }
}

const tooLong = () => activationFaults.no_answer({ seconds: patienceMs / 1000 })

const problemsOf = (thrown: unknown): readonly Problem[] =>
  thrown instanceof Fault
    ? asProblems(thrown)
    : activationFaults.test_failed({ why: sentenceOf(thrown) }, { cause: thrown }).problems
