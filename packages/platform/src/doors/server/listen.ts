import type { FastifyInstance } from 'fastify'
import type { Log } from '#kernel/log.ts'

const mostPorts = 50

/** Listens on a port, or on the next free one; the address that people open. */
export async function listen(
  app: FastifyInstance,
  of: { host: string; port: number; log: Log },
): Promise<{ readonly address: string; readonly port: number }> {
  for (let port = of.port; ; port++) {
    try {
      await app.listen({ host: of.host, port })
      if (port !== of.port) of.log.info('port taken', { wanted: of.port, took: port })
      const shown = of.host === '0.0.0.0' || of.host === '::' ? 'localhost' : of.host
      return { address: `http://${shown.includes(':') ? `[${shown}]` : shown}:${port}`, port }
    } catch (thrown) {
      if (!isTaken(thrown) || port >= of.port + mostPorts) throw thrown
    }
  }
}

const isTaken = (thrown: unknown) =>
  typeof thrown === 'object' && thrown !== null && 'code' in thrown && thrown.code === 'EADDRINUSE'
