import { call, type Draft, type Part, some, sql, value } from '#engine'
import { flag, list, number, object, type Read, record, text, whole } from '#kernel/read.ts'
import {
  addressOf,
  type Criterion,
  cleanStreams,
  type Identifier,
  largestBlock,
  mostRecords,
  type Ruleset,
  type Subject,
  shareChanged,
} from './definition.ts'
import { type Form, formOf } from './forms.ts'

/** What names a login, in the words of those who send it. Two logins are two people, until somebody says otherwise. */
const loginKinds = ['user_id', 'userid', 'user id', 'login', 'login_id', 'login id', 'username']

// Of all numbers of organisations only this is given once to each, wherever it is: there is a tax number per country, a D-U-N-S
// number per site, and a register number anew where the seat moves.
const legalEntityKinds = ['lei', 'legal_entity_identifier', 'legal entity identifier']

const numbersOf = (kinds: readonly string[]): readonly Identifier[] =>
  ['identification_name', 'identification_type'].map((per) => ({
    object: 'party_identification',
    field: 'identification_number',
    per,
    only: [...kinds],
  }))

/** Identifiers that nobody has two of, whatever the ruleset says of others. */
const usualIdentifiers: Readonly<Record<Subject, readonly Identifier[]>> = {
  individual: numbersOf(loginKinds),
  account: numbersOf(legalEntityKinds),
}

const holdsUsual = ({ limits }: Pick<Ruleset, 'limits'>): boolean => limits?.usual ?? true

/** A ruleset with the usual identifiers beside its own, unless it does without; what it says itself comes first. */
export function guarded(ruleset: Ruleset): Ruleset {
  if (!holdsUsual(ruleset)) return ruleset
  const own = ruleset.limits?.identifiers ?? []
  const more = usualIdentifiers[ruleset.on].filter(
    (usual) => !own.some((of) => addressOf(of) === addressOf(usual) && of.per === usual.per),
  )
  return { ...ruleset, limits: { ...ruleset.limits, identifiers: [...own, ...more] } }
}

const nobody = [
  'unknown',
  'unbekannt',
  'anonymous',
  'anonym',
  'noname',
  'notprovided',
  'notavailable',
  'xxx',
  'xxxx',
]
const nothing = [
  ...['n/a', 'na', 'n.a.', '#n/a', 'none', 'null', '(null)', 'nil', 'nan', 'undefined', 'unknown'],
  ...['unbekannt', 'not available', 'not provided', 'not applicable', 'notprovided', 'anonymous'],
  ...[
    '-',
    '--',
    '---',
    '.',
    '?',
    '??',
    '???',
    'x',
    'xx',
    'xxx',
    'xxxx',
    'tbd',
    'test',
    'guest',
    '0',
  ],
]

// As they are once tidied up.
const placeholders: Readonly<Record<Form | 'exact', readonly string[]>> = {
  exact: nothing,
  name: nobody,
  company: [...nobody, 'na', 'none', 'null', 'test', 'private', 'privat', 'selfemployed'],
  street: [...nobody, 'na', 'none', 'null', 'test'],
  postcode: ['0000', '00000', '000000', '9999', '99999', '999999', ...nobody],
  website: [
    ...['none.com', 'test.com', 'facebook.com', 'instagram.com', 'linkedin.com', 'twitter.com'],
    ...['x.com', 'google.com', 'gmail.com', 'wixsite.com', 'wordpress.com'],
  ],
  country: [],
  email: [
    ...['test@test.com', 'test@test.de', 'test@example.com', 'a@a.com', 'a@b.com', 'none@none.com'],
    ...['na@na.com', 'no@no.com', 'noemail@noemail.com', 'email@email.com', 'user@example.com'],
    ...['unknown@unknown.com', 'x@x.com', 'xxx@xxx.com', 'info@info.com'],
  ],
  phone: [],
}

const nobodysMailboxes = [
  ...['noreply', 'no-reply', 'no_reply', 'no.reply', 'donotreply', 'do-not-reply', 'do_not_reply'],
  ...['noemail', 'no-email', 'no_email', 'nomail', 'no-mail', 'none', 'unknown', 'notprovided'],
  ...['mailer-daemon', 'postmaster'],
]

const among = (of: Part, words: readonly string[]): Draft =>
  sql`${call('contains', value(`|${words.join('|')}|`), sql`'|' || ${of} || '|'`)}`

const repeats = (of: Part): Part => sql`replace(${of}, substr(${of}, 1, 1), '') = ''`

