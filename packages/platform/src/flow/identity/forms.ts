import type { ModelFieldDefinition } from '#model/definition'

/** What a value is, as far as tidying it up goes. */
const forms = [
  'email',
  'phone',
  'website',
  'country',
  'postcode',
  'street',
  'company',
  'name',
] as const
export type Form = (typeof forms)[number]

// The first that fits counts: an account's name is a company's, any other name a person's or a place's.
const patterns: readonly (readonly [RegExp, Form])[] = [
  [/(^|\.|_)e?mail(_address)?$/, 'email'],
  [/(^|\.|_)(phone|telephone|mobile|fax)(_number)?$/, 'phone'],
  [/(^|\.|_)(website|web_site|domain|homepage)$/, 'website'],
  [/(^|\.|_)country$/, 'country'],
  [/(^|\.|_)(postal_?code|post_?code|zip)(_code)?$/, 'postcode'],
  [/(^|\.|_)(address|street)(_line)?(_\d)?$/, 'street'],
  [/^account\.name$|(^|\.|_)(company|organi[sz]ation|company_name|legal_name)$/, 'company'],
  [/(^|\.|_)(name|city|town|state|province|district)$/, 'name'],
]

/** The form of a field, by what it is called; undefined when its values can only be compared exactly. */
export function formOf(
  object: string,
  field: string,
  { type }: Pick<ModelFieldDefinition, 'type'>,
): Form | undefined {
  if (type !== 'text') return undefined
  return patterns.find(([pattern]) => pattern.test(`${object}.${field}`))?.[1]
}
