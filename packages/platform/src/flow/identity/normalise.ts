import { call, type Draft, type Part, sql, value } from '#engine'
import type { Form } from './forms.ts'

const replace = (of: Part, pattern: string, by: string): Part =>
  call('replace_all', of, value(pattern), value(by))

const replaceAllOf = (of: Part, pairs: readonly (readonly [pattern: string, by: string])[]): Part =>
  pairs.reduce((part, [pattern, by]) => replace(part, pattern, by), of)

/** Nothing where there is only blank. */
const unlessBlank = (of: Part): Draft => sql`nullif(${of}, '')`

/** In lower case, without blanks around, also those that keyboards hide. */
const tidy = (of: Part): Part => replace(sql`lower(${of})`, '^[\\s\\p{Z}]+|[\\s\\p{Z}]+$', '')

// Letters that no accent explains.
const letters: readonly (readonly [string, string])[] = [
  ['ß', 'ss'],
  ['ø', 'o'],
  ['æ', 'ae'],
  ['œ', 'oe'],
  ['ł', 'l'],
  ['đ', 'd'],
  ['ð', 'd'],
  ['þ', 'th'],
  ['ı', 'i'],
]

/** Lower case without accents; most names have none, and are spared the work. */
export function unaccented(of: Part): Part {
  const stripped = call(
    'strip_accents',
    letters.reduce<Part>(
      (part, [letter, by]) => sql`replace(${part}, ${value(letter)}, ${value(by)})`,
      sql`lower(${of})`,
    ),
  )
  return sql`case when ${call('matches', of, value('[^ -~]'))} then ${stripped} else lower(${of}) end`
}

/**
 * Lower case, no accents, and one spelling of vowels: Müller, Mueller and Muller become "muller". Joel becomes "jol",
 * wherever he stands; only comparisons see it.
 */
const folded = (of: Part): Part => replace(unaccented(of), '([aou])e', '\\1')

/** Words of letters and digits with one blank between them, for looking things up. */
export const searchWords = (of: Part): Part =>
  sql`trim(${replace(folded(of), '[^\\p{L}\\p{N}]+', ' ')})`

const onlyLetters = (of: Part): Part => replace(of, '[^\\p{L}\\p{N}]+', '')

/** A name of a person or a place: letters and digits only. */
const name = (of: Part): Part => onlyLetters(folded(of))

/** Lower case, no tag; for mailboxes that ignore dots, no dots. What is no address is no value. */
function email(of: Part): Draft {
  const plain = replace(tidy(of), '\\+[^@]*@', '@')
  const dotless = sql`replace(${call('split_part', plain, value('@'), value(1))}, '.', '') || '@gmail.com'`
  return sql`case when not ${call('matches', plain, value('^[^@\\s]+@[^@\\s]+\\.[^@\\s.]+$'))} then null
    when ${call('matches', plain, value('@(gmail|googlemail)\\.com$'))} then ${dotless} else ${plain} end`
}

/** The host of an address, without www. */
function website(of: Part): Draft {
  const host = replaceAllOf(tidy(of), [
    ['^[a-z]+://', ''],
    ['^www\\.', ''],
    ['[/?#:].*$', ''],
  ])
  return sql`case when ${call('contains', host, value('.'))} then ${host} end`
}

/** Letters and digits, without the sign of a country in front: D-80331. */
const postcode = (of: Part): Part =>
  replace(replace(tidy(of), '^[a-z]{1,3}-', ''), '[^a-z0-9]+', '')

// What streets are called, in a few languages: whole words, or the end of one; after folding, so rue is "ru".
const word = (of: string) => `(^|[^a-z0-9])(${of})([^a-z0-9]|$)`
const streetWords: readonly (readonly [string, string])[] = [
  ['(strasse|straat|str)([^a-z0-9]|$)', 'str\\2'],
  ['(gatan|gata)([^a-z0-9]|$)', 'g\\2'],
  ['(vagen|vag)([^a-z0-9]|$)', 'v\\2'],
  ['(platz|pl)([^a-z0-9]|$)', 'pl\\2'],
  ['(plein|pln)([^a-z0-9]|$)', 'pln\\2'],
  ['(gasse)([^a-z0-9]|$)', 'g\\2'],
  ['(laan)([^a-z0-9]|$)', 'ln\\2'],
  ['(torget)([^a-z0-9]|$)', 't\\2'],
  ['(stigen)([^a-z0-9]|$)', 'st\\2'],
  ['(grand)([^a-z0-9]|$)', 'gr\\2'],
  [word('street'), '\\1st\\3'],
  [word('road'), '\\1rd\\3'],
  [word('avenu|avenida|avda|av'), '\\1ave\\3'],
  [word('boulevard|bd|boul'), '\\1blvd\\3'],
  [word('lane'), '\\1ln\\3'],
  [word('drive'), '\\1dr\\3'],
  [word('court'), '\\1ct\\3'],
  [word('close'), '\\1cl\\3'],
  [word('gardens'), '\\1gdns\\3'],
  [word('place|plaza|piazza|pza|p\\.?zza'), '\\1pl\\3'],
  [word('ru'), '\\1r\\3'],
  [word('chemin|camino|cno'), '\\1ch\\3'],
  [word('impasse'), '\\1imp\\3'],
  [word('viale|v\\.?le'), '\\1vle\\3'],
  [word('vicolo'), '\\1vic\\3'],
  [word('via'), '\\1v\\3'],
  [word('corso|c\\.?so'), '\\1cso\\3'],
  [word('calle|c/'), '\\1c\\3'],
  [word('paseo|p\\.?[ºo]'), '\\1ps\\3'],
  [word('apartment|apt|unit|suite|flat'), '\\1#\\3'],
]

/** A line of an address: usual words in their short form, then letters and digits only. */
const street = (of: Part): Draft => unlessBlank(onlyLetters(replaceAllOf(folded(of), streetWords)))

const legalForms =
  'gmbh|mbh|ag|kg|kgaa|ohg|ug|gbr|ek|ev|se|inc|incorporated|llc|llp|lp|ltd|limited|plc|corp|corporation|' +
  'co|company|cie|sa|sas|sasu|sarl|srl|spa|snc|sl|slu|bv|nv|vof|ab|hb|oy|oyj|as|asa|aps|pty|pte|kk|sro|doo|zoo|kft'

/** The name of a company without its legal form, unless nothing else is left. */
function company(of: Part): Draft {
  const spaced = replaceAllOf(folded(of), [
    ['\\.', ''],
    ['&|\\+', ' and '],
    ['[^\\p{L}\\p{N}]+', ' '],
  ])
  const bare = replaceAllOf(spaced, [
    ['^ ?the ', ''],
    [`( and| (${legalForms}))+ ?$`, ''],
  ])
  return sql`coalesce(${unlessBlank(onlyLetters(bare))}, ${unlessBlank(onlyLetters(spaced))})`
}

type Tidied = Exclude<Form, 'phone' | 'country'>

/**
 * How a form is tidied up where the value alone says enough; telephone numbers and countries need tables. May give blank:
 * over many rows, one `nullif` around it in a query of its own spares the engine from tidying everything twice.
 */
export const cleaned: Readonly<Record<Tidied | 'exact', (of: Part) => Part>> = {
  email,
  website,
  postcode,
  street,
  company,
  name,
  exact: tidy,
}

/** The tidied value, or nothing where it is blank. */
export const tidied = (form: keyof typeof cleaned, of: Part): Draft =>
  unlessBlank(cleaned[form](of))
