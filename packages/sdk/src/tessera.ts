import { type Random, randomId } from './back-off.ts'
import { type Consent, type ConsentState, createConsent } from './consent.ts'
import {
  type Draft,
  type EventType,
  type Fields,
  isFields,
  read,
  type TesseraEvent,
  textOf,
  write,
} from './event.ts'
import { type Identity, nobody, rememberedIdentity } from './identity.ts'
import { alone, storedLease } from './lease.ts'
import { type EventOptions, problemOf, type TesseraOptions } from './options.ts'
import { createPace } from './pace.ts'
import { here, type Place } from './place.ts'
import { createQueue, type Queue } from './queue.ts'
import { createSender, type Sender } from './sender.ts'
import { withFallback } from './store.ts'
import { version } from './version.ts'
import type { Wire } from './wire.ts'

const denied = 'consent was denied'
const library = { name: '@tessera/sdk', version }
const cryptoRandom: Random = (bytes) => crypto.getRandomValues(new Uint8Array(bytes))

/** The event sender. None of its functions throws, and no promise is rejected. */
export interface Tessera {
  /** Somebody did something. */
  readonly track: (event: string, properties?: Fields, options?: EventOptions) => void
  /** Who somebody is, and what is known of them. A trait that is null is forgotten; one that is absent stays. */
  readonly identify: (userId?: string, traits?: Fields, options?: EventOptions) => void
  /** Somebody sees a page. */
  readonly page: (name?: string, properties?: Fields, options?: EventOptions) => void
  /** Somebody sees a screen of an app. */
  readonly screen: (name?: string, properties?: Fields, options?: EventOptions) => void
  /** Somebody belongs to a company or another group. */
  readonly group: (groupId: string, traits?: Fields, options?: EventOptions) => void
  /** Somebody has a new id. */
  readonly alias: (userId: string, previousId?: string, options?: EventOptions) => void
  /** Forgets the person, as when they sign out. */
  readonly reset: () => void
  readonly setConsent: (state: ConsentState) => void
  readonly anonymousId: () => string | undefined
  readonly userId: () => string | undefined
  /** Tries to send everything now; settles when nothing waits or the try has failed. */
  readonly flush: () => Promise<void>
  /** Sends what waits, for so long (5 seconds unless said), and ends. */
  readonly close: (withinMs?: number) => Promise<void>
  /** How many events wait. */
  readonly waiting: () => number
}

/** What somebody who adds to a sender needs of it. */
export interface Core {
  readonly tessera: Tessera
  readonly options: Partial<TesseraOptions>
  readonly place: Place
  readonly identity: Identity
  readonly consent: Consent
  /** Why nothing can be sent, whatever is consented to; nothing when it can. */
  readonly hindrance: () => string | undefined
}

/** Makes an event sender. */
export function createTessera(options: TesseraOptions): Tessera {
  return createCore(options).tessera
}

/** Makes an event sender where it is, for those who add to it. */
export function createCore(given: TesseraOptions): Core {
  const options: Partial<TesseraOptions> = given ?? {}
  const place = here()
  const { clock = Date.now, random = cryptoRandom, mostQueued = 10_000 } = options
  const problem = problemOf(options)
  const prefix = `tessera.${options.writeKey}.`
  const newId = () => randomId(random)
  const drop = guarded(options.onDrop ?? warnOnce())
  const consent = createConsent({
    device: withFallback(options.storage ?? place.store()),
    prefix,
    first: options.consent ?? 'granted',
    taken: (text) => drop(read(text) ?? {}, denied),
  })
  const { store } = consent
  const identity =
    (options.identity ?? place.identity) === 'remembered'
      ? rememberedIdentity(store, prefix, newId)
      : nobody
  const queue = createQueue({ store, prefix, clock, drop })
  const sender = senderAt(place, options, { problem, consent, queue, prefix, clock, random, drop })
  const unlisten = place.listen({
    online: sender.flush,
    hidden: sender.flush,
    leaving: sender.leave,
    back: sender.back,
  })
  let isClosed = false

  const hindrance = () => problem ?? (isClosed ? 'this sender is closed' : undefined)

  function refuseWhenShut(): void {
    const why = hindrance() ?? (consent.state() === 'denied' ? denied : undefined)
    if (why) throw new TypeError(why)
  }

  /** Everything that becomes an event goes through here: it waits, or is dropped with a reason. */
  function put(type: EventType, given: EventOptions | undefined, fields: () => Draft): void {
    let draft: Draft & { readonly type: EventType } = { type }
    try {
      refuseWhenShut()
      draft = { type, ...fields() }
      draft = {
        ...draft,
        properties: draft.properties ?? undefined,
        traits: draft.traits ?? undefined,
        messageId: given?.messageId ?? newId(),
        timestamp: timeOf(given?.timestamp ?? clock()),
        anonymousId: textOf(given?.anonymousId) ?? identity.anonymousId(),
        userId: draft.userId ?? textOf(given?.userId) ?? identity.userId(),
        context: merged(merged({ ...place.context(), library }, options.context), given?.context),
      }
      queue.add(write(draft))
      queue.shed(mostQueued, {
        reason: `more than ${mostQueued} events wait, and this was the oldest`,
        except: sender.onTheirWay(),
      })
      sender.wake()
    } catch (error) {
      // What was given may be no event: whoever hears of it gets it as it is.
      drop(draft as Partial<TesseraEvent>, error instanceof Error ? error.message : `${error}`)
    }
  }

  const tessera: Tessera = {
    track: (event, properties, given) =>
      put('track', given, () => ({ event: textOf(event), properties })),
    identify: (user, traits, given) =>
      put('identify', given, () => {
        const userId = textOf(user)
        if (typeof userId === 'string') identity.know(userId)
        return { userId, traits }
      }),
    page: (name, properties, given) =>
      put('page', given, () => ({
        name: textOf(name),
        properties: merged(place.page(), properties),
      })),
    screen: (name, properties, given) =>
      put('screen', given, () => ({ name: textOf(name), properties })),
    group: (group, traits, given) =>
      put('group', given, () => ({ groupId: textOf(group), traits })),
    alias: (user, previous, given) =>
      put('alias', given, () => {
        const userId = textOf(user)
        const previousId = textOf(previous) ?? identity.userId() ?? identity.anonymousId()
        if (typeof userId === 'string') identity.rename(userId)
        return { userId, previousId }
      }),
    reset() {
      identity.forget()
      consent.forget()
    },
    setConsent(state) {
      consent.set(state)
      if (consent.state() !== 'granted') sender.cancel()
      queue.refresh()
      sender.wake()
    },
    anonymousId: () => (consent.state() === 'denied' ? undefined : identity.anonymousId()),
    userId: identity.userId,
    flush: sender.flush,
    async close(withinMs = 5000) {
      if (isClosed) return
      isClosed = true
      unlisten()
      await sender.finish(withinMs)
      const isKept = consent.state() === 'granted' && (options.storage || place.isLasting)
      if (!isKept) queue.shed(0, { reason: 'the sender was closed before it could be sent' })
    },
    waiting: queue.size,
  }
  return { tessera, options, place, identity, consent, hindrance }
}

