import type { IncomingMessage } from 'node:http'
import { demand } from '#access'
import type { Caller } from '#kernel/caller.ts'
import { Fault, sentenceOf } from '#kernel/fault.ts'
import type { Front } from '#kernel/front.ts'
import { type Answer, addressOf, baseOf, jsonAnswer, send, wireFaults } from '#wire'
import { oauthRefusal, refusalAnswer, retryAfter } from './answers.ts'
import { type Bodies, Gone, makeBodies, piecesOf } from './body.ts'
import { makeBulk } from './bulk/bulk.ts'
import { printJob } from './bulk/job.ts'
import { removeUnfinished, sweep, sweepKind } from './bulk/sweep.ts'
import { handleLoads } from './bulk/work.ts'
import { ingestFaults } from './faults.ts'
import { type Place, placeOf } from './place.ts'
import { readIds, readJobQuery, readNewJob, readNewState } from './requests.ts'
import { makeStreaming } from './streaming/streaming.ts'
import { makeGrants, type TokenAnswer } from './tokens/grants.ts'
import { makePasses } from './tokens/passes.ts'
import type { DataCloudTools } from './tools.ts'

/** The ingestion wire. */
export interface DataCloudFront extends Front {
  /** Clears up what a process that died left behind, and sets the time of the sweep. Before the server listens. */
  readonly start: () => Promise<void>
}

/** One request that has found its verb. */
interface Asked {
  readonly request: IncomingMessage
  readonly query: URLSearchParams
  readonly caller: Caller
}

type Verb<P> = (place: P, asked: Asked) => Promise<Answer>
type Verbs<P> = Readonly<Record<string, Verb<P>>>
type PlaceOf<K extends Place['kind']> = Extract<Place, { kind: K }>

/** Answers the ingestion wire. Jobs are handled from here on; they begin when the queue does. */
export function makeDataCloudFront(tools: DataCloudTools): DataCloudFront {
  const { clock, log, jobs, tenant = 'tessera', proxies = 0 } = tools
  const bodies = makeBodies()
  const passes = makePasses(tools)
  const grants = makeGrants({ passes, clock })
  const data = dataVerbs(tools, bodies)
  handleLoads(tools)
  jobs.handle(sweepKind, () => sweep(tools))

  const callerOf = async ({ headers: { authorization } }: IncomingMessage) => {
    const token = /^Bearer (.+)$/i.exec(authorization ?? '')?.[1]
    return demand(token === undefined ? undefined : await passes.callerOf(token.trim()), 'write')
  }

  const tokenAnswer = async (place: PlaceOf<TokenKind>, request: IncomingMessage) => {
    mustBe(request, ['POST'])
    const parameters = await parametersOf(request, bodies)
    // Tokens that were given out end by themselves, and with the access token they came from.
    if (place.kind === 'revoke') return empty(200)
    const { protocol, host } = baseOf(request, proxies)
    const from = addressOf(request, proxies) ?? ''
    const of = {
      parameters,
      from,
      origin: `${protocol}://${isHost.test(host) ? host : 'localhost'}`,
    }
    return printGrant(await grants[place.kind](of))
  }

  const answerTo = async (place: Place, request: IncomingMessage): Promise<Answer> => {
    if (isTokenPlace(place)) return tokenAnswer(place, request)
    // The table has verbs for the kind that it is asked with.
    const verbs = data[place.kind] as Verbs<Place>
    const verb = verbs[mustBe(request, Object.keys(verbs))]
    if (verb === undefined) throw new Error('a method that is allowed has no verb')
    const caller = await callerOf(request)
    return verb(place, { request, caller, query: queryOf(request) })
  }

  return {
    takes: (_, path) => placeOf(path) !== undefined,
    answer: (request, response) => {
      const path = pathOf(request)
      const place = placeOf(path)
      const answered = place
        ? answerTo(place, request)
        : Promise.reject(ingestFaults.unknown_path({ path }))
      answered
        .catch((thrown: unknown) => {
          if (thrown instanceof Gone) return undefined
          const fault = asFault(thrown)
          if (fault.status >= 500)
            log.error('the ingestion wire met trouble', {
              path,
              why: sentenceOf(thrown),
              cause: thrown,
            })
          if (place && isTokenPlace(place)) return oauthRefusal(fault)
          return refusalAnswer(fault, { path, tenant, at: clock.now() })
        })
        .then((answer) => answer && send(request, response, answer))
        .catch((thrown: unknown) => {
          log.error('an answer could not be sent', { path, why: sentenceOf(thrown) })
          response.destroy()
        })
    },
    start: async () => {
      await removeUnfinished(tools)
      await jobs.schedule({ key: sweepKind, kind: sweepKind, cron: '*/10 * * * *' })
    },
  }
}

