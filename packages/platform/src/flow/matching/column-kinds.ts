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
  [/(^|_)(full_?name|(first|given)_?(and_?)?(last_?|sur_?)name)$|(^|_)first_and_\w+$/, 'name'],
  [/(^|_)((first|given|fore|f)_?name|vorname|prenom|nombre)$/, 'first_name'],
  [/(^|_)((last|family|sur|l)_?name|nachname|apellidos?|cognome)$/, 'last_name'],
  [/(^|_)e_?mail(_|$)/, 'email'],
  [/(^|_)(phone|telephone|tel|mobile|cell|fax)(_|$)/, 'phone'],
  [/(^|_)(city|town|suburb|place|region|state|country|province)(_|$)/, 'place'],
  [/(^|_)(birth|date|day|dob)(_|$)|birthday/, 'date'],
  [/(^|_)(postal_?code|post_?code|zip|plz)(_|$)/, 'postal_code'],
  [/(^|_)(street_number|house_number)$/, 'text'],
  [/(^|_)(street|address|addr)(_|$)/, 'street'],
  [/(^|_)(name|company)$/, 'name'],
  [/(^|_)(id|number|no|code|key|ssn|iban)$/, 'code'],
]

/** What a column holds, by what it is called; columns of one kind are told apart by a number, as `fname_c1` is from `fname_c2`. */
export function kindOf(name: string): ColumnKind {
  const plain = name.replace(/(?<=\w)_?c?\d+$/, '')
  return patterns.find(([pattern]) => pattern.test(plain))?.[1] ?? 'text'
}

/** How the values of a column look: of how many in one they are these, and how long they are on average. */
export interface Looks {
  readonly dates: number
  readonly addresses: number
  readonly digits: number
  readonly words: number
  readonly mixed: number
  readonly length: number
}

/** What tells looks, as patterns of the engine. `mixed`: letters, digits and a space, as in a street with its number. */
export const lookPatterns = {
  dates: '^[0-9]{4}-[0-9]{2}-[0-9]{2}',
  addresses: '^[^@ ]+@[^@ ]+[.][^@ ]+$',
  digits: '^[0-9]+$',
  words: '^[^0-9]+$',
  mixed: '^([0-9]+[^ ]* .*[^0-9 ]|[^0-9 ].* [^ ]*[0-9])',
} as const satisfies Partial<Record<keyof Looks, string>>

const most = 0.8

/** What a column holds whose name says nothing. Codes of a few letters or digits are compared as they stand. */
export function kindByLooks({ dates, addresses, digits, words, mixed, length }: Looks): ColumnKind {
  if (dates >= most) return 'date'
  if (addresses >= most) return 'email'
  if (digits >= most) return length >= 7 ? 'code' : 'text'
  if (words >= most) return length >= 4 ? 'name' : 'text'
  return mixed >= 0.6 && length >= 8 ? 'street' : 'text'
}

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