interface Parts {
  readonly problem: string | undefined
  readonly consent: Consent
  readonly queue: Queue
  readonly prefix: string
  readonly clock: () => number
  readonly random: Random
  readonly drop: (event: Partial<TesseraEvent>, reason: string) => void
}

/** How an address of the server is reached. */
export const wireAt = (place: Place, options: Partial<TesseraOptions>, path: string): Wire => ({
  url: `${options.host}`.replace(/\/+$/, '') + path,
  writeKey: `${options.writeKey}`,
  contentType: place.contentType,
  fetch: options.fetch ?? ((url, init) => fetch(url, init)),
  clock: options.clock ?? Date.now,
  timeoutMs: options.timeoutMs ?? 15_000,
})

function senderAt(
  place: Place,
  options: Partial<TesseraOptions>,
  { problem, consent, queue, prefix, clock, random, drop }: Parts,
): Sender {
  const { store } = consent
  const wire = wireAt(place, options, '/events/v1/batch')
  const turn = { store, key: `${prefix}turn`, me: randomId(random), clock }
  const sender = createSender({
    wire,
    queue,
    lease: place.isShared
      ? storedLease({ ...turn, lastsMs: wire.timeoutMs + 5000, settleMs: 50 })
      : alone,
    pace: createPace({
      store,
      key: `${prefix}pause`,
      clock,
      random,
      firstRetryMs: options.firstRetryMs ?? 1000,
    }),
    isAllowed: () => !problem && consent.state() === 'granted',
    flushAt: options.flushAt ?? 20,
    flushIntervalMs: options.flushIntervalMs ?? place.flushIntervalMs,
    beacon: place.beacon,
    drop,
    delivered: guarded(options.onDelivered ?? (() => undefined)),
  })
  queue.refresh()
  sender.wake()
  return sender
}

/** One object over another; what is no object stays alone, to be refused. */
function merged(under: unknown, over: unknown): unknown {
  if (over === undefined || over === null) return under
  return isFields(over) && isFields(under) ? { ...under, ...over } : over
}

function timeOf(given: Date | string | number): string {
  const at = new Date(given)
  if (Number.isNaN(at.getTime())) throw new TypeError(`timestamp is no time: ${given}`)
  return at.toISOString()
}

/** A listener of the page, whose own mistakes go where the browser shows mistakes, and no further. */
function guarded<Given extends unknown[]>(listener: (...given: Given) => void) {
  return (...given: Given): void => {
    try {
      listener(...given)
    } catch (error) {
      globalThis.reportError?.(error)
    }
  }
}

/** Says each reason once. */
function warnOnce(): (event: Partial<TesseraEvent>, reason: string) => void {
  const said = new Set<string>()
  return ({ type }, reason) => {
    if (said.has(reason)) return
    said.add(reason)
    // biome-ignore lint/suspicious/noConsole: nobody listens, and nothing is dropped in silence
    console.warn(`tessera: ${type ?? 'an event'} was dropped: ${reason}`)
  }
}
