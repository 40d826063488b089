import {
  as,
  call,
  cast,
  column,
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

/**
 * How the pairs of a step (`left`, `right`, `rule`) agree, comparison by comparison: rows with all that is compared are wide,
 * and moving them through joins takes longer than comparing (measured: twice as long). Lists are looked at before.
 */
export function patternSteps(
  { comparisons }: MatchingSettings,
  records: Records,
  pairs: string,
): readonly Step[] {
  const places = radixes(comparisons)
  return comparisons.flatMap((of, turn): readonly Step[] => {
    const from =
      turn === 0
        ? sql`(select *, 0 as pattern from ${made(pairs)})`
        : made(passName(pairs, turn - 1))
    const step = {
      name: turn === comparisons.length - 1 ? patternName(pairs) : passName(pairs, turn),
      says: `how each pair agrees, comparison by comparison, as one number: up to the ${of.column}`,
    }
    const pass = { from, radix: places[turn] ?? 1 }
    if (!isList(records, of.column))
      return [{ ...step, query: passOver({ ...pass, ...singleParts(of) }) }]
    const shared = sharedName(pairs, of)
    return [
      sharedStep(of, shared, from),
      { ...step, query: passOver({ ...pass, ...listParts(shared) }) },
    ]
  })
}

const passName = (pairs: string, turn: number) => `compared_${pairs}_${turn}`

/** Whether a table is of no use once the next pass is made. */
export const isPass = (step: string): boolean =>
  ['compared_', 'shared_'].some((start) => step.startsWith(start))

const ends = sql`p.${left}, p.${right}, p.rule`

/** One comparison. */
interface Pass {
  readonly from: Part
  /** What its digit counts in the pattern. */
  readonly radix: number
  readonly seen: readonly Part[]
  readonly digit: Part
  readonly joins: Part
}

const passOver = ({ from, radix, seen, digit, joins }: Pass): Part =>
  sql`select ${ends}, ${cast(sql`pattern + ${digit} * ${value(radix)}`, 'integer')} as pattern
    from (select ${join([sql`p.*`, ...seen])} from ${from} p ${joins}) p`

type PassParts = Pick<Pass, 'seen' | 'digit' | 'joins'>

const singleParts = (of: Comparison): PassParts => ({
  seen: seen(of),
  digit: digitOf(of),
  joins: sql`join ${made(recordName)} a on a.n = p.${left} join ${made(recordName)} b on b.n = p.${right} ${nicknames(of)}`,
})

/** A list is looked at before: the best of all that two records have. */
const sharedStep = (of: Comparison, name: string, from: Part): Step => ({
  name,
  says: `the best that two records have in common among their ${of.column}`,
  query: sql`select ${left}, ${right}, min(${digitOf(of)}) as level from (
      select p.${left}, p.${right}, ${join(seen(of))} from ${from} p
      join ${made(listName(of.column))} a on a.n = p.${left} join ${made(listName(of.column))} b on b.n = p.${right}
      ${nicknames(of)}) seen group by ${left}, ${right}`,
})

const listParts = (shared: string): PassParts => ({
  seen: [as(sql`coalesce(s.level, 0)`, levelColumn)],
  digit: levelColumn,
  joins: sql`left join ${made(shared)} s on s.${left} = p.${left} and s.${right} = p.${right}`,
})

const levelColumn = column('level')
const nearColumn = column('near')

const isNear = (level: Level) => level.is === 'jaro_winkler'

// Nearness is worked out once, however many levels ask for it. The level that counts is the first that holds: the least.
function seen(of: Comparison): readonly Part[] {
  const [a, b] = [column(of.column, 'a'), column(of.column, 'b')]
  const cases = of.levels.flatMap((level, j) =>
    level.is === 'jaro_winkler'
      ? []
      : [sql`when ${holds(level, of.column, 'known')} then ${value(j + 1)}`],
  )
  const plain = sql`case when ${a} is null or ${b} is null then 0 ${join(cases, sql` `)} else ${value(digitsOf(of) - 1)} end`
  const differ = of.levels[0]?.is === 'exact' ? sql`${a} <> ${b}` : sql`true`
  const nearness = sql`case when ${differ} then ${call('jaro_winkler', a, b)} end`
  return [as(plain, levelColumn), ...(of.levels.some(isNear) ? [as(nearness, nearColumn)] : [])]
}

function digitOf(of: Comparison): Part {
  const cases = of.levels.flatMap((level, j) =>
    level.is === 'jaro_winkler'
      ? [sql`when ${nearColumn} >= ${value(level.at_least, 'number')} then ${value(j + 1)}`]
      : [],
  )
  if (cases.length === 0) return levelColumn
  return sql`least(${levelColumn}, case ${join(cases, sql` `)} else ${value(digitsOf(of) - 1)} end)`
}

const nicknames = (of: Comparison): Part =>
  of.levels.some(({ is }) => is === 'nickname') ? nicknameJoin(of.column, 'known') : nothing

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
