import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Front } from '#kernel/front.ts'

/** A front behind a real socket. */
export interface Door extends AsyncDisposable {
  /** Such as `http://127.0.0.1:41234`. */
  readonly url: string
  readonly server: Server
}

/** Opens a front on a free port; what it does not take goes to `otherwise`. */
export async function openDoor(
  front: Front,
  of: { readonly options?: ServerOptions; readonly otherwise?: RequestListener } = {},
): Promise<Door> {
  const server = createServer(of.options ?? {}, (request, response) => {
    const [path = '/'] = (request.url ?? '/').split('?')
    if (front.takes(request.method ?? 'GET', path)) front.answer(request, response)
    else if (of.otherwise) of.otherwise(request, response)
    else response.writeHead(404).end()
  })
  await new Promise<void>((settle) => server.listen(0, '127.0.0.1', settle))
  // An address with a port, because it listens on one.
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    server,
    [Symbol.asyncDispose]: () =>
      new Promise((settle) => {
        server.close(() => settle())
        server.closeAllConnections()
      }),
  }
}
