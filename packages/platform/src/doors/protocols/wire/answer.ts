import type { IncomingMessage, ServerResponse } from 'node:http'

/** An answer that is ready to be sent. */
export interface Answer {
  readonly status: number
  /** Names and values in turn, as they go on the wire. */
  readonly headers: readonly string[]
  readonly body: string | Buffer
}

/** An answer, its headers counted out once; those that are always the same are made once and sent many times. */
export function makeAnswer(
  status: number,
  body: string | Buffer,
  of: { readonly type: string; readonly headers?: readonly string[] },
): Answer {
  // Text stays text: Node sends it in one piece with the headers.
  const length = ['Content-Type', of.type, 'Content-Length', String(Buffer.byteLength(body))]
  return { status, headers: [...length, ...(of.headers ?? [])], body }
}

const json = 'application/json; charset=utf-8'

/** A JSON answer. */
export const jsonAnswer = (
  status: number,
  value: unknown,
  headers: readonly string[] = [],
): Answer => makeAnswer(status, JSON.stringify(value), { type: json, headers })

/** Sends an answer, open to the page that asked. */
export function send(
  request: IncomingMessage,
  response: ServerResponse,
  { status, headers, body }: Answer,
): void {
  const { origin } = request.headers
  // Node takes the list as it is; it only wants to be able to write to it.
  response.writeHead(status, origin === undefined ? [...headers] : [...headers, ...openTo(origin)])
  response.end(body)
}

/** What lets a page of another origin read an answer, and when to try again. */
const openTo = (origin: string): readonly string[] => [
  'Access-Control-Allow-Origin',
  origin,
  'Access-Control-Allow-Credentials',
  'true',
  'Access-Control-Expose-Headers',
  'Retry-After',
  'Vary',
  'Origin',
]

const drainMs = 1000
const drainBytes = 8 * 1024 * 1024

/**
 * Sends an answer to a request that was not read to its end, and closes. The rest is thrown away for a moment first: a
 * connection that is closed on a client which still writes takes the answer from it.
 */
export function sendAndClose(
  request: IncomingMessage,
  response: ServerResponse,
  answer: Answer,
): void {
  const { origin } = request.headers
  const open = origin === undefined ? [] : openTo(origin)
  response.writeHead(answer.status, [...answer.headers, 'Connection', 'close', ...open])
  response.write(answer.body)
  let bytes = 0
  const close = () => {
    clearTimeout(patience)
    response.end()
  }
  const patience = setTimeout(close, drainMs)
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > drainBytes) close()
  })
  request.once('end', close)
  request.once('close', close)
  request.resume()
}
