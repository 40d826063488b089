import type { IncomingMessage } from 'node:http'
import { demand } from '#access'
import { Fault, sentenceOf } from '#kernel/fault.ts'
import type { Front } from '#kernel/front.ts'
import { type Answer, sendAtOnce, wireFaults } from '#wire'
import { oauthRefusal, refusalAnswer } from './answers.ts'
import { Gone, makeBodies } from './body.ts'
import { removeUnfinished, sweep, sweepKind } from './bulk/sweep.ts'
import { handleLoads } from './bulk/work.ts'
import { ingestFaults } from './faults.ts'
import { type DataPlace, isTokenPlace, type Place, placeOf } from './place.ts'
import { mustBe, pathOf, queryOf } from './request.ts'
import { makePasses } from './tokens/passes.ts'
import { makeTokenVerb } from './tokens/token-verb.ts'
import type { DataCloudTools } from './tools.ts'
import { dataVerbs, type Verbs } from './verbs.ts'

/** The ingestion wire. */
export interface DataCloudFront extends Front {
  /** Clears up what a process that died left behind, and sets the time of the sweep. Before the server listens. */
  readonly start: () => Promise<void>
}

/** Answers the ingestion wire. Loads and sweeps are handled from here on; they begin when the queue does. */
export function makeDataCloudFront(tools: DataCloudTools): DataCloudFront {
  const { clock, jobs, tenant = 'tessera' } = tools
  const bodies = makeBodies()
  const passes = makePasses(tools)
  const answerToken = makeTokenVerb({ ...tools, passes, bodies })
  const verbs = dataVerbs(tools, bodies)
  handleLoads(tools)
  jobs.handle(sweepKind, () => sweep(tools))

  const answerData = async (place: DataPlace, request: IncomingMessage): Promise<Answer> => {
    // The table has the verbs for places of this very kind.
    const known = verbs[place.kind] as Verbs<DataPlace>
    const verb = known[mustBe(request, Object.keys(known))]
    if (verb === undefined) throw new Error('a method that is allowed has no verb')
    const token = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1]?.trim()
    const caller = demand(token === undefined ? undefined : await passes.callerOf(token), 'write')
    return verb(place, { request, caller, query: queryOf(request) })
  }

  const answerTo = async (request: IncomingMessage): Promise<Answer | undefined> => {
    const path = pathOf(request)
    const place = placeOf(path)
    try {
      if (place === undefined) throw ingestFaults.unknown_path({ path })
      return await (isTokenPlace(place) ? answerToken(place, request) : answerData(place, request))
    } catch (thrown) {
      if (thrown instanceof Gone) return undefined
      return refusal(place, asFault(thrown), { path, tenant, at: clock.now() })
    }
  }

  const asFault = (thrown: unknown): Fault => {
    const fault = thrown instanceof Fault ? thrown : diskFaultIn(thrown)
    if (fault.status >= 500) {
      const { cause } = fault
      tools.log.error(sentenceOf(fault), { why: sentenceOf(cause ?? fault), cause })
    }
    return fault
  }

  return {
    takes: (_, path) => placeOf(path) !== undefined,
    answer: (request, response) => {
      answerTo(request)
        .then((answer) => answer && sendAtOnce(request, response, answer))
        // Nothing is left to say to a client whose answer cannot be sent.
        .catch(() => request.destroy())
    },
    start: async () => {
      await removeUnfinished(tools)
      await jobs.schedule({ key: sweepKind, kind: sweepKind, cron: hourly })
    },
  }
}

const hourly = '17 * * * *'

const retryAfterSeconds = 5

// All that this wire asks of the system is to keep files, so what the system refuses is trouble with the disk.
function diskFaultIn(cause: unknown): Fault {
  if (!(cause instanceof Error && 'syscall' in cause && 'code' in cause))
    return wireFaults.bug({}, { cause })
  const isFull = cause.code === 'ENOSPC' || cause.code === 'EDQUOT'
  const why = isFull ? 'the disk is full' : `the disk is in trouble (${cause.code})`
  return ingestFaults.disk({ why, retryAfterSeconds }, { cause })
}

const refusal = (
  place: Place | undefined,
  fault: Fault,
  of: Parameters<typeof refusalAnswer>[1],
): Answer => (place && isTokenPlace(place) ? oauthRefusal(fault) : refusalAnswer(fault, of))
