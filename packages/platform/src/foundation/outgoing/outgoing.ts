import type { Socket } from 'node:net'
import { Agent, type Dispatcher } from 'undici'
import type { Clock } from '#kernel/clock.ts'
import type { Log } from '#kernel/log.ts'
import { outgoingFaults } from './faults.ts'
import { type Lookup, makeGate } from './gate.ts'
import { openSocket } from './socket.ts'
import { troubleOf } from './trouble.ts'

/** What is sent out. */
export interface OutgoingRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  readonly signal?: AbortSignal
  /** For everything from the look-up of the name to the last byte of the answer. */
  readonly timeoutMs?: number
  readonly maxAnswerBytes?: number
}

/** What came back, whatever its status; header names are in lower case. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
}

/** An answer whose body comes piece by piece, for what does not fit into memory. */
export interface LongAnswer extends Omit<Answer, 'text'> {
  /** Read it to the end, or stop early: either lets go of the connection. */
  readonly body: AsyncIterable<Uint8Array>
}

/** A place that speaks something else than HTTP. */
export interface Place {
  readonly host: string
  readonly port: number
  readonly signal?: AbortSignal
}

/** The only way out of the house. */
export interface Outgoing {
  readonly send: (request: OutgoingRequest) => Promise<Answer>
  /** Sends, and hands back the answer as it arrives. The time limit is for each piece, not for the whole. */
  readonly receive: (request: Omit<OutgoingRequest, 'maxAnswerBytes'>) => Promise<LongAnswer>
  /** Opens a connection of bytes, guarded as every other; whoever asked for it ends it. */
  readonly connect: (to: Place) => Promise<Socket>
  /** Ends what is under way and lets go of open connections. */
  readonly close: () => Promise<void>
}

/** What the way out is made of. `trust` holds further certificates (PEM); the look-up of names can be another. */
export interface OutgoingTools {
  readonly allowPrivate: readonly string[]
  readonly timeoutMs: number
  readonly clock: Clock
  readonly log: Log
  readonly trust?: readonly string[]
  readonly lookup?: Lookup
}

const answerBytes = 1024 ** 2

/** Opens the way out: private addresses refused, redirects not followed, time and size limited. */
export function makeOutgoing(tools: OutgoingTools): Outgoing {
  const gate = makeGate({ ...tools, connectTimeoutMs: tools.timeoutMs })
  // One time limit covers the whole exchange, so the agent's own are off.
  const agent = new Agent({ connect: gate, headersTimeout: 0, bodyTimeout: 0 })
  const longAgent = new Agent({
    connect: gate,
    headersTimeout: tools.timeoutMs,
    bodyTimeout: tools.timeoutMs,
  })
  return {
    send: async (request) => {
      const { log, clock } = tools
      const startedAt = clock.now().getTime()
      const url = readUrl(request.url)
      const answer = await exchange(agent, url, { timeoutMs: tools.timeoutMs, ...request })
      const tookMs = clock.now().getTime() - startedAt
      log.debug('sent', { to: url.origin, method: request.method, status: answer.status, tookMs })
      return answer
    },
    receive: (request) =>
      receive(longAgent, readUrl(request.url), { timeoutMs: tools.timeoutMs, ...request }),
    connect: openSocket(tools),
    close: async () => {
      await Promise.all([agent.destroy(), longAgent.destroy()])
    },
  }
}

async function receive(agent: Agent, url: URL, request: Timed): Promise<LongAnswer> {
  const { signal, timeoutMs } = request
  try {
    const { statusCode, headers, body } = await agent.request({
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method: request.method,
      headers: headersOf(request),
      body: request.body ?? null,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      ...(signal ? { signal } : {}),
    })
    const told = textsOf(headers)
    body.on('error', () => {})
    try {
      refuseRedirect(statusCode, told['location'], url)
    } catch (thrown) {
      body.destroy()
      throw thrown
    }
    return { status: statusCode, headers: told, body: piecesOf(body, url, request) }
  } catch (thrown) {
    signal?.throwIfAborted()
    throw troubleOf(thrown, url.origin, timeoutMs)
  }
}

async function* piecesOf(
  body: Dispatcher.ResponseData['body'],
  url: URL,
  { signal, timeoutMs }: Timed,
): AsyncGenerator<Uint8Array> {
  try {
    yield* body.iterator({ destroyOnReturn: true })
  } catch (thrown) {
    signal?.throwIfAborted()
    throw troubleOf(thrown, url.origin, timeoutMs)
  } finally {
    body.destroy()
  }
}

function readUrl(text: string): URL {
  const url = URL.parse(text)
  const bad = (why: string) => outgoingFaults.bad_address({ url: url?.origin ?? text, why })
  if (!url) throw bad('it is not a whole address')
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw outgoingFaults.bad_address({ url: url.protocol, why: 'only http and https are spoken' })
  }
  if (url.username !== '' || url.password !== '') throw bad('it holds a name or a password')
  return url
}

type Timed = OutgoingRequest & { readonly timeoutMs: number }

async function exchange(agent: Agent, url: URL, request: Timed): Promise<Answer> {
  const { signal, timeoutMs } = request
  const limit = new AbortController()
  const timer = setTimeout(() => limit.abort(), timeoutMs)
  const stop = signal ? AbortSignal.any([signal, limit.signal]) : limit.signal
  try {
    signal?.throwIfAborted()
    const response = await agent.request({
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method: request.method,
      headers: headersOf(request),
      body: request.body ?? null,
      signal: stop,
    })
    return await readAnswer(response, url, request.maxAnswerBytes ?? answerBytes)
  } catch (thrown) {
    signal?.throwIfAborted()
    if (limit.signal.aborted) {
      throw outgoingFaults.timeout({ to: url.origin, afterMs: timeoutMs }, { cause: thrown })
    }
    throw troubleOf(thrown, url.origin, timeoutMs)
  } finally {
    clearTimeout(timer)
  }
}

// Answers are read as they are, so nobody is invited to compress them.
function headersOf({ headers = {} }: OutgoingRequest): Record<string, string> {
  const given = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])
  return { 'user-agent': 'tessera', 'accept-encoding': 'identity', ...Object.fromEntries(given) }
}

async function readAnswer(
  { statusCode: status, headers: raw, body }: Dispatcher.ResponseData,
  url: URL,
  maxBytes: number,
): Promise<Answer> {
  const headers = textsOf(raw)
  const to = url.origin
  const chunks: Uint8Array[] = []
  let bytes = 0
  try {
    refuseRedirect(status, headers['location'], url)
    for await (const chunk of body.iterator({ destroyOnReturn: true })) {
      bytes += chunk.length
      if (bytes > maxBytes) throw outgoingFaults.too_large({ to, status, maxBytes })
      chunks.push(chunk)
    }
  } catch (thrown) {
    // Nobody is interested in the rest, nor in what becomes of it.
    body.on('error', () => {}).destroy()
    throw thrown
  }
  return { status, headers, text: Buffer.concat(chunks).toString('utf8') }
}

const textsOf = (raw: Dispatcher.ResponseData['headers']): Record<string, string> =>
  Object.fromEntries(
    Object.entries(raw).map(([name, value = '']) => [name, [value].flat().join(', ')]),
  )

function refuseRedirect(status: number, location: string | undefined, url: URL) {
  if (status < 300 || status > 399 || location === undefined) return
  const target = URL.parse(location, url.href)
  throw outgoingFaults.redirect({
    to: url.origin,
    status,
    location: target ? `${target.origin}${target.pathname}` : location,
  })
}
