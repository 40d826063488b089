import { as, call, column, type Draft, join, type Part, sql, value } from '#engine'
import { type Country, countries, mainCountries } from './countries.ts'
import { unaccented } from './normalise.ts'

/** A table that is kept in code as a relation: each line a row, its cells between bars. */
function relation(columns: readonly string[], rows: readonly (readonly string[])[]): Draft {
  const text = value(rows.map((cells) => cells.join('|')).join('\n'))
  const cells = columns.map((name, i) =>
    as(sql`coalesce(${call('split_part', sql`line`, value('|'), value(i + 1))}, '')`, column(name)),
  )
  return sql`(select ${join(cells)} from (select ${call('unnest', call('split', text, value('\n')))} as line) t)`
}

const namesOfCountries = countries.flatMap(({ iso2, iso3, names }) => {
  const called = [iso2, iso3, ...names].map(plainName)
  return [...new Set(called)].filter(Boolean).map((name) => [name, iso2])
})

/** Countries by anything they are called: `name`, `iso2`. */
export const countryNames: Draft = relation(['name', 'iso2'], namesOfCountries)

/** The code of a country by what it is called. */
export const countryNamed: ReadonlyMap<string, string> = new Map(
  namesOfCountries.map(([name = '', iso2 = '']) => [name, iso2]),
)

function dialling({ callingCode, trunk, lengths }: Country) {
  return [callingCode, trunk, `,${lengths.join(',')},`]
}

/** How numbers are dialled in a country: `iso2`, `code`, `trunk`, `lengths`, `exit`, `is_open`. */
export const diallingHabits: Draft = relation(
  ['iso2', 'code', 'trunk', 'lengths', 'exit', 'is_open'],
  countries.map(habitsOf),
)

/** The same by the code of the country: code, trunk, lengths, exit, is_open. */
export const habitsIn: ReadonlyMap<string, readonly string[]> = new Map(
  countries.map((country) => [country.iso2, habitsOf(country).slice(1)]),
)

function habitsOf(country: Country): readonly string[] {
  const isOpen = Math.max(...country.lengths) > 11
  return [country.iso2, ...dialling(country), country.exit, isOpen ? 'yes' : 'no']
}

// As `countryKey` does in SQL; here once, so that no query has to.
function plainName(name: string): string {
  return name
    .toLowerCase()
    .normalize('NFD')
    .replace(/[^\p{Ll}\p{Lo}]/gu, '')
}

/** What a country is called, in the form that `countryNames` is looked up by. */
export function countryKey(of: Part): Draft {
  return sql`nullif(${call('replace_all', unaccented(of), value('[^\\p{L}]+'), value(''))}, '')`
}

// One digit (America, Russia), two, or three: no calling code begins with another one.
const twoDigits = [
  ...new Set(countries.map(({ callingCode }) => callingCode).filter((code) => code.length === 2)),
]

/** The calling code that the digits of an international number begin with. */
export function callingCodeOf(digits: Part): Draft {
  const two = join(twoDigits.map((code) => value(code)))
  return sql`case when substr(${digits}, 1, 1) in ('1', '7') then substr(${digits}, 1, 1)
    when substr(${digits}, 1, 2) in (${two}) then substr(${digits}, 1, 2) else substr(${digits}, 1, 3) end`
}

/** The same of one number. */
export function callingCodeIn(digits: string): string {
  if (digits.startsWith('1') || digits.startsWith('7')) return digits.slice(0, 1)
  return digits.slice(0, twoDigits.includes(digits.slice(0, 2)) ? 2 : 3)
}

const ofMainCountries = countries
  .filter(({ iso2, callingCode }) => (mainCountries[callingCode] ?? iso2) === iso2)
  .map(dialling)

/** Calling codes, each with the habits of its main country: `code`, `trunk`, `lengths`. */
export const callingCodes: Draft = relation(['code', 'trunk', 'lengths'], ofMainCountries)

/** The same by the code: code, trunk, lengths. */
export const habitsAbroad: ReadonlyMap<string, readonly string[]> = new Map(
  ofMainCountries.map((cells) => [cells[0] ?? '', cells]),
)
