import { call, type Draft, made, type Part, some, sql, value } from '#engine'
import type { ModelFieldDefinition } from '#model/definition'
import { type Precision, precisions } from './definition.ts'
import { formOf } from './forms.ts'
import { companyWordsOf, streetWordsOf, wordsOf } from './normalise.ts'

/** What fuzzy comparison knows how to compare, each in its own way. */
export type FuzzyKind = 'first_name' | 'last_name' | 'full_name' | 'company' | 'street' | 'text'

// The first that fits counts. Nothing where values name one thing exactly, so that one sign more is another thing.
const patterns: readonly (readonly [RegExp, FuzzyKind | undefined])[] = [
  [/(^|_)(ids?|number|no|code|key|type|url|ip|user_agent|currency)$/, undefined],
  [/(^|_)(first|given|fore|middle|nick)_?name$/, 'first_name'],
  [/(^|_)(last|family|sur|maiden|birth)_?name$/, 'last_name'],
  [/(^|_)(city|town|state|province|district)$/, 'text'],
]

const kindOfForm = {
  company: 'company',
  street: 'street',
  name: 'full_name',
  email: undefined,
  phone: undefined,
  website: undefined,
  country: undefined,
  postcode: undefined,
} as const

/** How a field is compared fuzzily, by what it is called; undefined where only equality makes sense. */
export function fuzzyKindOf(
  object: string,
  field: string,
  { type, links_to }: Pick<ModelFieldDefinition, 'type' | 'links_to'>,
): FuzzyKind | undefined {
  if (type !== 'text' || links_to !== undefined) return undefined
  const named = patterns.find(([pattern]) => pattern.test(field))
  if (named) return named[1]
  const form = formOf(object, field, { type })
  return form === undefined ? 'text' : kindOfForm[form]
}

/** How values are written to be compared fuzzily: as words in Latin letters, a company's without the legal form. May give blank. */
export const spelled: Readonly<Record<FuzzyKind, (of: Part) => Part>> = {
  first_name: wordsOf,
  last_name: wordsOf,
  full_name: wordsOf,
  text: wordsOf,
  company: companyWordsOf,
  street: streetWordsOf,
}

/** Whether values are compared word by word, in any order. */
export const isByWord = (kind: FuzzyKind): boolean => kind === 'full_name' || kind === 'company'

/** Whether short forms of first names are asked for. */
export const knowsShortNames = (kind: FuzzyKind): boolean =>
  kind === 'first_name' || kind === 'full_name'

const bothOf = (x: Part, y: Part, length: number): Part =>
  sql`length(${x}) >= ${value(length)} and length(${y}) >= ${value(length)}`

/** One letter other, too many, missing, or two neighbours swapped. */
const oneEdit = (x: Part, y: Part, shortest: number): Draft =>
  sql`(${bothOf(x, y, shortest)} and abs(length(${x}) - length(${y})) <= 1
    and ${call('damerau_levenshtein', x, y)} <= 1)`

const near = (x: Part, y: Part, shortest: number, least: number): Draft =>
  sql`(${bothOf(x, y, shortest)} and ${call('jaro_winkler', x, y)} >= ${value(least, 'number')})`

const sameFirst = (x: Part, y: Part): Part => sql`substr(${x}, 1, 1) = substr(${y}, 1, 1)`
const sameLast = (x: Part, y: Part): Part =>
  sql`substr(${x}, length(${x})) = substr(${y}, length(${y}))`

type Test = (x: Part, y: Part) => Draft

// A first name that differs in its last letter alone is often that of somebody else: Maria, Mario.
const firstName: Readonly<Record<Precision, Test>> = {
  high: (x, y) => sql`(${sameFirst(x, y)} and ${sameLast(x, y)} and ${oneEdit(x, y, 5)})`,
  medium: (x, y) => sql`(${sameFirst(x, y)} and ${oneEdit(x, y, 4)}) or ${near(x, y, 4, 0.92)}`,
  low: (x, y) => near(x, y, 3, 0.85),
}

const lastName: Readonly<Record<Precision, Test>> = {
  high: (x, y) => sql`(${sameFirst(x, y)} and ${oneEdit(x, y, 5)})`,
  medium: (x, y) => sql`${oneEdit(x, y, 4)} or ${near(x, y, 4, 0.92)}`,
  low: (x, y) => near(x, y, 3, 0.87),
}

const otherText: Readonly<Record<Precision, Test>> = {
  ...lastName,
  high: (x, y) => oneEdit(x, y, 5),
}

