import { startTexts } from '../../lib/texts-start.ts'

const words = startTexts.segment

/** A segment that could be made. */
export interface Suggestion {
  readonly key: string
  readonly label: string
  readonly about: string
  /** The condition, as a definition says it. */
  readonly include: unknown
}

/** The most frequent value of each of some fields of the customers. */
export type Frequent = Readonly<Partial<Record<'country' | 'city', string>>>

/** Segments that make sense for nearly everybody, and two made of the most frequent values. Who counts them leaves out those without members. */
export function suggestionsFor({ country, city }: Frequent): readonly Suggestion[] {
  return [
    {
      key: 'reachable_by_email',
      label: words.withEmail,
      about: words.withEmailAbout,
      include: { related: 'contact_point_email' },
    },
    ...placed('country', country, words.fromCountryAbout),
    ...placed('city', city, words.fromCityAbout),
    {
      key: 'of_age',
      label: words.adults,
      about: words.adultsAbout,
      include: { field: 'birth_date', op: 'more_than_ago', value: 18, unit: 'year' },
    },
    {
      key: 'reachable_by_phone',
      label: words.withPhone,
      about: words.withPhoneAbout,
      include: { related: 'contact_point_phone' },
    },
  ]
}

function placed(field: string, value: string | undefined, about: string): readonly Suggestion[] {
  if (value === undefined) return []
  const key = `from_${field}_${slugOf(value)}`.slice(0, 60)
  return [{ key, label: words.from(value), about, include: { field, op: '=', value } }]
}

const slugOf = (text: string): string =>
  text
    .normalize('NFD')
    .toLowerCase()
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_|_$/g, '')

/** How many a suggestion means. */
export interface Counted {
  readonly members: number
  readonly people: number
}

/** Those that mean somebody, the ones that leave somebody out first: everybody is no segment. */
export function worthwhile<T extends Counted>(counted: readonly T[]): readonly T[] {
  const isEverybody = ({ members, people }: T) => Number(members === people)
  return counted
    .filter(({ members }) => members > 0)
    .toSorted((a, b) => isEverybody(a) - isEverybody(b))
}
