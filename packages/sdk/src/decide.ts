import { type Fields, isFields } from './event.ts'
import type { Wire } from './wire.ts'

/** One thing that may stand at a place. */
export interface Offer {
  readonly key: string
  /** What its definition gives to the page. */
  readonly payload: Fields
}

/** What may stand at a place for somebody, now. */
export interface Decision {
  /** By which it is reported what was shown; absent when nobody decided. */
  readonly id?: string
  /** `none`: the server could not be asked; `reason` says why. */
  readonly state: 'offers' | 'fallback' | 'held_out' | 'none'
  readonly offers: readonly Offer[]
  /** What to show instead, where the decision has something. */
  readonly fallback?: Fields
  readonly reason?: string
}

/** What asking may say besides. */
export interface DecideOptions {
  readonly userId?: string | undefined
  readonly anonymousId?: string | undefined
  /** What the moment is, for conditions on it. */
  readonly context?: Fields
  /** How many offers at most. */
  readonly limit?: number
  /** How long the page waits. Default 1500. */
  readonly withinMs?: number
}

/** Asks for decisions, and tells what became of them. */
export interface Decider {
  readonly decide: (key: string, asked: DecideOptions) => Promise<Decision>
  readonly note: (
    outcome: 'shown' | 'clicked',
    decision: Decision,
    offers?: string | readonly string[],
  ) => Promise<void>
}

/** How a decider reaches the server. */
export interface DeciderParts {
  /** As events are sent; the address is that of the server. */
  readonly wire: Wire
  /** Why nothing may be asked; nothing when it may. */
  readonly refusal: () => string | undefined
  /** Sends what waits, so that what was just done counts. */
  readonly flush: () => Promise<void>
  readonly retryMs: number
}

const usualMs = 1500
const tries = 4

/** Makes a decider. Nothing that it gives is ever rejected. */
export function createDecider({ wire, refusal, flush, retryMs }: DeciderParts): Decider {
  const { url, writeKey, contentType, fetch } = wire
  const ask = (path: string, fields: Fields, init: RequestInit) =>
    fetch(`${url}/decisions/v1/${path}`, {
      method: 'POST',
      body: JSON.stringify({ writeKey, ...fields }),
      headers: { 'content-type': contentType },
      credentials: 'omit',
      ...init,
    })

  async function decide(key: string, { withinMs = usualMs, ...asked }: DecideOptions) {
    const refused = refusal()
    if (refused) return none(refused)
    const late = new AbortController()
    const timer = setTimeout(() => late.abort(), withinMs)
    try {
      await Promise.race([flush(), ended(late.signal)])
      const answer = await ask(`decide/${encodeURIComponent(key)}`, asked, { signal: late.signal })
      const said: unknown = await answer.json()
      return answer.ok ? decisionIn(said) : none(`${answer.status}: ${messageIn(said)}`)
    } catch (error) {
      return none(late.signal.aborted ? `no answer in ${withinMs} ms` : `${error}`)
    } finally {
      clearTimeout(timer)
    }
  }
  const note: Decider['note'] = async (outcome, { id }, offers) => {
    if (!id || refusal()) return
    const chosen = typeof offers === 'string' ? [offers] : offers
    for (let tried = 1; tried <= tries; tried++) {
      const status = await ask(outcome, { id, offers: chosen }, { keepalive: true }).then(
        (answer) => answer.status,
        () => 0,
      )
      // It is counted once, however often it is told.
      if (status > 0 && status < 500 && status !== 429) return
      if (tried < tries) await new Promise((resolve) => setTimeout(resolve, retryMs * 2 ** tried))
    }
  }
  return { decide, note }
}

const none = (reason: string): Decision => ({ state: 'none', offers: [], reason })

const ended = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve()))

const messageIn = (said: unknown): string =>
  `${(said as { error?: { message?: unknown } } | null)?.error?.message ?? 'no reason given'}`

// A hotel's login page answers 200 too, and has decided nothing.
function decisionIn(said: unknown): Decision {
  if (!isFields(said) || typeof said['id'] !== 'string' || !Array.isArray(said['offers']))
    return none('the answer is not that of a decision')
  return said as unknown as Decision
}
