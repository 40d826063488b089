import type { ConsentAsked } from '#consent'
import type { ActivationBody, Attribute, DestinationBody } from './definition.ts'
import type { Destination } from './destination.ts'
import { destinationOf } from './destinations/index.ts'

/** What must be known of people before they are sent somewhere, and the attribute that holds the contact point, if one does. */
export interface AskedOfPeople {
  readonly consent: ConsentAsked
  readonly attribute?: string
}

/**
 * The consent that is asked for: what is said where people are sent, else what the destination says, else what must hold by itself where
 * a destination reaches people (they have not refused).
 */
export function consentOf(
  own: ConsentAsked | undefined,
  { type, settings, consent: usual }: DestinationBody,
  destinations?: readonly Destination[],
): AskedOfPeople | undefined {
  const reaching = destinationOf(type, destinations).reaches?.(settings)
  const unasked: ConsentAsked | undefined = reaching && {
    channel: reaching.channel,
    basis: 'unless_refused',
  }
  const consent = own ?? usual ?? unasked
  if (consent === undefined) return undefined
  const isSame = reaching?.channel === consent.channel
  return isSame ? { consent, attribute: reaching.attribute } : { consent }
}

/** An activation with all that is asked before its members are sent. */
export type Asking = ActivationBody & {
  /** Members are no people: whoever has a contact point is asked. */
  readonly isOfOthers?: true
  /** Then also: what is asked for the contact point that an attribute holds. */
  readonly point?: { readonly consent: ConsentAsked; readonly attribute: string }
}

/** What is asked of the members of a segment about `on` before they are sent there. */
export function askingOf(
  body: ActivationBody,
  on: string,
  of: { readonly there: DestinationBody; readonly destinations?: readonly Destination[] },
): Asking {
  const asked = consentOf(body.consent, of.there, of.destinations)
  if (on === 'individual') return askingFor(body, asked?.consent)
  const { consent: _, ...others } = body
  const { consent, attribute } = asked ?? {}
  if (consent === undefined || attribute === undefined) return { ...others, isOfOthers: true }
  const attributes = body.attributes.map((one) =>
    'contact_point' in one && one.as === attribute ? { ...one, required: true } : one,
  )
  return { ...others, attributes, isOfOthers: true, point: { consent, attribute } }
}

/** An activation that asks for consent: without a contact point that may be used for it, nobody is sent. */
const askingFor = (body: ActivationBody, consent: ConsentAsked | undefined): ActivationBody =>
  consent === undefined
    ? body
    : {
        ...body,
        consent,
        attributes: body.attributes.map((one) =>
          isReachedBy(one, consent) ? { ...one, required: true } : one,
        ),
      }

/** The consent that a contact point must have to be taken. */
export function consentFor(
  attribute: Attribute,
  { consent: whole, point }: Pick<Asking, 'consent' | 'point'>,
): ConsentAsked | undefined {
  if (!('contact_point' in attribute)) return undefined
  const ofPoint = point?.attribute === attribute.as ? point.consent : undefined
  const same = whole && isReachedBy(attribute, whole) ? whole : ofPoint
  return attribute.consent === true
    ? { ...same, channel: attribute.contact_point, basis: 'required' }
    : same
}

/** What is asked for the contact point that an attribute holds, where it is a value like others; one that is chosen is chosen by consent. */
export const pointOfValue = ({ point, attributes }: Asking): Asking['point'] =>
  attributes.some((one) => one.as === point?.attribute && 'contact_point' in one)
    ? undefined
    : point

/** The consent that is asked of whole people, as none of their contact points is sent that it is about. */
export const consentOfPeople = ({
  consent,
  attributes,
}: ActivationBody): ConsentAsked | undefined =>
  consent && attributes.some((one) => isReachedBy(one, consent)) ? undefined : consent

const isReachedBy = (attribute: Attribute, { channel }: ConsentAsked): boolean =>
  'contact_point' in attribute && attribute.contact_point === channel
