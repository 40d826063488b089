import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'

/** Somebody else's web server that keeps each request waiting until it is told to answer. */
export interface Valve {
  readonly url: string
  /** host:port, as private addresses are allowed. */
  readonly address: string
  /** Resolves when a request waits for its answer. */
  readonly arrived: () => Promise<void>
  /** Answers it. */
  readonly answer: () => void
  readonly close: () => void
}

/** Starts one on a free port. It is called by name, so that names are looked up too. */
export async function startValve(): Promise<Valve> {
  let held: ServerResponse | undefined
  let arrival = Promise.withResolvers<void>()
  const server = createServer(async (request, response) => {
    await request.forEach(() => {})
    held = response
    arrival.resolve()
  })
  server.listen(0, 'localhost')
  await once(server, 'listening')
  const bound = server.address()
  if (bound === null || typeof bound === 'string') throw new Error('the server has no port')
  const address = `localhost:${bound.port}`
  return {
    url: `http://${address}/members`,
    address,
    arrived: () => arrival.promise,
    answer: () => {
      arrival = Promise.withResolvers<void>()
      held?.writeHead(204).end()
    },
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}
