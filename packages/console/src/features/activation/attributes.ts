import type { InsightOverview } from '@tessera/platform/contract'
import { type Body, isBody, textAt } from '../../lib/body.ts'
import type { ModelObject } from '../../lib/definitions.ts'
import { texts } from '../../lib/texts.ts'

const words = texts.activations.form

/** From where an attribute can be taken. */
export const sources = ['field', 'contact_point', 'insight', 'related', 'formula'] as const
export type Source = (typeof sources)[number]

/** From where an attribute is taken; nothing when this console does not know that. */
export const sourceOf = (attribute: unknown): Source | undefined =>
  isBody(attribute) ? sources.find((source) => source in attribute) : undefined

/** One thing that can be sent along. */
export interface Offer {
  readonly source: Source
  /** Tells offers apart: `field first_name`. */
  readonly key: string
  readonly label: string
  readonly attribute: Body
}

/** Everything of a person, or of an account, that can be sent along. */
export function offersFor(of: {
  readonly on: string
  readonly objects: readonly ModelObject[]
  readonly insights: readonly InsightOverview[]
}): readonly Offer[] {
  const { on, objects, insights } = of
  const own = objects.find(({ key }) => key === on)?.fields ?? {}
  const fields = Object.entries(own)
    // The id of a record belongs to its source.
    .filter(([name]) => name !== 'id')
    .map(([name, { label }]) => offer('field', name, label ?? name, { as: name, field: name }))
  const leads = (from: string) =>
    Object.values(objects.find(({ key }) => key === from)?.fields ?? {}).some(
      ({ links_to }) => links_to === on,
    )
  const contacts = (['email', 'phone'] as const).flatMap((name) =>
    on === 'individual' || leads('individual') || leads(`contact_point_${name}`)
      ? [offer('contact_point', name, words.contacts[name], { as: name, contact_point: name })]
      : [],
  )
  const measures = insights
    .filter(({ on: of = 'individual', dimensions }) => of === on && dimensions.length === 1)
    .flatMap(({ key, label, measures: all }) =>
      all.map(({ name }) => {
        const insight = `${key}.${name}`
        return offer('insight', insight, `${label}: ${name}`, { as: name, insight })
      }),
    )
  const lists = objects
    .filter((object) => Object.values(object.fields).some(({ links_to }) => links_to === on))
    .map(({ key, label, fields: all }) =>
      offer('related', key, label, {
        as: key,
        related: key,
        fields: Object.keys(all)
          .filter((name) => all[name]?.links_to === undefined)
          .slice(0, 4)
          .map((name) => ({ as: name, field: name })),
      }),
    )
  return [...fields, ...contacts, ...measures, ...lists]
}

const offer = (source: Source, name: string, label: string, attribute: Body): Offer => ({
  source,
  key: `${source} ${name}`,
  label,
  attribute,
})

/** What an attribute sends, by the key of its offer. */
export function keyOf(attribute: Body): string {
  const source = sourceOf(attribute)
  return source === undefined ? '' : `${source} ${textAt(attribute, [source])}`
}

/** An attribute as it is added: under a name that none of the others has, whatever the case. */
export function named(attribute: Body, others: readonly unknown[]): Body {
  const taken = new Set([
    'profile_id',
    'change',
    ...others.map((other) => (isBody(other) ? textAt(other, ['as']).toLowerCase() : '')),
  ])
  const wish = textAt(attribute, ['as']) || 'value'
  let as = wish
  for (let number = 2; taken.has(as.toLowerCase()); number++) as = `${wish}_${number}`
  return { ...attribute, as }
}
