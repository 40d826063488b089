import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Result, TesseraEvent } from '../index.ts'

/** A request as it came. */
export interface Arrived {
  readonly at: number
  readonly contentType: string | undefined
  readonly bytes: number
  readonly writeKey: string
  readonly sentAt: string
  readonly batch: readonly TesseraEvent[]
}

/** How one request is answered; unsaid members are those of a server in good health. */
export interface Answer {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly afterMs?: number
  /** The connection breaks: before the events are kept, or after, so that only the answer is lost. */
  readonly breaks?: 'before' | 'after'
  /** What it says of one event. */
  readonly verdict?: (event: TesseraEvent) => Result | undefined
}

/** A server that keeps what it is sent and misbehaves as told. */
export interface EventServer {
  readonly url: string
  readonly arrived: readonly Arrived[]
  /** What it has, by id: what came twice is there once. */
  readonly kept: ReadonlyMap<string, TesseraEvent>
  /** The names of what it has, as it came. */
  readonly names: () => readonly string[]
  /** Answers the next requests so, one after the other. */
  readonly next: (...answers: readonly Answer[]) => void
  /** Answers all requests so, unless one is meant by `next`. */
  readonly always: (answer: (request: Arrived) => Answer) => void
  readonly [Symbol.asyncDispose]: () => Promise<void>
}

const cors = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'retry-after',
}

/** Starts the server; on a port, when it comes back. */
export async function startServer(port = 0): Promise<EventServer> {
  const arrived: Arrived[] = []
  const kept = new Map<string, TesseraEvent>()
  const answers: Answer[] = []
  let usual: (request: Arrived) => Answer = () => ({})

  const keep = (event: TesseraEvent): Result => {
    const status = kept.has(event.messageId) ? 'duplicate' : 'stored'
    kept.set(event.messageId, event)
    return { messageId: event.messageId, status }
  }

  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    if (request.method !== 'POST' || request.url !== '/events/v1/batch') {
      response.writeHead(404).end()
      return
    }
    const body = await text(request)
    const of = { at: Date.now(), contentType: request.headers['content-type'] }
    const asked: Arrived = { ...of, bytes: Buffer.byteLength(body), ...JSON.parse(body) }
    arrived.push(asked)
    const answer = answers.shift() ?? usual(asked)
    if (answer.breaks === 'before') {
      request.socket.destroy()
      return
    }
    await sleep(answer.afterMs ?? 0)
    const { status = 200, verdict = keep } = answer
    const results = status === 200 ? asked.batch.flatMap((event) => verdict(event) ?? []) : []
    if (answer.breaks === 'after') request.socket.destroy()
    response.writeHead(status, { ...cors, ...answer.headers })
    response.end(answer.body ?? JSON.stringify({ results }))
  }

  const server = createServer((request, response) => void handle(request, response))
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  // A server that listens on TCP has an address of this form.
  const { port: taken } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${taken}`,
    arrived,
    kept,
    names: () => [...kept.values()].map(({ event = '' }) => event),
    next: (...more) => void answers.push(...more),
    always: (answer) => {
      usual = answer
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
