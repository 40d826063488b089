import { call, type Draft, type Part, sql, value } from '#engine'
import {
  callingCodeOf,
  callingCodes,
  countryKey,
  countryNames,
  diallingHabits,
} from './reference.ts'

const replace = (of: Part, pattern: string): Part =>
  call('replace_all', of, value(pattern), value(''))

const extension = '(?i)[\\s,;]*(ext|extn|extension|x|#)[.:=\\s]*[0-9]{1,7}\\s*$'

/**
 * Telephone numbers in the form of E.164, `+491711234567`. Takes a relation of `raw` and `country` (a code or a name, or
 * null) and adds `value`: null where there is no number, plain digits where nothing tells the country.
 */
export const phones = (numbers: Draft): Draft => dialled(separated(counted(located(numbers))))

/** The question for what a country is looked up by, as `key`. */
export const countryQuestion = ({ country }: { readonly country: Part }): Draft =>
  sql`select ${countryKey(sql`n.country`)} as key from (select ${country} as country) n`

const digits = replace(replace(sql`n.raw`, extension), '[^0-9]+')
const hasPlus = call('matches', sql`n.raw`, value('^[^0-9]*[+\uff0b]'))

/** Digits only, and what is known of the country. */
const located = (numbers: Draft): Draft => sql`select n.raw, n.country,
    ${digits} as digits,
    ${hasPlus} as has_plus,
    c.code as home, c.trunk as home_trunk, c.lengths as home_lengths, c.is_open, coalesce(c.exit, '00') as exit
  from (${numbers}) n left join ${countryNames} k on k.name = ${countryKey(sql`n.country`)}
  left join ${diallingHabits} c on c.iso2 = k.iso2`

/** Digits as dialled from anywhere, where the number is written for abroad. */
const counted = (of: Draft): Draft => sql`select *, case
    when has_plus then digits
    when ${call('starts_with', sql`digits`, sql`exit`)} then substr(digits, length(exit) + 1)
    when ${call('starts_with', sql`digits`, sql`'00'`)} then substr(digits, 3)
    when ${isWrittenWithoutPlus} then digits end as abroad
  from (${of}) located`

// "49 171 1234567" inside Germany: too long for a number there, and it begins like one from abroad.
const isWrittenWithoutPlus = sql`${call('starts_with', sql`digits`, sql`home`)} and length(digits) >= length(home) + 7
  and (not ${hasLength(sql`home_lengths`, sql`digits`)} or (is_open = 'yes' and length(digits) > 10))`

/** The calling code, and what follows it. */
const separated = (of: Draft): Draft => sql`select counted.raw, counted.country,
    case when counted.abroad is null then counted.home else p.code end as calling,
    case when counted.abroad is null then counted.home_trunk else p.trunk end as trunk,
    case when counted.abroad is null then counted.home_lengths else p.lengths end as lengths,
    case when counted.abroad is null then counted.digits
      else substr(counted.abroad, length(p.code) + 1) end as rest
  from (${of}) counted left join ${callingCodes} p on p.code = ${callingCodeOf(sql`counted.abroad`)}`

// A trunk prefix other than 0 may also be the beginning of an area code: 8 in Russia, 1 in America.
const withoutTrunk = sql`case when trunk <> '' and ${call('starts_with', sql`rest`, sql`trunk`)}
    and (trunk = '0' or not ${hasLength(sql`lengths`, sql`rest`)}) then substr(rest, length(trunk) + 1) else rest end`

const dialled = (of: Draft): Draft => sql`select raw, country, case
    when rest is null or replace(rest, substr(rest, 1, 1), '') = '' then null
    when calling is null then case when length(rest) between 6 and 15 then rest end
    when length(calling || rest) between 7 and 15 then '+' || calling || rest end as value
  from (select raw, country, calling, ${withoutTrunk} as rest from (${of}) separated) bare`

function hasLength(lengths: Part, digits: Part): Part {
  return call('contains', lengths, sql`',' || length(${digits}) || ','`)
}