/** What differing letters are forgiven, by kind and precision; what is at one precision, is at every lower one. */
const letters: Readonly<Record<FuzzyKind, Readonly<Record<Precision, Test>>>> = {
  first_name: firstName,
  full_name: firstName,
  last_name: lastName,
  company: lastName,
  street: otherText,
  text: otherText,
}

// Comparing letters costs the product of the lengths, and what is longer is no name.
const longest = value(100)

/**
 * Whether the letters of two values are near. The engine compares bytes: that is right only where a letter is one. Scripts
 * with letters have been brought into Latin ones; in the others a sign is a word, and near it would be another word.
 */
function lettersAlike(kind: FuzzyKind, precision: Precision, x: Part, y: Part): Draft {
  const asked = precisions.slice(precisions.indexOf(precision))
  const tests = asked.map((one) => letters[kind][one](x, y))
  return sql`(case when length(${x}) <= ${longest} and length(${y}) <= ${longest}
    and not ${call('matches', sql`${x} || ${y}`, value('[^ -~]'))} then ${some(tests)} else false end)`
}

const nicknames = (x: Part, y: Part): Part =>
  sql`(${x}, ${y}) in (select a, b from ${made('short_name')})`

const firstWord = (of: Part): Part =>
  sql`coalesce(${call('split_part', of, value(' '), value(1))}, '')`

/** One begins with an initial of the other: "J." and "Jane". */
const initials: Test = (x, y) =>
  sql`(${sameFirst(x, y)} and (length(${firstWord(x)}) = 1 or length(${firstWord(y)}) = 1))`

/** What makes two first names one, apart from their letters. */
const firstNameWays = (precision: Precision, x: Part, y: Part): readonly Part[] => [
  nicknames(x, y),
  ...(precision === 'low' ? [initials(x, y)] : []),
]

/** Whether two words of a name are alike. */
export const wordsAlike = (kind: FuzzyKind, precision: Precision, x: Part, y: Part): Draft =>
  some([
    sql`${x} = ${y}`,
    ...(knowsShortNames(kind) ? firstNameWays(precision, x, y) : []),
    lettersAlike(kind, precision, x, y),
  ])

/** What share of their words two names must have in common. */
export const leastShare: Readonly<Record<Precision, number>> = { high: 1, medium: 0.8, low: 0.7 }

const bare = (of: Part): Part => sql`replace(${of}, ' ', '')`

/** Whether two names are one once the blanks are gone; of those compared by word, the rest is up to their words. */
export const sameLetters: Test = (x, y) => sql`${bare(x)} = ${bare(y)}`

/** One holds all words of the other, one after the other. */
const holds: Test = (x, y) =>
  sql`(${call('contains', sql`' ' || ${x} || ' '`, sql`' ' || ${y} || ' '`)}
    or ${call('contains', sql`' ' || ${y} || ' '`, sql`' ' || ${x} || ' '`)})`

/** Whether two spelled values that differ are alike, the same both ways round; for kinds that are not compared by word. */
export function valuesAlike(kind: FuzzyKind, precision: Precision, x: Part, y: Part): Draft {
  if (kind === 'street') return streetsAlike(precision, x, y)
  const isPart = kind !== 'text' && precision !== 'high'
  return some([
    sameLetters(x, y),
    ...(isPart ? [sql`(${bothOf(x, y, 2)} and ${holds(x, y)})`] : []),
    ...(kind === 'first_name' ? firstNameWays(precision, x, y) : []),
    lettersAlike(kind, precision, x, y),
  ])
}

const withDigits = value('[^ ]*[0-9][^ ]*')

/** The words of a street, as one. */
const nameOfStreet = (of: Part): Part => bare(call('replace_all', of, withDigits, value('')))

/** The numbers of an address, with one blank between. */
const numbersOfStreet = (of: Part): Part =>
  sql`trim(${call('replace_all', call('replace_all', sql`' ' || replace(${of}, ' ', '  ') || ' '`, value(' [^ 0-9]+ '), value(' ')), value(' +'), value(' '))})`

// A number that is missing contradicts nobody, another number is another house.
function streetsAlike(precision: Precision, x: Part, y: Part): Draft {
  const [a, b] = [nameOfStreet(x), nameOfStreet(y)]
  const [m, n] = [numbersOfStreet(x), numbersOfStreet(y)]
  const numbers =
    precision === 'high' ? sql`${m} = ${n}` : sql`(${m} = '' or ${n} = '' or ${holds(m, n)})`
  return sql`(${numbers} and ${a} <> '' and (${a} = ${b} or ${lettersAlike('street', precision, a, b)}))`
}