type TokenKind = 'token' | 'exchange' | 'revoke'

const isTokenPlace = (place: Place): place is PlaceOf<TokenKind> =>
  place.kind === 'token' || place.kind === 'exchange' || place.kind === 'revoke'

// What answers may name of a host that the client said.
const isHost = /^[\w.-]+(:\d+)?$|^\[[\da-f:]+\](:\d+)?$/i

/** What can be asked with a token that may write. */
function dataVerbs(tools: DataCloudTools, bodies: Bodies) {
  const streaming = makeStreaming(tools)
  const bulk = makeBulk(tools)
  const { json } = bodies

  const records: Verbs<PlaceOf<'records' | 'test'>> = {
    POST: async (to, { request }) => {
      await streaming.insert(to, await json(request))
      return accepted
    },
    DELETE: async (from, { request, query }) => {
      await streaming.remove(from, readIds(query, await json(request)))
      return accepted
    },
  }
  const test: Verbs<PlaceOf<'records' | 'test'>> = {
    POST: async (to, { request }) => {
      await streaming.test(to, await json(request))
      return accepted200
    },
  }
  const jobs: Verbs<PlaceOf<'jobs'>> = {
    GET: async (_, { query }) => {
      const found = await bulk.list(readJobQuery(query))
      return jsonAnswer(200, { data: found.map(printJob) })
    },
    POST: async (_, { request, caller }) =>
      jsonAnswer(201, printJob(await bulk.create(caller, readNewJob(await json(request))))),
  }
  const job: Verbs<PlaceOf<'job' | 'batches'>> = {
    GET: async ({ id }) => jsonAnswer(200, printJob(await bulk.get(id))),
    PATCH: async ({ id }, { request }) => {
      const state = readNewState(await json(request))
      const moved = state === 'Aborted' ? await bulk.abort(id) : await bulk.close(id)
      return jsonAnswer(200, printJob(moved))
    },
    DELETE: async ({ id }) => {
      await bulk.remove(id)
      return empty(204)
    },
  }
  const batches: Verbs<PlaceOf<'job' | 'batches'>> = {
    PUT: async ({ id }, { request }) => {
      await bulk.addFile(id, () => piecesOf(request))
      return empty(202)
    },
  }
  return { records, test, jobs, job, batches }
}

const accepted = jsonAnswer(202, { accepted: true })
const accepted200 = jsonAnswer(200, { accepted: true })

const empty = (status: number): Answer => ({
  status,
  headers: status === 204 ? [] : ['Content-Length', '0'],
  body: Buffer.alloc(0),
})

function mustBe({ method = '' }: IncomingMessage, allowed: readonly string[]): string {
  if (!allowed.includes(method)) throw ingestFaults.wrong_method({ method, allowed })
  return method
}

const pathOf = ({ url = '' }: IncomingMessage) => url.split('?', 1)[0] ?? ''

const queryOf = ({ url = '' }: IncomingMessage) =>
  new URLSearchParams(url.includes('?') ? url.slice(url.indexOf('?') + 1) : '')

/** Parameters of a token request: clients put them into the body or into the address, and their secret into a header. */
async function parametersOf(request: IncomingMessage, { form }: Bodies) {
  const parameters = queryOf(request)
  for (const [name, value] of await form(request)) parameters.set(name, value)
  const [, basic] = /^Basic (.+)$/i.exec(request.headers.authorization ?? '') ?? []
  if (basic === undefined || parameters.has('client_secret')) return parameters
  const [id = '', ...secret] = Buffer.from(basic, 'base64').toString().split(':')
  parameters.set('client_id', decodeURIComponent(id))
  parameters.set('client_secret', decodeURIComponent(secret.join(':')))
  return parameters
}

const printGrant = ({ status, body, retryAfterSeconds }: TokenAnswer) =>
  jsonAnswer(status, body, [
    'Cache-Control',
    'no-store',
    ...(retryAfterSeconds === undefined ? [] : retryAfter(retryAfterSeconds)),
  ])

const asFault = (thrown: unknown): Fault => {
  if (thrown instanceof Fault) return thrown
  return wireFaults.bug({}, { cause: thrown })
}
