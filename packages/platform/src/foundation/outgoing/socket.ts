import { connect, type Socket } from 'node:net'
import { type Lookup, makeGuard } from './gate.ts'
import type { Place } from './outgoing.ts'
import { troubleOf } from './trouble.ts'

/** What opening sockets needs: what may be called, how long it may take, and how names are looked up. */
interface SocketTools {
  readonly allowPrivate: readonly string[]
  readonly timeoutMs: number
  readonly lookup?: Lookup
}

/** Opens connections of bytes, only to addresses that may be called. */
export function openSocket(tools: SocketTools): (to: Place) => Promise<Socket> {
  const guard = makeGuard(tools)
  return ({ host, port, signal }) => {
    const { lookup, refused } = guard(host, String(port))
    if (refused) return Promise.reject(refused)
    const { promise, resolve, reject } = Promise.withResolvers<Socket>()
    const socket = connect({ host, port, lookup, noDelay: true })
    const to = `${host}:${port}`
    const fail = (thrown: unknown) => {
      socket.destroy()
      reject(signal?.aborted ? signal.reason : troubleOf(thrown, to, tools.timeoutMs))
    }
    const tooLate = () => fail(Object.assign(new Error('no connection'), { code: 'ETIMEDOUT' }))
    const stop = () => fail(signal?.reason)
    const timer = setTimeout(tooLate, tools.timeoutMs)
    signal?.addEventListener('abort', stop, { once: true })
    socket.once('error', fail)
    socket.once('connect', () => {
      socket.off('error', fail)
      resolve(socket)
    })
    if (signal?.aborted) stop()
    return promise.finally(() => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', stop)
    })
  }
}
