import type { MappingBody } from '../../lib/mapping.ts'

/** A value that goes along with a member, as an activation says it. */
export type Attribute =
  | { readonly as: string; readonly field: string }
  | { readonly as: string; readonly contact_point: 'email' | 'phone' }

// Of the fields of a person, those that a list is made for.
const wanted = ['first_name', 'last_name', 'person_name', 'city', 'country', 'birth_date']

/** What goes along by itself: the names and places that are filled, and how people are reached. */
export function attributesFrom(mappings: readonly MappingBody[]): readonly Attribute[] {
  const targets = mappings.flatMap(({ objects }) => objects)
  const filled = new Set(
    targets
      .filter(({ object }) => object === 'individual')
      .flatMap(({ fields }) => Object.keys(fields)),
  )
  const isReached = (object: string) => targets.some((target) => target.object === object)
  return [
    ...wanted.filter((name) => filled.has(name)).map((name) => ({ as: name, field: name })),
    ...(isReached('contact_point_email') ? [{ as: 'email', contact_point: 'email' as const }] : []),
    ...(isReached('contact_point_phone') ? [{ as: 'phone', contact_point: 'phone' as const }] : []),
  ]
}
