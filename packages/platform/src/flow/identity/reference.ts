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

const dialling = ({ callingCode, trunk, lengths }: Country) => [
  callingCode,
  trunk,
  `,${lengths.join(',')},`,
  Math.max(...lengths) > 11 ? 'yes' : 'no',
]

const named = relation(
  ['name', 'iso2', 'code', 'trunk', 'lengths', 'is_open', 'exit'],
  countries.flatMap((country) =>
    [country.iso2, country.iso3, ...country.names].map((name) => [
      name,
      country.iso2,
      ...dialling(country),
      country.exit,
    ]),
  ),
)

/** Countries by anything they are called: `name`, `iso2`, `code`, `trunk`, `lengths`, `is_open`, `exit`. */
export const countryNames: Draft = sql`(select ${countryKey(column('name'))} as name, iso2, code, trunk, lengths, is_open, exit from ${named} n)`

/** What a country is called, in the form that `countryNames` is looked up by. */
export function countryKey(of: Part): Draft {
  return sql`nullif(${call('replace_all', unaccented(of), value('[^\\p{L}]+'), value(''))}, '')`
}

const mains = countries.filter(
  ({ iso2, callingCode }) => (mainCountries[callingCode] ?? iso2) === iso2,
)

// No calling code begins with another one, so three digits are enough to tell which it is.
const prefixesOf = (code: string) =>
  Array.from({ length: 10 ** (3 - code.length) }, (_, i) =>
    code.length === 3 ? code : `${code}${String(i).padStart(3 - code.length, '0')}`,
  )

/** Calling codes by the first three digits of an international number: `prefix`, `code`, `trunk`, `lengths`. */
export const callingPrefixes: Draft = relation(
  ['prefix', 'code', 'trunk', 'lengths'],
  mains.flatMap((country) =>
    prefixesOf(country.callingCode).map((prefix) => [prefix, ...dialling(country).slice(0, 3)]),
  ),
)
