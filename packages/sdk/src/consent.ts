import { type Draft, read } from './event.ts'
import { idKeys } from './identity.ts'
import { isQueueKey } from './queue.ts'
import { memoryStore, type Store } from './store.ts'

/** What the person said: yes, nothing yet, or no. */
export type ConsentState = 'granted' | 'pending' | 'denied'

/** Holds the store that may be used now: the device's after a yes, before it only memory. */
export interface Consent {
  readonly state: () => ConsentState
  readonly store: () => Store
  /** Changes the answer. A no leaves nothing on the device, a yes moves there what waited in memory. */
  readonly set: (state: ConsentState) => void
  /** Notes that whoever the device remembers is not the one who is here. */
  readonly forget: () => void
}

/** What the gate works on. */
export interface Gate {
  readonly device: Store
  /** What all keys of this sender begin with. */
  readonly prefix: string
  readonly first: ConsentState
  /** Hears every event that a no takes away. */
  readonly taken: (event: string) => void
}

/** Starts with an answer and obeys it at once. What is no answer counts as none yet. */
export function createConsent({ device, prefix, first, taken }: Gate): Consent {
  let state = answerOf(first)
  let memory = memoryStore()
  let isForgotten = false
  const clear = (store: Store) => {
    for (const key of store.keys().filter((key) => key.startsWith(prefix))) {
      const value = store.get(key)
      store.remove(key)
      if (value !== undefined && isQueueKey(prefix, key)) taken(value)
    }
  }
  const obey = () => {
    if (state === 'pending') return
    if (state === 'granted') moveIn(memory, device, { prefix, isForgotten })
    else for (const store of [device, memory]) clear(store)
    memory = memoryStore()
    isForgotten = false
  }
  obey()
  return {
    state: () => state,
    store: () => (state === 'granted' ? device : memory),
    set(to) {
      state = answerOf(to)
      obey()
    },
    forget: () => {
      isForgotten = state === 'pending'
    },
  }
}

const answerOf = (given: ConsentState): ConsentState =>
  given === 'granted' || given === 'denied' ? given : 'pending'

/** Moves ids and events to the device. The person it remembers is the one in memory, unless something says no. */
function moveIn(
  from: Store,
  to: Store,
  { prefix, isForgotten }: { prefix: string; isForgotten: boolean },
): void {
  const keys = idKeys(prefix)
  const [user, known] = [from.get(keys.user), to.get(keys.user)]
  const [anonymous, knownAnonymous] = [from.get(keys.anonymous), to.get(keys.anonymous)]
  const isSame = !isForgotten && (!user || !known || user === known)
  const stamp = (text: string) => {
    const event = isSame && knownAnonymous ? read(text) : undefined
    if (!event || event.anonymousId !== anonymous) return text
    const stamped: Draft = { ...event, anonymousId: knownAnonymous, userId: event.userId ?? known }
    return JSON.stringify(stamped)
  }
  if (!isSame) for (const key of Object.values(keys)) to.remove(key)
  for (const key of from.keys()) {
    const value = from.get(key) ?? ''
    if (isQueueKey(prefix, key)) to.set(key, stamp(value))
    else if (key !== keys.anonymous || !isSame || !knownAnonymous) to.set(key, value)
  }
}
