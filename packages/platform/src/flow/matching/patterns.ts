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
import { differs, holds, nicknameJoin } from './levels.ts'
import { isList, type Records } from './records.ts'
import { codeColumn, listName, recordName } from './rows.ts'

/** The step that holds how pairs agree: `left`, `right`, `rule`, `pattern`. */
export const patternName = (pairs: string): string => `pattern_${pairs}`

const sharedName = (pairs: string, of: Comparison) => `shared_${pairs}_${of.column}`

const [left, right] = [column('left'), column('right')]

/**
 * So many comparisons are made in one pass over the pairs: each pass writes all pairs anew, and each value that it takes along
 * makes the rows wider that pairs are joined with.
 */
const together = 3

/** What is asked about a comparison: all of its levels, all but nearness, or nearness after all others. */
interface Asked {
  readonly of: Comparison
  readonly what: 'all' | 'plain' | 'nearness'
}

/** Leaves out pairs before some comparisons are asked for nearness; `open` are the places of those not yet asked. */
export type Sieve = (pairs: Part, open: readonly number[]) => Part

interface Plan {
  readonly settings: MatchingSettings
  readonly records: Records
  /** The step that holds the pairs, and how the outcome is called. */
  readonly from: string
  readonly pairs: string
  readonly sieve?: Sieve
}

/**
 * How the pairs of a step (`left`, `right`, `rule`) agree, some comparisons at a time: rows with all that is compared are
 * wide, and moving them through joins takes longer than comparing. Lists are looked at before, each by itself.
 */
export const patternSteps = (
  settings: MatchingSettings,
  records: Records,
  pairs: string,
): readonly Step[] => {
  const all = settings.comparisons.map((of): Asked => ({ of, what: 'all' }))
  return passes({ settings, records, from: pairs, pairs }, turnsOf(all, records))
}

/**
 * The same for pairs that may still matter: nearness, which is dear, is asked for at the end and only about those that the
 * sieve lets through.
 */
export function siftedSteps(plan: Plan & { readonly sieve: Sieve }): readonly Step[] {
  const { settings, records } = plan
  const late = settings.comparisons.filter((of) => canWait(of) && !isList(records, of.column))
  const first = settings.comparisons.map(
    (of): Asked => ({ of, what: late.includes(of) ? 'plain' : 'all' }),
  )
  // What is frequent says little, so where frequencies count strangers are told apart the soonest.
  const sorted = late.toSorted(
    (a, b) => Number(b.frequencies ?? false) - Number(a.frequencies ?? false),
  )
  return passes(plan, [
    ...turnsOf(first, records),
    ...sorted.map((of): readonly Asked[] => [{ of, what: 'nearness' }]),
  ])
}

// Where values are equal their frequency counts, so no nearness may take that back: equality must be the best level.
const canWait = ({ levels }: Comparison): boolean =>
  levels.some(isNear) && levels[0]?.is === 'exact'

function passes(plan: Plan, turns: readonly (readonly Asked[])[]): readonly Step[] {
  const { settings, pairs, from, sieve } = plan
  return turns.flatMap((turn, i): readonly Step[] => {
    const before =
      i === 0 ? sql`(select *, 0 as pattern from ${made(from)})` : made(passName(pairs, i - 1))
    const open = turns.slice(i).flatMap((later) => later.filter(({ what }) => what === 'nearness'))
    const places = open.map(({ of }) => settings.comparisons.indexOf(of))
    const isSifted = sieve && turn.some(({ what }) => what === 'nearness')
    const name = i === turns.length - 1 ? patternName(pairs) : passName(pairs, i)
    return passSteps(plan, { name, turn, from: isSifted ? sieve(before, places) : before })
  })
}

interface Pass {
  readonly name: string
  readonly turn: readonly Asked[]
  readonly from: Part
}

function passSteps({ settings, records, pairs }: Plan, { name, turn, from }: Pass): Step[] {
  const radix = radixes(settings.comparisons)
  const lists = turn.filter(({ of }) => isList(records, of.column)).map(({ of }) => of)
  const parts = turn.map((asked): PassParts => {
    const place = radix[settings.comparisons.indexOf(asked.of)] ?? 1
    return lists.includes(asked.of)
      ? listParts(asked.of, sharedName(pairs, asked.of), place)
      : singleParts(asked, place)
  })
  const columns = turn.map(({ of }) => of.column).join(', ')
  return [
    ...lists.map((of) => sharedStep(of, sharedName(pairs, of), from)),
    {
      name,
      says: `how each pair agrees, comparison by comparison, as one number: the ${columns}`,
      query: passOver(from, parts, lists.length === turn.length ? nothing : bothSides(recordName)),
    },
  ]
}

/** The comparisons of each pass: lists alone. */
function turnsOf(asked: readonly Asked[], records: Records): readonly (readonly Asked[])[] {
  const turns: Asked[][] = []
  const hasList = (turn: readonly Asked[]) => turn.some(({ of }) => isList(records, of.column))
  for (const one of asked) {
    const last = turns.at(-1)
    if (last && !hasList([...last, one]) && last.length < together) last.push(one)
    else turns.push([one])
  }
  return turns
}

