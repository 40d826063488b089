import { createServer, type RequestListener } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'

/** A real server on this machine that stands in for whoever is called. */
export interface Receiver {
  readonly port: number
  readonly close: () => Promise<void>
}

/** Starts a server on a free port of 127.0.0.1, with TLS when it is given a certificate. */
export async function startReceiver(
  answer: RequestListener,
  certificate?: { readonly key: string; readonly cert: string },
): Promise<Receiver> {
  const server = certificate ? createSecureServer(certificate, answer) : createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // A TCP server's address is an object with a port.
  const { port } = server.address() as AddressInfo
  return {
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
