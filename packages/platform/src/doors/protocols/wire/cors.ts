import type { IncomingMessage, ServerResponse } from 'node:http'

// What client libraries send beside what a page may always send.
const allowed =
  'authorization, content-type, content-encoding, x-retry-count, anonymousid, sentat, x-write-key, x-enable-debug, x-ip-policy'

/** Answers a page that asks whether it may send at all. Asked once a day, not before every event. */
export function answerPreflight(request: IncomingMessage, response: ServerResponse): void {
  const { headers } = request
  const asked = headers['access-control-request-headers'] ?? ''
  response.writeHead(204, [
    'Access-Control-Allow-Origin',
    headers.origin ?? '*',
    'Access-Control-Allow-Credentials',
    'true',
    'Access-Control-Allow-Methods',
    'GET, POST, OPTIONS',
    'Access-Control-Allow-Headers',
    [allowed, ...retryNotes(asked)].join(', '),
    'Access-Control-Max-Age',
    '86400',
    'Vary',
    'Origin, Access-Control-Request-Headers',
  ])
  response.end()
}

// Notes of one client library on its attempts; a page may not be told `rsa-*`, so those asked for are named.
const retryNotes = (asked: string): readonly string[] =>
  asked
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => /^rsa-[a-z-]+$/.test(name))