const passName = (pairs: string, turn: number) => `compared_${pairs}_${turn}`

/** Whether a table is of no use once the next pass is made. */
export const isPass = (step: string): boolean =>
  ['compared_', 'shared_'].some((start) => step.startsWith(start))

const ends = sql`p.${left}, p.${right}, p.rule`

const passOver = (from: Part, parts: readonly PassParts[], sides: Part): Part => {
  const digits = join([sql`pattern`, ...parts.map(({ adds }) => adds)], sql` + `)
  const joins = join(
    parts.map((of) => of.joins),
    sql` `,
  )
  return sql`select ${ends}, ${cast(digits, 'integer')} as pattern
    from (select ${join([sql`p.*`, ...parts.flatMap((of) => of.seen)])} from ${from} p ${sides} ${joins}) p`
}

/** One comparison of a pass: what is asked of each pair, what that adds to the pattern, and what is looked up for it. */
interface PassParts {
  readonly seen: readonly Part[]
  readonly adds: Part
  readonly joins: Part
}

function singleParts({ of, what }: Asked, place: number): PassParts {
  if (what === 'nearness') {
    const level = digitIn(of, place)
    return {
      seen: [as(level, levelColumn(of)), nearness(of)],
      adds: sql`(${digitOf(of)} - ${levelColumn(of)}) * ${value(place)}`,
      joins: nothing,
    }
  }
  const isPlain = what === 'plain' || !of.levels.some(isNear)
  return {
    seen: isPlain ? [plainLevel(of)] : [plainLevel(of), nearness(of)],
    adds: sql`${isPlain ? levelColumn(of) : digitOf(of)} * ${value(place)}`,
    joins: nicknames(of),
  }
}

/** The digit of a comparison in a pattern. */
export const digitIn = (of: Comparison, place: number): Part =>
  sql`mod(cast(floor(pattern / ${value(place)}) as bigint), ${value(digitsOf(of))})`

const bothSides = (of: string): Part =>
  sql`join ${made(of)} a on a.n = p.${left} join ${made(of)} b on b.n = p.${right}`

/** A list is looked at before: the best of all that two records have. */
const sharedStep = (of: Comparison, name: string, from: Part): Step => ({
  name,
  says: `the best that two records have in common among their ${of.column}`,
  query: sql`select ${left}, ${right}, min(${digitOf(of)}) as level from (
      select p.${left}, p.${right}, ${join(seen(of))} from ${from} p ${bothSides(listName(of.column))}
      ${nicknames(of)}) seen group by ${left}, ${right}`,
})

const listParts = (of: Comparison, shared: string, place: number): PassParts => ({
  seen: [as(sql`coalesce(s.level, 0)`, levelColumn(of))],
  adds: sql`${levelColumn(of)} * ${value(place)}`,
  joins: sql`left join ${made(shared)} s on s.${left} = p.${left} and s.${right} = p.${right}`,
})

const levelColumn = (of: Comparison) => column(`${of.column} level`)
const nearColumn = (of: Comparison) => column(`${of.column} near`)

/** Whether a level asks how near two values are. */
export const isNear = (level: Level): boolean => level.is === 'jaro_winkler'

const seen = (of: Comparison): readonly Part[] =>
  of.levels.some(isNear) ? [plainLevel(of), nearness(of)] : [plainLevel(of)]

// The level that counts is the first that holds: the least.
function plainLevel(of: Comparison): Part {
  const [a, b] = [column(codeColumn(of.column), 'a'), column(codeColumn(of.column), 'b')]
  const cases = of.levels.flatMap((level, j) =>
    level.is === 'jaro_winkler'
      ? []
      : [sql`when ${holds(level, of.column, knownName(of))} then ${value(j + 1)}`],
  )
  const level = sql`case when ${a} is null or ${b} is null then 0 ${join(cases, sql` `)} else ${value(digitsOf(of) - 1)} end`
  return as(level, levelColumn(of))
}

/** Worked out once, however many levels ask for it. */
function nearness(of: Comparison): Part {
  const isUnlike = of.levels[0]?.is === 'exact' ? differs(of.column) : sql`true`
  const near = call('jaro_winkler', column(of.column, 'a'), column(of.column, 'b'))
  return as(sql`case when ${isUnlike} then ${near} end`, nearColumn(of))
}

function digitOf(of: Comparison): Part {
  const cases = of.levels.flatMap((level, j) =>
    level.is === 'jaro_winkler'
      ? [sql`when ${nearColumn(of)} >= ${value(level.at_least, 'number')} then ${value(j + 1)}`]
      : [],
  )
  if (cases.length === 0) return levelColumn(of)
  return sql`least(${levelColumn(of)}, case ${join(cases, sql` `)} else ${value(digitsOf(of) - 1)} end)`
}

/** Under which name nicknames of a column are looked up. */
const knownName = ({ column }: Comparison): string => `known ${column}`

const nicknames = (of: Comparison): Part =>
  of.levels.some(({ is }) => is === 'nickname') ? nicknameJoin(of.column, knownName(of)) : nothing

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
