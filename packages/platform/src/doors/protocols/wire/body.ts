import type { IncomingMessage } from 'node:http'
import { wireFaults } from './faults.ts'

/** How much may arrive. */
export interface BodyLimits {
  /** Of one request. */
  readonly mostBytes: number
  /** Of all requests that have begun and not ended. */
  readonly mostOpenBytes: number
}

/** The client went away before its request had arrived. Nobody is there to be answered. */
export const gone = Symbol('gone')

/** Reads bodies whole. Stops at the limit: what comes then is for the one who answers to throw away. */
export type BodyReader = (request: IncomingMessage) => Promise<Buffer | typeof gone>

/** A reader that knows how much is being read altogether, so that many slow clients cannot fill the memory. */
export function makeBodyReader({ mostBytes, mostOpenBytes }: BodyLimits): BodyReader {
  let openBytes = 0

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
      }
      const fail = (fault: Error) => {
        stop()
        request.pause()
        refuse(fault)
      }
      const take = (chunk: Buffer) => {
        chunks.push(chunk)
        bytes += chunk.length
        openBytes += chunk.length
        if (bytes > mostBytes) fail(wireFaults.too_large({ mostBytes, what: 'the request' }))
        else if (openBytes > mostOpenBytes)
          fail(wireFaults.crowded({ openBytes, retryAfterSeconds: 1 }))
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
      request.on('data', take)
      request.on('end', end)
      request.on('close', leave)
      // Without a listener a connection that breaks would end the process; `close` follows and says it all.
      request.on('error', ignore)
    })
}

const ignore = () => {}
