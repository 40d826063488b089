import {
  as,
  call,
  cast,
  column,
  every,
  join,
  made,
  nothing,
  type Part,
  type Step,
  sql,
  value,
} from '#engine'
import { digitsOf } from './check.ts'
import type { Comparison, Level, MatchingSettings } from './definition.ts'
import { holds, nicknameJoin } from './levels.ts'
import { isList, type Records } from './records.ts'
import { listName, recordName } from './rows.ts'

/** The step that holds how pairs agree: `left`, `right`, `rule`, `pattern`. */
export const patternName = (pairs: string): string => `pattern_${pairs}`

const sharedName = (pairs: string, of: Comparison) => `shared_${pairs}_${of.column}`

const [left, right] = [column('left'), column('right')]

/** How the pairs of a step (`left`, `right`, `rule`) agree, in one pass over them; lists are looked at before. */
export const patternSteps = (
  { comparisons }: MatchingSettings,
  records: Records,
  pairs: string,
): readonly Step[] => [
  ...comparisons
    .filter((of) => isList(records, of.column))
    .map((of) => ({
      name: sharedName(pairs, of),
      says: `the best that two records have in common among their ${of.column}`,
      query: sql`select ${left}, ${right}, min(${digitOf(of, 0)}) as level from (
          select p.${left}, p.${right}, ${join(seen(of, 0))} from ${made(pairs)} p
          join ${made(listName(of.column))} a on a.n = p.${left} join ${made(listName(of.column))} b on b.n = p.${right}
          ${nicknames(of, 0)}) seen group by ${left}, ${right}`,
    })),
  {
    name: patternName(pairs),
    says: 'how each pair agrees, comparison by comparison, as one number',
    query: patterns(comparisons, records, pairs),
  },
]

function patterns(comparisons: readonly Comparison[], records: Records, pairs: string): Part {
  const each = comparisons.map((of, i) =>
    isList(records, of.column)
      ? {
          digit: sql`coalesce(${levelColumn(i)}, 0)`,
          seen: [as(column('level', `s${i}`), levelColumn(i))],
          joins: sharedJoin(of, pairs, `s${i}`),
        }
      : { digit: digitOf(of, i), seen: seen(of, i), joins: nicknames(of, i) },
  )
  const places = radixes(comparisons)
  const number = join(
    each.map(({ digit }, i) => sql`${digit} * ${value(places[i] ?? 1)}`),
    sql` + `,
  )
  return sql`select ${left}, ${right}, rule, ${cast(number, 'integer')} as pattern from (
    select p.${left}, p.${right}, p.rule, ${join(each.flatMap((one) => one.seen))} from ${made(pairs)} p
    join ${made(recordName)} a on a.n = p.${left} join ${made(recordName)} b on b.n = p.${right}
    ${join(
      each.map(({ joins }) => joins),
      sql` `,
    )}) seen`
}

const levelColumn = (i: number) => column(`g${i}`)
const nearColumn = (i: number) => column(`near${i}`)

const isNear = (level: Level) => level.is === 'jaro_winkler'

// Nearness is worked out once, however many levels ask for it. The level that counts is the first that holds: the least.
function seen(of: Comparison, i: number): readonly Part[] {
  const [a, b] = [column(of.column, 'a'), column(of.column, 'b')]
  const cases = of.levels.flatMap((level, j) =>
    level.is === 'jaro_winkler'
      ? []
      : [sql`when ${holds(level, of.column, `k${i}`)} then ${value(j + 1)}`],
  )
  const plain = sql`case when ${a} is null or ${b} is null then 0 ${join(cases, sql` `)} else ${value(digitsOf(of) - 1)} end`
  const differ = of.levels[0]?.is === 'exact' ? sql`${a} <> ${b}` : sql`true`
  const nearness = sql`case when ${differ} then ${call('jaro_winkler', a, b)} end`
  return [
    as(plain, levelColumn(i)),
    ...(of.levels.some(isNear) ? [as(nearness, nearColumn(i))] : []),
  ]
}

function digitOf(of: Comparison, i: number): Part {
  const cases = of.levels.flatMap((level, j) =>
    level.is === 'jaro_winkler'
      ? [sql`when ${nearColumn(i)} >= ${value(level.at_least, 'number')} then ${value(j + 1)}`]
      : [],
  )
  if (cases.length === 0) return levelColumn(i)
  return sql`least(${levelColumn(i)}, case ${join(cases, sql` `)} else ${value(digitsOf(of) - 1)} end)`
}

const nicknames = (of: Comparison, i: number): Part =>
  of.levels.some(({ is }) => is === 'nickname') ? nicknameJoin(of.column, `k${i}`) : nothing

const sharedJoin = (of: Comparison, pairs: string, name: string): Part =>
  sql`left join ${made(sharedName(pairs, of))} ${column(name)} on ${every([
    sql`${column('left', name)} = p.${left}`,
    sql`${column('right', name)} = p.${right}`,
  ])}`

/** How often each way of agreeing occurs: `pattern`, `pairs`. */
export const patternCounts = (pairs: string): Part =>
  sql`select pattern, count(*) as pairs from ${made(patternName(pairs))} group by pattern order by pattern`

/** What a digit of each comparison counts in a pattern's number: the first comparison counts least. */
export function radixes(comparisons: readonly Comparison[]): readonly number[] {
  let radix = 1
  return comparisons.map((of) => {
    const place = radix
    radix *= digitsOf(of)
    return place
  })
}

/** A pattern's number, taken apart: a digit per comparison, 0 nothing to compare, 1 the best level, the last one none. */
export function digitsOfPattern(
  { comparisons }: MatchingSettings,
  pattern: number,
): readonly number[] {
  let rest = pattern
  return comparisons.map((of) => {
    const found = rest % digitsOf(of)
    rest = Math.floor(rest / digitsOf(of))
    return found
  })
}
