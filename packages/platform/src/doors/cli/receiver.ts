import { once } from 'node:events'
import { createServer } from 'node:http'

/** A small web server that stands for somebody else's: it accepts whatever is posted to it and counts it. */
export interface Receiver {
  readonly url: string
  /** host:port, as private addresses are allowed. */
  readonly address: string
  readonly received: () => { readonly requests: number; readonly members: number }
  readonly close: () => Promise<void>
}

/** Starts a receiver on a free port of this machine. */
export async function startReceiver(): Promise<Receiver> {
  const seen = new Map<string, number>()
  const server = createServer(async (request, response) => {
    const chunks: Uint8Array[] = []
    for await (const chunk of request) chunks.push(chunk)
    const body: unknown = JSON.parse(Buffer.concat(chunks).toString() || '{}')
    const members =
      typeof body === 'object' && body !== null && 'members' in body && Array.isArray(body.members)
        ? body.members.length
        : 0
    // A repeated delivery carries the same id and counts once.
    seen.set(String(request.headers['webhook-id'] ?? seen.size), members)
    response.writeHead(204).end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const bound = server.address()
  if (bound === null || typeof bound === 'string') throw new Error('the receiver has no port')
  const address = `127.0.0.1:${bound.port}`
  return {
    url: `http://${address}/members`,
    address,
    received: () => ({
      requests: seen.size,
      members: [...seen.values()].reduce((sum, n) => sum + n, 0),
    }),
    close: async () => {
      server.close()
      server.closeAllConnections()
    },
  }
}