/** Ways beyond the list in which a value of a form says nothing. */
const patterns: Readonly<Partial<Record<Form | 'exact', (of: Part) => Part>>> = {
  email: (of) =>
    among(sql`coalesce(${call('split_part', of, value('@'), value(1))}, '')`, nobodysMailboxes),
  phone: (of) => {
    const end = (n: number) => sql`substr(${of}, greatest(length(${of}) - ${value(n - 1)}, 1))`
    return sql`(${repeats(end(7))} or ${end(9)} in ('123456789', '234567890', '987654321'))`
  },
  exact: (of) => sql`(length(${of}) >= 5 and ${repeats(of)})`,
}

/** What a criterion's values may be taken for. A name may well be Null or Test, an address compared as it stands is one too. */
function formsOf({ object, field, by }: Criterion): readonly (Form | 'exact')[] {
  if (by === 'fuzzy') return []
  const form = formOf(object, field, { type: 'text' })
  if (form === undefined) return ['exact']
  return by === 'normalised' || form === 'name' ? [form] : ['exact', form]
}

/** Whether a value that is compared is one that people write where they have none; undefined when such values may match. */
export function isPlaceholder(ruleset: Ruleset, criterion: Criterion, of: Part): Part | undefined {
  if (!holdsUsual(ruleset)) return undefined
  const ways = formsOf(criterion).flatMap((form) => [
    ...(placeholders[form].length === 0 ? [] : [among(of, placeholders[form])]),
    ...(patterns[form] ? [patterns[form](of)] : []),
  ])
  return ways.length === 0 ? undefined : some(ways)
}

const isAmong = (of: string, words: readonly string[]): boolean =>
  `|${words.join('|')}|`.includes(`|${of}|`)

const isRepeated = (of: string): boolean => {
  const [first = ''] = of
  return of.replaceAll(first, '') === ''
}

const lastOf = (of: string, n: number): string => [...of].slice(-n).join('')

/** The same as `patterns`, for a value that is here already; a property test compares them. */
const patternsOfOne: Readonly<Partial<Record<Form | 'exact', (of: string) => boolean>>> = {
  email: (of) => isAmong(of.split('@', 1)[0] ?? '', nobodysMailboxes),
  phone: (of) =>
    isRepeated(lastOf(of, 7)) || ['123456789', '234567890', '987654321'].includes(lastOf(of, 9)),
  exact: (of) => isRepeated(of) && [...of].length >= 5,
}

/** The same as `isPlaceholder`, for a value that is here already. */
export function isPlaceholderIn(ruleset: Ruleset, criterion: Criterion, of: string): boolean {
  return (
    holdsUsual(ruleset) &&
    formsOf(criterion).some(
      (form) => isAmong(of, placeholders[form]) || (patternsOfOne[form]?.(of) ?? false),
    )
  )
}

/** What keeps a ruleset from joining too much. */
export const guardsSchema = object({
  usual: flag({ description: 'Whether the usual guards hold; "limits.usual: false" ends them.' }),
  block: whole({ description: 'Values that more records share link nobody.' }),
  records_per_profile: whole(),
  most_changed: number({
    description: 'A run that would change a larger share of the profiles waits to be confirmed.',
  }),
  identifiers: list(object({ identifier: text(), kinds: list(text()), most: whole() }), {
    description: 'What rules bring together no two (or more) of.',
  }),
  clean_streams: list(text(), { description: 'Streams in which nobody stands twice.' }),
  blocked: record(list(text()), { description: 'Values that never match, by object.field.' }),
  placeholders: list(text(), {
    description: 'What people write where they have nothing, by the forms that the rules compare.',
  }),
})
export type Guards = Read<typeof guardsSchema>

/** The guards of a ruleset, its own and the usual ones. */
export function guardsOf(ruleset: Ruleset): Guards {
  const { limits, match } = guarded(ruleset)
  const forms = match.flatMap(({ all }) => all).flatMap(formsOf)
  const words = [...new Set(forms)].flatMap((form) => [
    ...placeholders[form],
    ...(form === 'email' ? nobodysMailboxes.map((box) => `${box}@`) : []),
    ...(form === 'phone' ? ['a digit repeated', '123456789'] : []),
  ])
  return {
    usual: holdsUsual(ruleset),
    block: largestBlock(ruleset),
    records_per_profile: mostRecords(ruleset),
    most_changed: shareChanged(ruleset),
    identifiers: (limits?.identifiers ?? []).map(({ only, most, per, ...of }) => ({
      identifier: per === undefined ? addressOf(of) : `${addressOf(of)} per ${per}`,
      kinds: only ?? [],
      most: most ?? 1,
    })),
    clean_streams: [...cleanStreams(ruleset)],
    blocked: limits?.blocked ?? {},
    placeholders: holdsUsual(ruleset) ? [...new Set(words)] : [],
  }
}
