import { call, join, made, type Part, sql, value } from '#engine'
import { type FuzzyKind, isByWord, knowsShortNames } from './fuzzy.ts'

// As Russell's code: the first letter, then kinds of consonants, repeats and vowels left out; three of them, no padding.
const consonants: readonly (readonly [string, string])[] = [
  ['[hw]', ''],
  ['[bfpv]+', '1'],
  ['[cgjkqsxz]+', '2'],
  ['[dt]+', '3'],
  ['l+', '4'],
  ['[mn]+', '5'],
  ['r+', '6'],
  ['[^1-6]', ''],
]

const sound = (of: Part): Part =>
  sql`substr(${of}, 1, 1) || substr(${consonants.reduce<Part>(
    (part, [pattern, by]) => call('replace_all', part, value(pattern), value(by)),
    sql`lower(substr(${of}, 2))`,
  )}, 1, 3)`

const bare = sql`replace(value, ' ', '')`
const end = sql`substr(${bare}, greatest(length(${bare}) - 3, 1))`
const eachWord = call('unnest', call('split', sql`value`, value(' ')))

/** Keys of single words: how each begins, and all of them together, so that two names of one word meet by either. */
const keysOfWords = (values: Part): readonly Part[] => [
  sql`select value, 'w' || substr(word, 1, 4) as key from (select value, ${eachWord} as word from (${values}) v) w where word <> ''`,
  sql`select value, 'b' || substr(${bare}, 1, 6) as key from (${values}) v`,
]

/** Keys of the whole: how it sounds, how it begins and how it ends. Two that are near share one of them. */
const keysOfAll = (values: Part): readonly Part[] => [
  sql`select value, 's' || ${sound(sql`value`)} as key from (${values}) v`,
  sql`select value, 'b' || substr(${bare}, 1, 4) as key from (${values}) v`,
  sql`select value, 'e' || ${end} as key from (${values}) v`,
]

// Numbers stand before the name here and behind it there, so only words make keys of streets.
const streetWords = (values: Part): Part =>
  sql`select value, trim(${call('replace_all', sql`value`, value('[^ ]*[0-9][^ ]*'), value(''))}) as name from (${values}) v`

const keysOfStreets = (values: Part): readonly Part[] => [
  sql`select value, 'b' || substr(replace(name, ' ', ''), 1, 5) as key from (${streetWords(values)}) v where name <> ''`,
  sql`select value, 's' || ${sound(sql`name`)} as key from (${streetWords(values)}) v where name <> ''`,
]

const withShortNames = (values: Part): Part => sql`select v.value, s.b as name from (${values}) v
  join ${made('short_name')} s on s.a = v.value`

/**
 * Keys that alike values share, derived from the values alone: `value`, `key`. `sharp` keys are few records' each, and
 * can stand alone; a `broad` key is only good beside a sharp one of another field.
 */
export function keysOf(kind: FuzzyKind, how: 'sharp' | 'broad', values: Part): Part {
  const keys = how === 'sharp' ? sharpKeys(kind, values) : broadKeys(kind, values)
  return sql`select distinct value, key from (${join(keys, sql` union all `)}) k`
}

function sharpKeys(kind: FuzzyKind, values: Part): readonly Part[] {
  if (kind === 'street') return keysOfStreets(values)
  if (isByWord(kind)) return keysOfWords(values)
  if (kind !== 'first_name') return keysOfAll(values)
  return [
    ...keysOfAll(values),
    sql`select value, 'n' || greatest(value, name) || least(value, name) as key from (${withShortNames(values)}) v`,
  ]
}

/** The first letter of each word; of first names also that of what people make of them. */
function broadKeys(kind: FuzzyKind, values: Part): readonly Part[] {
  const letters = sql`select value, substr(word, 1, 1) as key from (select value, ${eachWord} as word from (${values}) v) w where word <> ''`
  if (!knowsShortNames(kind)) return [letters]
  return [letters, sql`select value, substr(name, 1, 1) as key from (${withShortNames(values)}) v`]
}
