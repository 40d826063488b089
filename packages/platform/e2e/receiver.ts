import type { ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { startReceiver as listen } from '#outgoing/testing'

/** A message as it came. */
export interface Message {
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: string
  readonly members: readonly Readonly<Record<string, unknown>>[]
}

/** Somebody else's server, which keeps what it is sent. */
export interface Receiver {
  readonly url: string
  /** host:port, as private addresses are allowed. */
  readonly address: string
  readonly messages: readonly Message[]
  /** What it accepted, one message per id: the repeated ones say the same. */
  readonly accepted: ReadonlyMap<string, Message>
  readonly close: () => Promise<void>
}

/** Starts a receiver that answers with the status that `answer` gives for the n-th request, from 1. */
export async function startReceiver(answer: (n: number) => number = () => 204): Promise<Receiver> {
  const messages: Message[] = []
  const accepted = new Map<string, Message>()
  const { port, close } = await listen(async (request, response: ServerResponse) => {
    const body = await text(request)
    const headers = request.headers as Message['headers']
    const message = { headers, body, members: JSON.parse(body).members }
    messages.push(message)
    const status = answer(messages.length)
    if (status < 300) accepted.set(headers['webhook-id'] ?? '', message)
    response.writeHead(status).end()
  })
  const address = `127.0.0.1:${port}`
  return { url: `http://${address}/in`, address, messages, accepted, close }
}
