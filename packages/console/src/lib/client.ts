import { watchRequest } from './connection.ts'
import { Refusal, readRefusal } from './refusal.ts'
import { signOut, token } from './session.ts'
import { texts } from './texts.ts'

/** What can be said about a request besides its path. */
export interface Ask {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly query?: Readonly<Record<string, string | number | undefined>>
  readonly body?: unknown
  readonly signal?: AbortSignal
  /** How long the server may take on purpose, because it waits for something to happen. */
  readonly waitMs?: number
  /** A token that is only being tried. */
  readonly token?: string
}

const timeLimitMs = 60_000

/** Asks the server for JSON; throws a `Refusal` with the server's sentence. */
export async function ask<Answer>(path: string, given: Ask = {}): Promise<Answer> {
  const ended = watchRequest(given.waitMs)
  const answer = await send(path, given).catch((thrown: unknown) => {
    ended(given.signal?.aborted ? 'given up' : 'lost')
    if (given.signal?.aborted) throw thrown
    throw unreachable(thrown)
  })
  const body = await bodyOf(answer)
  // A proxy before a stopped server answers for it.
  ended(answer.status === 502 || answer.status === 504 ? 'lost' : 'answered')
  if (!answer.ok) throw refused(answer.status, body, given)
  // The server validates its answers with the schema that this type was taken from.
  return body as Answer
}

function send(
  path: string,
  { method = 'GET', query, body, signal, waitMs = 0, token: tried }: Ask,
) {
  const limit = AbortSignal.timeout(timeLimitMs + waitMs)
  return fetch(addressOf(path, query), {
    method,
    headers: {
      authorization: `Bearer ${tried ?? token.get()}`,
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    signal: signal ? AbortSignal.any([signal, limit]) : limit,
    cache: 'no-store',
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
}

/** The address of a path below `/api`; members without a value are left out. */
export function addressOf(path: string, query: Ask['query'] = {}): string {
  const members = Object.entries(query).filter(([, value]) => value !== undefined && value !== '')
  const text = new URLSearchParams(members.map(([name, value]) => [name, String(value)])).toString()
  return `/api${path}${text === '' ? '' : `?${text}`}`
}

async function bodyOf(answer: Response): Promise<unknown> {
  const text = await answer.text().catch(() => '')
  try {
    return text === '' ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}

function refused(status: number, body: unknown, { token: tried }: Ask): Refusal {
  const refusal = readRefusal(status, body)
  if (status === 401 && tried === undefined) signOut(refusal.message)
  return refusal
}

const unreachable = (cause: unknown) =>
  new Refusal({ status: 0, code: 'unreachable', message: texts.trouble.unreachable, cause })
