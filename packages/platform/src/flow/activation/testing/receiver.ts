import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { systemClock } from '#kernel/clock.ts'
import { silentLog } from '#kernel/log.ts'
import { makeOutgoing, verify } from '#outgoing'
import { startReceiver } from '#outgoing/testing'
import type { PayloadRow } from '../destination.ts'

/** The secret that batches are signed with, and its name. */
export const signing = {
  name: 'shop_hook',
  secret: `whsec_${Buffer.alloc(32, 7).toString('base64')}`,
} as const

/** One request as it came, its signature already checked. */
export interface Received {
  readonly id: string
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: string
  readonly members: readonly PayloadRow[]
}

/** How the receiver answers; nothing means 200. */
export type Answerer = (received: Received, response: ServerResponse) => void | Promise<void>

/** A real receiver of webhooks on this machine, with a way out that may reach it. */
export async function webhookReceiver(answerer: Answerer = () => {}) {
  const received: Received[] = []
  const { port, close } = await startReceiver(async (request, response) => {
    const one = await readRequest(request)
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
    url: `http://127.0.0.1:${port}/in`,
    received,
    outgoing,
    close: async () => {
      await outgoing.close()
      await close()
    },
  }
}

/** What a receiver keeps that looks at `webhook-id`; refuses one id with two bodies. */
export function factsOf(received: readonly Received[]): readonly PayloadRow[] {
  const byId = new Map<string, Received>()
  for (const one of received) {
    const first = byId.get(one.id) ?? one
    if (first.body !== one.body) throw new Error(`${one.id} came with two bodies`)
    byId.set(one.id, first)
  }
  return [...byId.values()].flatMap(({ members }) => members)
}

async function readRequest(request: IncomingMessage): Promise<Received> {
  const body = await text(request)
  // Node joins the values of these headers into one text.
  const headers = request.headers as Readonly<Record<string, string | undefined>>
  verify({ headers, body, secret: signing.secret, now: new Date() })
  const id = headers['webhook-id'] ?? ''
  if (headers['idempotency-key'] !== id) throw new Error('the two keys differ')
  // What we sent ourselves.
  const { members } = JSON.parse(body) as { members: readonly PayloadRow[] }
  return { id, headers, body, members }
}
