import { createHmac } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { systemClock } from '#kernel/clock.ts'
import { silentLog } from '#kernel/log.ts'
import { makeOutgoing, verify } from '#outgoing'
import { startReceiver } from '#outgoing/testing'

/** The secret that firings are signed with, and the one before. */
export const signing = {
  now: `whsec_${Buffer.alloc(32, 7).toString('base64')}`,
  before: `whsec_${Buffer.alloc(32, 9).toString('base64')}`,
} as const

/** One firing as a receiver has it. */
export interface Had {
  readonly id: string
  readonly trigger: string
  readonly person: string | null
  readonly profile_id: string | null
  readonly occurrence: string
  readonly change?: string
  readonly data: Readonly<Record<string, unknown>>
  readonly was?: Readonly<Record<string, unknown>>
}

/** One request as it came, both of its signatures checked. */
export interface Received {
  readonly path: string
  readonly id: string
  readonly body: string
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly firings: readonly Had[]
}

/** How the receiver answers; nothing means 200. */
export type Answerer = (received: Received, response: ServerResponse) => void | Promise<void>

/** A real receiver of firings on this machine, with a way out that may reach it. */
export async function firingReceiver(answerer: Answerer = () => {}) {
  const received: Received[] = []
  const { port, close } = await startReceiver(async (request, response) => {
    const body = await text(request)
    // Node joins the values of these headers into one text.
    const headers = request.headers as Readonly<Record<string, string | undefined>>
    verify({ headers, body, secret: signing.now, now: new Date() })
    const plain = createHmac('sha256', signing.now).update(body).digest('base64')
    if (headers['x-signature'] !== plain) throw new Error('x-signature does not hold')
    // What we sent ourselves.
    const { firings = [] } = JSON.parse(body) as { firings?: readonly Had[] }
    const id = headers['webhook-id'] ?? ''
    const one = { path: request.url ?? '', id, body, headers, firings }
    received.push(one)
    await answerer(one, response)
    if (!response.writableEnded && !response.headersSent) response.end('{"ok":true}')
  })
  const outgoing = makeOutgoing({
    allowPrivate: [`127.0.0.1:${port}`],
    timeoutMs: 5000,
    clock: systemClock,
    log: silentLog,
  })
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    received,
    /** Every firing that was received, with repetitions left out by id. */
    facts: () => {
      const all = received.flatMap(({ firings }) => firings)
      return [...new Map(all.map((one) => [one.id, one])).values()]
    },
    outgoing,
    close: async () => {
      await outgoing.close()
      await close()
    },
  }
}
