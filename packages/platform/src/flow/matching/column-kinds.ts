import type { Comparison, Level } from './definition.ts'

/** What the values of a column are, as far as comparing them goes. */
const kinds = [
  'first_name',
  'last_name',
  'email',
  'phone',
  'date',
  'postal_code',
  'street',
  'place',
  'name',
  'code',
  'text',
] as const
export type ColumnKind = (typeof kinds)[number]

// The first that fits counts.
const patterns: readonly (readonly [RegExp, ColumnKind])[] = [
  [/(^|_)(first|given|fore)_?name$/, 'first_name'],
  [/(^|_)(last|family|sur)_?name$/, 'last_name'],
  [/(^|_)e?mail(_|$)/, 'email'],
  [/(^|_)(phone|telephone|mobile|fax)(_|$)/, 'phone'],
  [/(^|_)(birth|date|day|dob)(_|$)|birthday/, 'date'],
  [/(^|_)(postal_?code|post_?code|zip)(_|$)/, 'postal_code'],
  [/(^|_)(street_number|house_number)$/, 'text'],
  [/(^|_)(street|address)(_|$)/, 'street'],
  [/(^|_)(city|town|suburb|place|region|state|country|province)(_|$)/, 'place'],
  [/(^|_)(name|company)$/, 'name'],
  [/(^|_)(id|number|no|code|key|ssn|iban)$/, 'code'],
]

/** What a column holds, by what it is called. */
export const kindOf = (name: string): ColumnKind =>
  patterns.find(([pattern]) => pattern.test(name))?.[1] ?? 'text'

const exact: Level = { is: 'exact' }
const near = (...least: readonly number[]): readonly Level[] =>
  least.map((at_least) => ({ is: 'jaro_winkler', at_least }))
const edits = (...most: readonly number[]): readonly Level[] =>
  most.map((at_most) => ({ is: 'edits', at_most }))

const levels: Readonly<Record<ColumnKind, readonly Level[]>> = {
  first_name: [exact, { is: 'nickname' }, ...near(0.92, 0.88)],
  last_name: [exact, ...near(0.92, 0.88)],
  email: [exact, { is: 'same_portion', of: { before: '@' } }, ...near(0.92)],
  phone: [exact, ...edits(1, 2)],
  date: [
    exact,
    { is: 'day_and_month_swapped' },
    ...edits(1),
    { is: 'within_days', days: 31 },
    { is: 'within_days', days: 366 },
  ],
  postal_code: [exact, ...edits(1, 2)],
  street: [exact, ...near(0.92, 0.88)],
  place: [exact, ...near(0.92)],
  name: [exact, ...near(0.92, 0.88)],
  code: [exact, ...edits(1, 2)],
  text: [exact, ...edits(1)],
}

const minded: readonly ColumnKind[] = ['first_name', 'last_name', 'name', 'place']

/** How a column of a kind is compared; `lastName` is what first names are confused with. */
export function comparisonFor(
  { column, kind, is_list }: { column: string; kind: ColumnKind; is_list: boolean },
  lastName?: string,
): Comparison {
  const swapped: readonly Level[] =
    kind === 'first_name' && lastName && !is_list ? [{ is: 'swapped', with: lastName }] : []
  const [best, ...others] = levels[kind]
  return {
    column,
    levels: [...(best ? [best] : []), ...swapped, ...others],
    ...(minded.includes(kind) ? { frequencies: true } : {}),
  }
}
