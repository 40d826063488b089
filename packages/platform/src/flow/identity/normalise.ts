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
  // At the end of a word, where capitals know no difference.
  ['ς', 'σ'],
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
const folded = (of: Part): Part => oneVowel(unaccented(of))

const oneVowel = (of: Part): Part => replace(of, '([aou])e', '\\1')

// One letter for one letter, so that counting letters still counts them; where Latin has too few, capitals stand in. Marks
// that no letter stands for are dropped.
const alphabets: readonly (readonly [string, string])[] = [
  ['абвгдежзиклмнопрстуфхцчшщыэюяієґў', 'abvgdeZziklmnoprstufhcCSWYEUAiegu'],
  ['αβγδεζηθικλμνξοπρσςτυφχψω', 'abgdezITiklmnxoprsstufhPO'],
  ['אבגדהוזחטיכךלמםנןסעפףצץקרשת', 'abgdhvzHTykklmmnnsEppCCqrSt'],
  ['ابةتثجحخدذرزسشصضطظعغفقكلمنهويىپچگکی', 'abhtTjHxdDrzsSCGVZEKfqklmnhwyypcgky'],
  ['ьъءـ', ''],
]

const otherLetters = (side: 0 | 1) => value(alphabets.map((pair) => pair[side]).join(''))

/** Greek, Cyrillic, Hebrew and Arabic letters in Latin ones: what compares letters can then compare them. */
const latin = (of: Part): Part =>
  sql`case when ${call('matches', of, value('[\u0370-\u04ff\u0590-\u06ff]'))}
    then translate(${of}, ${otherLetters(0)}, ${otherLetters(1)}) else ${of} end`

/** Words of letters and digits in Latin letters, as far as their script has letters. */
export const wordsOf = (of: Part): Part => sql`trim(${spaced(latin(folded(of)))})`

const spaced = (of: Part): Part => replace(of, '[^\\p{L}\\p{N}]+', ' ')

/** Words of letters and digits with one blank between them, for looking things up. */
export const searchWords = (of: Part): Part => sql`trim(${spaced(folded(of))})`

/**
 * The same for a relation of `record` and `value`. Most names are plain words: what is to be mended is looked for first, which
 * costs a third; and each way has a query of its own, or everything before it would be worked out twice.
 */
export const searchWordsIn = (rows: Draft): Draft =>
  [
    unaccented,
    (of: Part) => onlyWhere(of, '[aou]e', oneVowel(of)),
    (of: Part) => onlyWhere(of, '[^a-z0-9 ]|  |^ | $', sql`trim(${spaced(of)})`),
  ].reduce(
    (from, mended) => sql`select record, ${mended(sql`value`)} as value from (${from}) words`,
    rows,
  )

const onlyWhere = (of: Part, pattern: string, mended: Part): Part =>
  sql`case when ${call('matches', of, value(pattern))} then ${mended} else ${of} end`

const onlyLetters = (of: Part): Part => replace(of, '[^\\p{L}\\p{N}]+', '')

/** A name of a person or a place: letters and digits only. */
const name = (of: Part): Part => onlyLetters(folded(of))

/**
 * Lower case, no tag; for mailboxes that ignore dots, no dots. What is no address is no value. Most are written as they are
 * meant but for capitals: to see that costs a quarter of what mending them does.
 */
function email(of: Part): Draft {
  const low = sql`lower(${of})`
  const isPlain = sql`${call('matches', low, value('^[a-z0-9._-]+@[a-z0-9._-]+\\.[a-z0-9_-]+$'))}
    and not ${call('ends_with', low, value('@gmail.com'))} and not ${call('ends_with', low, value('@googlemail.com'))}`
  return sql`case when ${isPlain} then ${low} else ${mendedEmail(of)} end`
}

