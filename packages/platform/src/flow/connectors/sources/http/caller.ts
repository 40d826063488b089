import { setTimeout as sleep } from 'node:timers/promises'
import { Fault } from '#kernel/fault.ts'
import { backoffMs, type LongAnswer, retryAfterMs } from '#outgoing'
import { connectorFaults } from '../../faults.ts'
import type { HttpSettings } from './definition.ts'
import type { PageRequest } from './request.ts'
import { makeSignIn, type SignIn, type SignInTools } from './sign-in.ts'

/** How often something is tried, and how long is waited in between. */
export interface Patience {
  readonly attempts: number
  readonly firstMs: number
  /** A server that asks for a longer pause than this is left alone; the run fails and comes back later. */
  readonly mostMs: number
  readonly random: () => number
}

/** An answer that is what was asked for. */
export interface PageAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
}

/** What calling needs. */
export interface CallerTools extends SignInTools {
  readonly patience: Patience
  /** When the next request to a server may start, by its origin. */
  readonly pace: Map<string, number>
}

/** Asks a server, as patiently as it wants it. */
export type Caller = (request: PageRequest) => Promise<PageAnswer>

/** A page that is longer does not fit into memory with what is made of it. */
const mostPageBytes = 64 * 1024 ** 2

type Outcome =
  | { readonly kind: 'answer'; readonly answer: PageAnswer }
  | { readonly kind: 'again'; readonly fault: Fault; readonly afterMs: number | undefined }
  | { readonly kind: 'refused'; readonly fault: Fault }

/** Makes what calls the server of a connection, signed in and at its pace. */
export async function makeCaller(tools: CallerTools, settings: HttpSettings): Promise<Caller> {
  const signIn = makeSignIn(tools, settings.auth)
  const given = await givenHeaders(tools, settings)
  const asking = { ...tools, settings, signIn, given }
  return async (request) => {
    for (let attempt = 1; ; attempt++) {
      const first = await askInTime(asking, request)
      // A token may have been withdrawn before its time.
      const outcome =
        first.kind === 'refused' && signIn.renew() ? await askInTime(asking, request) : first
      if (outcome.kind === 'answer') return outcome.answer
      if (outcome.kind === 'refused') throw outcome.fault
      await pauseAfter(tools, outcome, attempt)
    }
  }
}

async function askInTime(of: Asking, request: PageRequest): Promise<Outcome> {
  await keepPace(of, of.settings, request.url.origin)
  return askOnce(of, request)
}

/** Waits before the next attempt; throws where there is none. */
async function pauseAfter(
  { patience, signal }: CallerTools,
  { fault, afterMs }: Extract<Outcome, { kind: 'again' }>,
  attempt: number,
): Promise<void> {
  const waitMs = afterMs ?? backoffMs(attempt, patience.random, patience)
  if (attempt >= patience.attempts || waitMs > patience.mostMs) throw fault
  await pause(waitMs, signal)
}

const pause = (ms: number, signal: AbortSignal) =>
  sleep(ms, undefined, { signal }).catch(() => signal.throwIfAborted())

interface Asking extends CallerTools {
  readonly settings: HttpSettings
  readonly signIn: SignIn
  readonly given: Readonly<Record<string, string>>
}

async function askOnce(of: Asking, request: PageRequest): Promise<Outcome> {
  const { headers, query } = await of.signIn.badge()
  const url = new URL(request.url)
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
  try {
    const answer = await of.network.receive({
      method: request.method,
      url: url.href,
      headers: { accept: 'application/json', ...of.given, ...headers, ...bodyHeaders(request) },
      ...(request.body ? { body: JSON.stringify(request.body) } : {}),
      ...(of.settings.timeout_seconds ? { timeoutMs: of.settings.timeout_seconds * 1000 } : {}),
      signal: of.signal,
    })
    return await outcomeOf(of, `${request.method} ${url.pathname}`, answer)
  } catch (thrown) {
    // What broke on the way may hold the next time; every other fault stays.
    if (!(thrown instanceof Fault) || !onTheWay.has(thrown.code)) throw thrown
    return { kind: 'again', fault: thrown, afterMs: undefined }
  }
}

const onTheWay = new Set(['outgoing.timeout', 'outgoing.unreachable', 'outgoing.bad_answer'])

async function outcomeOf(of: Asking, plainWhat: string, answer: LongAnswer): Promise<Outcome> {
  const { status, headers } = answer
  const what = of.mask.over(plainWhat)
  if (status >= 200 && status < 300) {
    const text = await wholeText(what, answer)
    return { kind: 'answer', answer: { status, headers, text } }
  }
  const beginning = of.mask.over(await firstText(answer)).slice(0, shownCharacters)
  const about = { what, status, beginning }
  if (status === 401) return { kind: 'refused', fault: connectorFaults.refused_request(about) }
  const afterMs = retryAfterMs(headers, of.clock.now())
  if (status === 429 || (status === 503 && afterMs !== undefined)) {
    const waitSeconds = afterMs === undefined ? undefined : Math.ceil(afterMs / 1000)
    return {
      kind: 'again',
      fault: connectorFaults.too_many_requests({ ...about, waitSeconds }),
      afterMs,
    }
  }
  if (status >= 500) return { kind: 'again', fault: connectorFaults.failing_server(about), afterMs }
  throw connectorFaults.refused_request(about)
}

async function wholeText(what: string, { body }: LongAnswer): Promise<string> {
  const pieces: Uint8Array[] = []
  let bytes = 0
  for await (const piece of body) {
    bytes += piece.length
    if (bytes > mostPageBytes)
      throw connectorFaults.page_too_large({ what, mostBytes: mostPageBytes })
    pieces.push(piece)
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(pieces))
  } catch (thrown) {
    throw connectorFaults.not_json(
      { what, why: 'it is not UTF-8', beginning: '' },
      { cause: thrown },
    )
  }
}

// Enough to hold a secret that the server gives back as a whole, so that none is shown in part.
const firstBytes = 64 * 1024
const shownCharacters = 300

async function firstText({ body }: LongAnswer): Promise<string> {
  const pieces: Uint8Array[] = []
  let bytes = 0
  for await (const piece of body) {
    pieces.push(piece)
    bytes += piece.length
    if (bytes >= firstBytes) break
  }
  return Buffer.concat(pieces).toString('utf8').replace(/\s+/g, ' ').trim()
}

async function givenHeaders(
  { mask, secret }: CallerTools,
  { headers = {} }: HttpSettings,
): Promise<Record<string, string>> {
  const all = Object.entries(headers).map(async ([name, value]) => [
    name.toLowerCase(),
    typeof value === 'string' ? value : mask.hide(await secret(value.secret)),
  ])
  return Object.fromEntries(await Promise.all(all))
}

const bodyHeaders = ({ body }: PageRequest): Record<string, string> =>
  body ? { 'content-type': 'application/json' } : {}

/** Requests to one server start one after the other, whichever stream they are for. */
async function keepPace(
  { pace, clock, signal }: CallerTools,
  { requests_per_second: perSecond }: HttpSettings,
  origin: string,
): Promise<void> {
  if (perSecond === undefined) return
  const now = clock.now().getTime()
  const startAt = Math.max(now, pace.get(origin) ?? 0)
  pace.set(origin, startAt + 1000 / perSecond)
  if (startAt > now) {
    await pause(startAt - now, signal)
  }
}
