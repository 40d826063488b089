import type { IncomingMessage } from 'node:http'
import { wireFaults } from './faults.ts'

/** How much may arrive. */
export interface BodyLimits {
  /** Of one request. */
  readonly mostBytes: number
  /** Of all requests that have begun and not ended. */
  readonly mostOpenBytes: number
  /** Who takes longer makes room for others when there is none left; five seconds unless set. */
  readonly slowMs?: number
}

/** The client went away before its request had arrived. Nobody is there to be answered. */
export const gone = Symbol('gone')

/** Reads bodies whole. Stops at the limit: what comes then is for the one who answers to throw away. */
export type BodyReader = (request: IncomingMessage) => Promise<Buffer | typeof gone>

/** A body that has begun and not ended. */
interface OpenBody {
  readonly since: number
  readonly giveUp: (fault: Error) => void
}

/**
 * A reader that knows how much is being read altogether, so that many slow clients cannot fill the memory. When there is no
 * room, the one that has taken longest makes room, or whoever comes, where nobody is slow: so a few who stand still cannot
 * shut the door to others.
 */
export function makeBodyReader(limits: BodyLimits): BodyReader {
  const { mostBytes, mostOpenBytes, slowMs = 5000 } = limits
  let openBytes = 0
  // In the order in which they began.
  const open = new Set<OpenBody>()
  const crowded = () => wireFaults.crowded({ openBytes, retryAfterSeconds: 1 })

  const makeRoom = (own: OpenBody) => {
    for (const body of open) {
      if (openBytes <= mostOpenBytes) return
      if (performance.now() - body.since < slowMs) return own.giveUp(crowded())
      body.giveUp(crowded())
    }
  }

  return (request) =>
    new Promise((settle, refuse) => {
      let chunks: Buffer[] = []
      let bytes = 0

      const stop = () => {
        request.off('data', take)
        request.off('end', end)
        request.off('close', leave)
        openBytes -= bytes
        chunks = []
        open.delete(own)
      }
      const own: OpenBody = {
        since: performance.now(),
        giveUp: (fault) => {
          stop()
          request.pause()
          refuse(fault)
        },
      }
      const take = (chunk: Buffer) => {
        chunks.push(chunk)
        bytes += chunk.length
        openBytes += chunk.length
        if (bytes > mostBytes) own.giveUp(wireFaults.too_large({ mostBytes, what: 'the request' }))
        else if (openBytes > mostOpenBytes) makeRoom(own)
      }
      const end = () => {
        const [only] = chunks
        const body = chunks.length === 1 && only ? only : Buffer.concat(chunks, bytes)
        stop()
        settle(body)
      }
      const leave = () => {
        stop()
        settle(gone)
      }

      if (Number(request.headers['content-length'] ?? 0) > mostBytes) {
        refuse(wireFaults.too_large({ mostBytes, what: 'the request' }))
        return
      }
      open.add(own)
      request.on('data', take)
      request.on('end', end)
      request.on('close', leave)
      // Without a listener a connection that breaks would end the process; `close` follows and says it all.
      request.on('error', ignore)
    })
}

const ignore = () => {}