function mendedEmail(of: Part): Draft {
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

// What streets are called in a few languages, at the end of a word and as words; folded, so rue is "ru". No patterns:
// they would cost more than they match.
const streetEnds =
  'strasse:str straat:str gatan:g gata:g vagen:v vag:v platz:pl plein:pln gasse:g laan:ln torget:t stigen:st grand:gr'
const streetWords =
  'street:st road:rd avenu:ave avenida:ave avda:ave av:ave boulevard:blvd bd:blvd boul:blvd lane:ln drive:dr court:ct ' +
  'close:cl gardens:gdns place:pl plaza:pl piazza:pl pza:pl p_zza:pl ru:r chemin:ch camino:ch cno:ch impasse:imp ' +
  'viale:vle v_le:vle vicolo:vic via:v corso:cso c_so:cso calle:c paseo:ps p_º:ps p_o:ps apartment:apt unit:apt ' +
  'suite:apt flat:apt улица:ул проспект:пр переулок:пер бульвар:бул'

const shortened: readonly (readonly [string, string])[] = [
  ...pairsOf(streetEnds).map(([long, short]) => [`${long} `, `${short} `] as const),
  ...pairsOf(streetWords).map(([long, short]) => [` ${long} `, ` ${short} `] as const),
]

function pairsOf(of: string): readonly (readonly [string, string])[] {
  return of.split(' ').map((pair) => {
    const [long = '', short = ''] = pair.split(':')
    return [long.replace('_', ' '), short]
  })
}

/** The words of a street in their short form, with one blank around each. */
const shortStreet = (of: Part): Part =>
  shortened.reduce<Part>(
    (part, [long, short]) => sql`replace(${part}, ${value(long)}, ${value(short)})`,
    sql`' ' || ${spaced(of)} || ' '`,
  )

/** A line of an address: usual words in their short form, then letters and digits only. */
const street = (of: Part): Part => sql`replace(${shortStreet(folded(of))}, ' ', '')`

/** A line of an address as words and numbers; the letter behind a house number belongs to it. */
export const streetWordsOf = (of: Part): Part =>
  sql`trim(${replace(latin(shortStreet(folded(of))), '([0-9]) ([a-z]) $', '\\1\\2 ')})`

const legalForms =
  'gmbh|mbh|ag|kg|kgaa|ohg|ug|gbr|ek|ev|se|inc|incorporated|llc|llp|lp|ltd|limited|plc|corp|corporation|' +
  'co|company|cie|sa|sas|sasu|sarl|srl|spa|snc|sl|slu|bv|nv|vof|ab|hb|oy|oyj|as|asa|aps|pty|pte|kk|sro|doo|zoo|kft'

const companyWords = (of: Part): Part =>
  spaced(
    replaceAllOf(of, [
      ['\\.', ''],
      ['&|\\+', ' and '],
    ]),
  )

const withoutForm = (of: Part): Part =>
  replaceAllOf(of, [
    ['^ ?the ', ''],
    [`( and| (${legalForms}))+ ?$`, ''],
  ])

/** The name of a company without its legal form, unless nothing else is left. */
function company(of: Part): Draft {
  const whole = companyWords(folded(of))
  return sql`coalesce(${unlessBlank(onlyLetters(withoutForm(whole)))}, ${unlessBlank(onlyLetters(whole))})`
}

// As they stand in front, or where no blank parts them from the name; in Latin letters where `latin` gives them.
const foreignForms: readonly (readonly [string, string])[] = [
  ['^ ?(ooo|zao|oao|pao|ao|tov|pt) ', ''],
  ['(股份)?有限(责任)?公司|株式会社|有限会社|合同会社|주식회사|유한회사', ' '],
  ['( (sp z oo|sa de cv|s a|s l|s r l|b v|eirl|ltda|ooo|zao|oao|pao))+ ?$', ''],
]

/** The words of a company's name in Latin letters, without its legal form unless nothing else is left. */
export function companyWordsOf(of: Part): Draft {
  const whole = companyWords(latin(folded(of)))
  const bare = sql`trim(${withoutForm(replaceAllOf(whole, foreignForms))})`
  return sql`coalesce(${unlessBlank(bare)}, trim(${whole}))`
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
