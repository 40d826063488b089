import { createDecider, type DecideOptions, type Decision } from './decide.ts'
import type { TesseraOptions } from './options.ts'
import { createCore, type Tessera, wireAt } from './tessera.ts'

export type { DecideOptions, Decision, Offer } from './decide.ts'

/** An event sender that can ask for decisions, too. */
export interface DecidingTessera extends Tessera {
  /**
   * What may stand at a place of the page for this person now. What waits is sent first, so that the last click counts. Always
   * settles in time: where the server cannot be asked, there are no offers.
   */
  readonly decide: (key: string, options?: DecideOptions) => Promise<Decision>
  /** Offers of a decision can be seen: these, or all of them. Told again if need be; it counts once. */
  readonly shown: (decision: Decision, offers?: string | readonly string[]) => Promise<void>
  readonly clicked: (decision: Decision, offers?: string | readonly string[]) => Promise<void>
}

/** Makes an event sender that can ask for decisions. */
export function createTessera(given: TesseraOptions): DecidingTessera {
  const { tessera, options, place, identity, consent, hindrance } = createCore(given)
  const unless = (state: string) => (state === 'granted' ? undefined : `consent is ${state}`)
  const decider = createDecider({
    wire: wireAt(place, options, ''),
    retryMs: options.firstRetryMs ?? 1000,
    refusal: () => hindrance() ?? unless(consent.state()),
    flush: tessera.flush,
  })
  return {
    ...tessera,
    decide: (key, asked) =>
      decider.decide(key, {
        ...asked,
        userId: asked?.userId ?? identity.userId(),
        anonymousId: asked?.anonymousId ?? identity.anonymousId(),
      }),
    shown: (decision, offers) => decider.note('shown', decision, offers),
    clicked: (decision, offers) => decider.note('clicked', decision, offers),
  }
}
