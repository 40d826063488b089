import { fingerprint } from '#definitions'
import type { Jobs } from '#jobs'
import type { Identity } from './identity.ts'
import type { SimulateBody } from './simulate-api.ts'

/** Simulations in the background. */
export interface Simulations {
  /** Begins one, or gives the one that is under way and asks the same; the job to follow, whose result is the simulation. */
  readonly start: (ruleset: string, body: SimulateBody) => Promise<{ job: string }>
}

const jobKind = 'identity.simulate'

interface Payload {
  readonly ruleset: string
  readonly body: SimulateBody
}

/** Simulations as jobs. Make it before the jobs start. */
export function makeSimulations({
  jobs,
  identity,
}: {
  readonly jobs: Jobs
  readonly identity: Pick<Identity, 'simulate' | 'draft'>
}): Simulations {
  // Payloads are those that are queued below.
  jobs.handle(jobKind, async (payload, { signal, progress }) => {
    const { ruleset, body } = payload as Payload
    let done = 0
    return identity.simulate(ruleset, body, {
      signal,
      progress: (note) => progress({ done: done++, note }),
    })
  })
  return {
    start: async (ruleset, body) => {
      await identity.draft(ruleset, body)
      const payload: Payload = { ruleset, body }
      const key = `${ruleset} ${fingerprint(body)}`
      const job = await jobs.enqueue({ kind: jobKind, key, payload, maxAttempts: 2 })
      return { job: job.id }
    },
  }
}
