import { as, call, cast, column, join, made, type Part, type Step, sql, value } from '#engine'
import { type Precision, precisions } from './definition.ts'
import {
  type FuzzyKind,
  isByWord,
  leastShare,
  sameLetters,
  valuesAlike,
  wordsAlike,
} from './fuzzy.ts'

/** A column of a rule whose values are compared, with what they are compared for. */
export interface Compared {
  readonly column: string
  readonly kind: FuzzyKind
  readonly precision: Precision
  /** The relation of all its values. */
  readonly rows: Part
  /** Relations `a` and `b`: the numbers of its values, two a pair. */
  readonly pairs: Part
}

/** The step that numbers the values of a kind: `id`, `value`. */
export const valueName = (kind: FuzzyKind): string => `fuzzy_value_${kind}`

/** The step that holds which two values of a kind pairs have: `x` and `y`, each two once. */
const metName = (kind: FuzzyKind): string => `fuzzy_met_${kind}`

/** The step that holds which of them are alike: `x`, `y`, and `level`, up to which precision. */
const alikeName = (kind: FuzzyKind): string => `fuzzy_alike_${kind}`

const kindsIn = (all: readonly Compared[]): readonly FuzzyKind[] => [
  ...new Set(all.map(({ kind }) => kind)),
]

const ofKind = (all: readonly Compared[], kind: FuzzyKind): readonly Compared[] =>
  all.filter((one) => one.kind === kind)

/** Numbers for the values that rules compare: pairs are many, and move through joins as integers. */
export const valueSteps = (all: readonly Compared[]): readonly Step[] =>
  kindsIn(all).map((kind) => ({
    name: valueName(kind),
    says: `values that are compared as a ${kind}, numbered`,
    query: numbered(
      'value',
      join(
        ofKind(all, kind).map(
          ({ column: one, rows }) => sql`select ${column(one)} as value from ${rows}`,
        ),
        sql` union all `,
      ),
    ),
  }))

// In the order of what they say, so that it is always the same one of two that comes first.
const numbered = (what: 'value' | 'word', from: Part): Part =>
  sql`select row_number() over (order by ${column(what)}) as id, ${column(what)}
    from (select distinct ${column(what)} from (${from}) w) v`

/** Which values are alike, each two of a kind compared once, at the highest precision that any rule asks for and holds. */
export const alikeSteps = (all: readonly Compared[]): readonly Step[] =>
  kindsIn(all).flatMap((kind) => {
    const own = ofKind(all, kind)
    const asked = precisions.filter((one) => own.some(({ precision }) => precision === one))
    const at = asked.join(' or ')
    return [
      {
        name: metName(kind),
        says: 'differing values that pairs have, each two once',
        query: metIn(own),
      },
      ...(isByWord(kind) ? wordSteps(kind, asked) : []),
      {
        name: alikeName(kind),
        says: `those of them that are alike, compared as a ${kind} at ${at} precision`,
        query: isByWord(kind) ? alikeByWord(kind, asked) : alikeByValue(kind, asked),
      },
    ]
  })

// Conditions on two values stand where a pair is one row: in a join the engine might compare all values with all others.
const metIn = (own: readonly Compared[]): Part => {
  const each = own.map(({ column: one, pairs }) => {
    const [a, b] = [column(one, 'a'), column(one, 'b')]
    return sql`select least(${a}, ${b}) as x, greatest(${a}, ${b}) as y from ${pairs}`
  })
  return sql`select distinct x, y from (${join(each, sql` union all `)}) m`
}

const levelOf = (precision: Precision): number => precisions.indexOf(precision) + 1

/** The highest of these precisions at which something holds; what holds at one, does at every lower one. */
function highest(asked: readonly Precision[], holds: (precision: Precision) => Part): Part {
  const cases = asked.toReversed().map((one) => sql`when ${holds(one)} then ${value(levelOf(one))}`)
  return sql`case ${join(cases, sql` `)} end`
}

const alikeByValue = (kind: FuzzyKind, asked: readonly Precision[]): Part =>
  levelled({
    met: metName(kind),
    of: valueName(kind),
    what: 'value',
    level: (x, y) => highest(asked, (precision) => valuesAlike(kind, precision, x, y)),
  })

