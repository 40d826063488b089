import type { ModelObject } from '#model'
import type { Comparison } from './definition.ts'
import { type Form, formOf } from './forms.ts'

/** One column of values that records are compared by. */
export interface ValueColumn {
  readonly object: string
  readonly field: string
  readonly by: Comparison
}

/** The columns that hold how somebody is reached: e-mail addresses, telephone numbers, and the parts of one address. */
export function contactColumns(object: ModelObject): readonly (ValueColumn & { form: Form })[] {
  const columns = Object.entries(object.fields).flatMap(([field, of]) => {
    const form = formOf(object.key, field, of)
    return form ? [{ object: object.key, field, by: 'normalised' as const, form }] : []
  })
  const street = columns.find(({ form }) => form === 'street')
  const place = columns.filter(({ field, form }) => form === 'postcode' || field === 'city')
  return [
    ...columns.filter(({ form }) => form === 'email' || form === 'phone'),
    ...(street ? [street, ...place] : []),
  ]
}

/** How an object says to whom its rows belong: by its own key, or by the field that links to the unified object. */
export function linkTo(
  object: ModelObject,
  on: string,
): { readonly field: string | 'own key' } | undefined {
  if (object.key === on) return { field: 'own key' }
  const found = Object.entries(object.fields).find(([, { links_to }]) => links_to === on)
  return found && { field: found[0] }
}
