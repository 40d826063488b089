import type { IncomingMessage, ServerResponse } from 'node:http'

/** An answer that is ready to be sent. */
export interface Answer {
  readonly status: number
  /** Names and values in turn, as they go on the wire. */
  readonly headers: readonly string[]
  readonly body: string | Buffer
  /** How a text is written; what is plain ASCII is copied as it is. */
  readonly encoding?: 'latin1' | 'utf8'
}

/** An answer, its headers counted out once; those that are always the same are made once and sent many times. */
export function makeAnswer(
  status: number,
  body: string | Buffer,
  of: { readonly type: string; readonly headers?: readonly string[] },
): Answer {
  // Text stays text: Node sends it in one piece with the headers.
  const bytes = Buffer.byteLength(body)
  const headers = ['Content-Type', of.type, 'Content-Length', String(bytes), ...(of.headers ?? [])]
  return { status, headers, body, encoding: bytes === body.length ? 'latin1' : 'utf8' }
}

const json = 'application/json; charset=utf-8'

/** A JSON answer. */
export const jsonAnswer = (
  status: number,
  value: unknown,
  headers: readonly string[] = [],
): Answer => makeAnswer(status, JSON.stringify(value), { type: json, headers })

/** Sends an answer, open to the page that asked. */
export function send(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
  response.writeHead(answer.status, headersFor(request, answer))
  response.end(answer.body, answer.encoding ?? 'utf8')
}

/** The headers of an answer, with what lets a page of another origin read it, and a refusal say when to try again. */
function headersFor(request: IncomingMessage, { status, headers }: Answer): string[] {
  const { origin } = request.headers
  const all = [...headers]
  if (origin === undefined) return all
  all.push('Access-Control-Allow-Origin', origin, 'Access-Control-Allow-Credentials', 'true')
  all.push('Vary', 'Origin')
  if (status >= 400) all.push('Access-Control-Expose-Headers', 'Retry-After, X-RateLimit-Reset')
  return all
}

/** Sends an answer, whether or not the request has come in whole. */
export const sendAtOnce = (
  request: IncomingMessage,
  response: ServerResponse,
  answer: Answer,
): void =>
  request.complete ? send(request, response, answer) : sendAndClose(request, response, answer)

const drainMs = 1000
const drainBytes = 8 * 1024 * 1024

/**
 * Sends an answer to a request that was not read to its end, and closes. The rest is thrown away for a moment first: a
 * connection that is closed on a client which still writes takes the answer from it.
 */
function sendAndClose(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
  response.writeHead(answer.status, [...headersFor(request, answer), 'Connection', 'close'])
  response.write(answer.body, answer.encoding ?? 'utf8')
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