interface Levelled {
  readonly met: string
  readonly of: string
  readonly what: 'value' | 'word'
  readonly level: (x: Part, y: Part) => Part
}

/** Pairs of numbers with how alike what they stand for is; none that is not. */
function levelled({ met, of, what, level }: Levelled): Part {
  const [x, y] = [column(what, 'a'), column(what, 'b')]
  return sql`select x, y, level from (
      select p.x, p.y, ${as(level(x, y), column('level'))} from ${made(met)} p
        join ${made(of)} a on a.id = p.x join ${made(of)} b on b.id = p.y where p.x <> p.y) l where level is not null`
}

const wordName = (kind: FuzzyKind): string => `fuzzy_word_${kind}`
const saidName = (kind: FuzzyKind): string => `fuzzy_said_${kind}`
const wordsMetName = (kind: FuzzyKind): string => `fuzzy_words_met_${kind}`
const nearName = (kind: FuzzyKind): string => `fuzzy_near_${kind}`

const wordsIn = call('unnest', call('split', sql`value`, value(' ')))

/** Names share their words, so that two words are compared once, however many names have them. */
function wordSteps(kind: FuzzyKind, asked: readonly Precision[]): readonly Step[] {
  const values = made(valueName(kind))
  return [
    {
      name: wordName(kind),
      says: 'the words of these values, numbered',
      query: numbered('word', sql`select ${as(wordsIn, column('word'))} from ${values}`),
    },
    {
      name: saidName(kind),
      says: 'which value has which words, and how many',
      query: sql`select s.id as value, w.id as word, count(*) over (partition by s.id) as words
        from (select distinct id, ${as(wordsIn, column('word'))} from ${values}) s join ${made(wordName(kind))} w on w.word = s.word`,
    },
    {
      name: wordsMetName(kind),
      says: 'differing words that two of these values have, each two once',
      query: sql`select distinct least(a.word, b.word) as x, greatest(a.word, b.word) as y
        from ${wordsOfPairs(kind)}`,
    },
    {
      name: nearName(kind),
      says: 'those of them that are alike',
      query: levelled({
        met: wordsMetName(kind),
        of: wordName(kind),
        what: 'word',
        level: (x, y) => highest(asked, (precision) => wordsAlike(kind, precision, x, y)),
      }),
    },
  ]
}

const wordsOfPairs = (kind: FuzzyKind): Part =>
  sql`${made(metName(kind))} v join ${made(saidName(kind))} a on a.value = v.x
    join ${made(saidName(kind))} b on b.value = v.y`

/** Values most of whose words have one that is alike in the other. */
function alikeByWord(kind: FuzzyKind, asked: readonly Precision[]): Part {
  const values = made(valueName(kind))
  const top = value(levelOf('high'))
  const met = (side: 'a' | 'b', precision: Precision) =>
    cast(
      sql`count(distinct ${column('word', side)}) filter (where w.level is null or w.level >= ${value(levelOf(precision))})`,
      'number',
    )
  const level = highest(
    asked,
    (precision) =>
      sql`(${met('a', precision)} + ${met('b', precision)}) / (a.words + b.words) >= ${value(leastShare[precision], 'number')}`,
  )
  // A word that both have stands beside no other in what is near.
  return sql`select p.x, p.y, ${as(top, column('level'))} from ${made(metName(kind))} p
      join ${values} a on a.id = p.x join ${values} b on b.id = p.y where p.x <> p.y and ${sameLetters(sql`a.value`, sql`b.value`)}
    union all
    select x, y, level from (select v.x, v.y, ${as(level, column('level'))} from ${wordsOfPairs(kind)}
      left join ${made(nearName(kind))} w on w.x = least(a.word, b.word) and w.y = greatest(a.word, b.word)
      where a.word = b.word or w.level is not null group by v.x, v.y, a.words, b.words) l where level is not null`
}

/** Whether the values of a pair `a`, `b` are equal or alike, by their numbers. */
export function areAlike({
  column: one,
  kind,
  precision,
}: Pick<Compared, 'column' | 'kind' | 'precision'>): Part {
  const [a, b] = [column(one, 'a'), column(one, 'b')]
  return sql`(${a} = ${b} or (least(${a}, ${b}), greatest(${a}, ${b})) in (
      select x, y from ${made(alikeName(kind))} where level >= ${value(levelOf(precision))}))`
}
