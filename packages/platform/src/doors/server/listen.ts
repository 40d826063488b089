import type { FastifyInstance } from 'fastify'
import type { Log } from '#kernel/log.ts'

const mostPorts = 50

/** Listens on a port, or on the next free one; the address that people open. */
export async function listen(
  app: FastifyInstance,
  of: { host: string; port: number; log: Log },
): Promise<{ readonly address: string; readonly port: number }> {
  for (let wanted = of.port; ; wanted++) {
    try {
      await app.listen({ host: of.host, port: wanted })
      const port = portOf(app) ?? wanted
      if (wanted !== of.port) of.log.info('port taken', { wanted: of.port, took: port })
      const shown = of.host === '0.0.0.0' || of.host === '::' ? 'localhost' : of.host
      return { address: `http://${shown.includes(':') ? `[${shown}]` : shown}:${port}`, port }
    } catch (thrown) {
      if (!isTaken(thrown) || wanted >= of.port + mostPorts) throw thrown
    }
  }
}

/** The port that was taken: where port 0 is wanted, it is any that is free. */
function portOf(app: FastifyInstance): number | undefined {
  const bound = app.server.address()
  return typeof bound === 'object' ? bound?.port : undefined
}

const isTaken = (thrown: unknown) =>
  typeof thrown === 'object' && thrown !== null && 'code' in thrown && thrown.code === 'EADDRINUSE'
