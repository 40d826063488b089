import { consentOf, type Destination, type DestinationBody } from '#activation'
import { askConsent, type ConsentAsked, whyNotReached } from '#consent'
import type { Catalogue } from '#definitions'
import type { Engine } from '#engine'
import type { Clock } from '#kernel/clock.ts'
import type { Action } from './definition.ts'
import type { Data } from './met.ts'
import type { FiringRecord } from './records.ts'

/** What asking for consent needs. */
export interface ConsentTools {
  readonly engine: Engine
  readonly catalogue: () => Promise<Catalogue>
  readonly destinations: readonly Destination[]
  readonly profileOf: (stream: string, id: string) => Promise<string | undefined>
  readonly clock: Clock
}

/** Firings that may be sent, and those that may not, by the reason. */
export interface Permitted {
  readonly allowed: readonly FiringRecord[]
  readonly refused: ReadonlyMap<string, readonly FiringRecord[]>
}

interface Asked {
  readonly consent: ConsentAsked
  /** The attribute that holds the contact point. */
  readonly attribute?: string | undefined
}

/** Asks, at this moment, whether those whom firings are about may be reached by what the action does. */
export async function permitted(
  tools: ConsentTools,
  action: Action,
  firings: readonly FiringRecord[],
): Promise<Permitted> {
  const asked = await askedBy(tools, action)
  if (asked === undefined) return { allowed: firings, refused: new Map() }
  const { consent, attribute } = asked
  const people = await Promise.all(
    firings.map(async (firing) => ({
      profile: await profileNow(tools, action, firing),
      contactPoint: attribute === undefined ? undefined : contactPointIn(firing.data, attribute),
    })),
  )
  const known = await askConsent(tools.engine, consent, { people, now: tools.clock.now() })
  const whys = known.map((one) => whyNotReached(consent, one))
  const refused = firings.flatMap((firing, i) => {
    const why = whys[i]
    return why === undefined ? [] : [{ firing, why }]
  })
  const groups = Map.groupBy(refused, ({ why }) => why)
  return {
    allowed: firings.filter((_, i) => whys[i] === undefined),
    refused: new Map([...groups].map(([why, of]) => [why, of.map(({ firing }) => firing)])),
  }
}

// Who was not known when the event came may be known by now.
const profileNow = async (
  { profileOf }: ConsentTools,
  { body: { when } }: Action,
  { profile, person }: FiringRecord,
): Promise<string | undefined> =>
  profile ?? ('event' in when && person ? profileOf(when.event, person) : undefined)

async function askedBy(
  { catalogue, destinations }: ConsentTools,
  { body: { consent: own, target } }: Action,
): Promise<Asked | undefined> {
  const named = own?.contact_point
  const consent = own && withoutPoint(own)
  const there =
    'destination' in target
      ? (await catalogue()).find<DestinationBody>('destination', target.destination)?.body
      : undefined
  const isKnown = destinations.some(({ key }) => key === there?.type)
  const asked = there && isKnown ? consentOf(consent, there, destinations) : undefined
  if (asked) return { consent: asked.consent, attribute: named ?? asked.attribute }
  return consent && { consent, attribute: named }
}

/** What is asked, without the attribute that holds the contact point. */
export const withoutPoint = ({
  contact_point: _,
  ...consent
}: ConsentAsked & { readonly contact_point?: string }): ConsentAsked => consent

function contactPointIn(data: string, attribute: string): string | undefined {
  // Written by this room.
  const of = (JSON.parse(data) as Data)[attribute]
  return typeof of === 'string' || typeof of === 'number' ? String(of) : undefined
}
