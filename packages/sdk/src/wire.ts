import { bytesOf, type Written } from './event.ts'

/** What the server says of one event. */
export interface Result {
  readonly messageId: string
  readonly status: 'stored' | 'duplicate' | 'rejected' | 'parked'
  readonly reason?: string
}

/** What came of a request. */
export type Outcome =
  | { readonly kind: 'answered'; readonly results: readonly Result[] }
  | { readonly kind: 'too large' }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'again'; readonly afterMs?: number }

/** The part of `fetch` that is used. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>

/** Where and how requests go. */
export interface Wire {
  readonly url: string
  readonly writeKey: string
  readonly contentType: string
  readonly fetch: Fetch
  readonly clock: () => number
  readonly timeoutMs: number
}

/** What a browser lets a page send beyond its own end; more is refused at once. */
export const survivingBytes = 60_000

/** The body of a request: the events as they were written, and the time, by which the server knows a wrong clock. */
export function bodyOf(
  batch: readonly Written[],
  { writeKey, clock }: Pick<Wire, 'writeKey' | 'clock'>,
): string {
  const sentAt = new Date(clock()).toISOString()
  const [key, at] = [JSON.stringify(writeKey), JSON.stringify(sentAt)]
  return `{"writeKey":${key},"sentAt":${at},"batch":[${batch.map(({ text }) => text).join()}]}`
}

/** Sends one batch. Never throws: whatever happens is an outcome. */
export async function post(
  body: string,
  wire: Wire,
  { signal, survives }: { signal: AbortSignal; survives: boolean },
): Promise<Outcome> {
  const late = new AbortController()
  const stop = () => late.abort()
  const timer = setTimeout(stop, wire.timeoutMs)
  signal.addEventListener('abort', stop)
  try {
    const answer = await wire.fetch(wire.url, {
      method: 'POST',
      body,
      headers: { 'content-type': wire.contentType },
      credentials: 'omit',
      keepalive: survives,
      signal: late.signal,
    })
    return await outcomeOf(answer)
  } catch {
    return { kind: 'again' }
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', stop)
  }
}

/** Whether a request can go on when its page ends. */
export const canSurvive = (body: string): boolean => bytesOf(body) < survivingBytes

async function outcomeOf(answer: Response): Promise<Outcome> {
  const { status } = answer
  if (answer.ok) return answered(await answer.json())
  if (status === 413) return { kind: 'too large' }
  if (status >= 400 && status < 500 && status !== 408 && status !== 429) {
    const said = (await answer.text()).slice(0, 200)
    return { kind: 'refused', reason: `the server refused it: ${status} ${said}`.trim() }
  }
  const seconds = answer.headers.get('retry-after') ?? ''
  if (!/^\d+$/.test(seconds)) return { kind: 'again' }
  return { kind: 'again', afterMs: Number(seconds) * 1000 }
}

// A hotel's login page answers 200 too, and has received nothing.
function answered(said: unknown): Outcome {
  const results = (said as { results?: unknown } | null)?.results
  if (!Array.isArray(results)) return { kind: 'again' }
  return {
    kind: 'answered',
    results: results.filter((result) => typeof result?.messageId === 'string'),
  }
}
