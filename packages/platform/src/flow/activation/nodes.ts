import { consentObjects } from '#consent'
import { type Catalogue, fingerprint } from '#definitions'
import type { GraphNode, Refresher } from '#graph'
import { isUnified } from '#segments'
import type { Activations } from './activations.ts'
import { type Asking, askingOf } from './asked-consent.ts'
import { activationName, destinationName } from './check.ts'
import { contactObject } from './compile.ts'
import { measureOf } from './definition.ts'

const kind = 'activation'

/** Activations as nodes of the graph: made from their segment and the insights they send. */
export const nodesOfActivations = (all: Catalogue): readonly GraphNode[] =>
  all.list(activationName).map(({ key, body: written }) => {
    const there = all.find(destinationName, written.destination)?.body
    // What its destination asks for is as good as said by itself.
    const on = all.find<{ on: string }>('segment', written.segment)?.body.on ?? 'individual'
    const body = there ? askingOf(written, on, { there }) : written
    return {
      key: `${kind}:${key}`,
      kind,
      label: body.label ?? key,
      inputs: inputsOf(body, on, all),
      definition: fingerprint(body),
      freshness: 'live',
    }
  })

function inputsOf(body: Asking, on: string, all: Catalogue): readonly string[] {
  const { segment, attributes, send, updates, filter, consent, point } = body
  const insights = attributes.flatMap((attribute) =>
    'insight' in attribute ? [`insight:${measureOf(attribute).insight}`] : [],
  )
  // Who is sent whole, again, or by what is known of them is looked at when that has changed.
  const isWatched = send === 'everything' || updates === true
  const asks =
    consent !== undefined ||
    point !== undefined ||
    attributes.some((one) => 'consent' in one && one.consent)
  const looks =
    isWatched || asks || filter !== undefined || attributes.some(({ required }) => required)
  const mapped = new Set(
    all
      .list<{ objects: readonly { object: string }[] }>({ kind: 'mapping' })
      .flatMap(({ body }) => body.objects.map(({ object }) => object)),
  )
  const rows = mapped.has(on) ? [`model:${on}`] : []
  const members = isUnified(on) ? [`unified:${on}`] : rows
  const consents = asks
    ? consentObjects.filter((object) => mapped.has(object)).map((object) => `model:${object}`)
    : []
  // Contact points of others are those of people, or link to them; of people all that is theirs is in their profile.
  const contacts =
    looks && on !== 'individual'
      ? attributes.flatMap((one) =>
          'contact_point' in one ? [contactObject(one.contact_point), 'individual'] : [],
        )
      : []
  const reached = contacts.filter((object) => mapped.has(object)).map((object) => `model:${object}`)
  const lists = attributes.flatMap((attribute) =>
    isWatched && 'related' in attribute && mapped.has(attribute.related)
      ? [`model:${attribute.related}`]
      : [],
  )
  return [
    `segment:${segment}`,
    ...(looks ? members : []),
    ...new Set([...insights, ...lists, ...reached, ...consents]),
  ]
}

/** Refreshes nodes of kind `activation`: what is new is queued, and delivered afterwards. */
export const refresherOfActivations = (activations: Pick<Activations, 'refresh'>): Refresher =>
  async function refreshActivation({ key }, { signal }) {
    const { position, changed, counts } = await activations.refresh(
      key.slice(kind.length + 1),
      signal,
    )
    return { position, changed: changed ? 'all' : [], counts }
  }
