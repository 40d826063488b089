import { as, cast, column, every, join, made, type Part, type Step, sql, value } from '#engine'
import { digitsOf } from './check.ts'
import { listName, valuesName } from './coding.ts'
import type { Comparison, MatchingSettings } from './definition.ts'
import { alikeBy, sharedBy } from './levels.ts'
import { isList, type Records } from './records.ts'

/** The column that holds how a pair agrees in a comparison: 0 nothing to compare, 1 the best level, the last digit none. */
export const digit = (i: number) => column(`g${i}`)

/** The step that holds how pairs agree. */
export const patternName = (pairs: string): string => `pattern_${pairs}`

const alikeName = (pairs: string, of: Comparison) => `alike_${pairs}_${of.column}`
const sharedName = (pairs: string, of: Comparison) => `shared_${pairs}_${of.column}`

/** How the pairs of a step (`left`, `right`, `rule`) agree; every two values are compared once, however many pairs have them. */
export function patternSteps(
  { comparisons }: MatchingSettings,
  records: Records,
  pairs: string,
): readonly Step[] {
  const steps = comparisons.flatMap((of) => {
    const list = isList(records, of.column)
    const source = made(list ? listName(of.column) : 'coded')
    return [
      ...(of.levels.some(alikeBy) ? [alikeStep(of, source, pairs)] : []),
      ...(list ? [sharedStep(of, source, pairs)] : []),
    ]
  })
  return [...steps, patternStep(comparisons, records, pairs)]
}

// Every condition on two values also names the pair: an engine would join all values that meet it first, and then look at the pairs.
function alikeStep(of: Comparison, source: Part, pairs: string): Step {
  const digits = of.levels.flatMap((level, i) => {
    const alike = alikeBy(level)
    return alike ? [sql`when ${alike} then ${value(i + 1)}`] : []
  })
  const [a, b] = [column(of.column, 'a'), column(of.column, 'b')]
  const skipped = of.levels[0]?.is === 'exact' ? sql`d.l = d.r` : sql`d.l is null`
  return {
    name: alikeName(pairs, of),
    says: `different values of ${of.column} that are alike, each two compared once`,
    query: sql`select l, r, level from (select d.l, d.r, ${cast(sql`case when ${skipped} then null ${join(digits, sql` `)} end`, 'integer')} as level from (
        select distinct least(${a}, ${b}) as l, greatest(${a}, ${b}) as r from ${made(pairs)} p
        join ${source} a on a.n = p.${column('left')} join ${source} b on b.n = p.${column('right')}
        where ${a} is not null and ${b} is not null) d
      join ${made(valuesName(of.column))} x on x.v = d.l join ${made(valuesName(of.column))} y on y.v = d.r) compared
      where level is not null`,
  }
}

/** The join to what `alikeStep` found for `a` and `b`. */
const alikeJoin = (of: Comparison, pairs: string, name: string): Part =>
  sql`left join ${made(alikeName(pairs, of))} ${column(name)}
    on ${column('l', name)} = least(${column(of.column, 'a')}, ${column(of.column, 'b')})
    and ${column('r', name)} = greatest(${column(of.column, 'a')}, ${column(of.column, 'b')})`

// The first level that holds is the one that counts, so the order of the cases is the order of the levels.
function levelCase(of: Comparison, alike: string): Part {
  const cases = of.levels.map((level, i) => {
    const holds = sharedBy(level, of.column) ?? sql`${column('level', alike)} = ${value(i + 1)}`
    return sql`when ${holds} then ${value(i + 1)}`
  })
  const missing = sql`${column(of.column, 'a')} is null or ${column(of.column, 'b')} is null`
  return sql`case when ${missing} then 0 ${join(cases, sql` `)} else ${value(digitsOf(of) - 1)} end`
}

function sharedStep(of: Comparison, source: Part, pairs: string): Step {
  const joins = of.levels.some(alikeBy) ? alikeJoin(of, pairs, 's') : sql``
  return {
    name: sharedName(pairs, of),
    says: `the best that two records have in common among their ${of.column}`,
    query: sql`select p.${column('left')}, p.${column('right')}, min(${levelCase(of, 's')}) as level from ${made(pairs)} p
      join ${source} a on a.n = p.${column('left')} join ${source} b on b.n = p.${column('right')} ${joins}
      group by p.${column('left')}, p.${column('right')}`,
  }
}

function patternStep(comparisons: readonly Comparison[], records: Records, pairs: string): Step {
  const each = comparisons.map((of, i) => {
    const name = `s${i}`
    if (isList(records, of.column))
      return { level: sharedLevel(name), joins: shared(of, pairs, name) }
    const joins = of.levels.some(alikeBy) ? alikeJoin(of, pairs, name) : sql``
    return { level: levelCase(of, name), joins }
  })
  const digits = each.map(({ level }, i) => as(sql`cast(${level} as smallint)`, digit(i)))
  return {
    name: patternName(pairs),
    says: 'how each pair agrees, comparison by comparison',
    query: sql`select p.${column('left')}, p.${column('right')}, p.rule, ${join(digits)} from ${made(pairs)} p
      join ${made('coded')} a on a.n = p.${column('left')} join ${made('coded')} b on b.n = p.${column('right')}
      ${join(
        each.map(({ joins }) => joins),
        sql` `,
      )}`,
  }
}

const sharedLevel = (name: string): Part => sql`coalesce(${column('level', name)}, 0)`

const shared = (of: Comparison, pairs: string, name: string): Part =>
  sql`left join ${made(sharedName(pairs, of))} ${column(name)} on ${every([
    sql`${column('left', name)} = p.${column('left')}`,
    sql`${column('right', name)} = p.${column('right')}`,
  ])}`

/** How often each way of agreeing occurs: the digits, `pairs`. */
export function patternCounts({ comparisons }: MatchingSettings, pairs: string): Part {
  const digits = join(comparisons.map((_, i) => digit(i)))
  return sql`select ${digits}, count(*) as pairs from ${made(patternName(pairs))} group by ${digits} order by ${digits}`
}

/** The digits as one number: the first comparison counts least. */
export function patternNumber({ comparisons }: MatchingSettings): Part {
  let radix = 1
  const parts = comparisons.map((of, i) => {
    const part = sql`${cast(digit(i), 'integer')} * ${value(radix)}`
    radix *= digitsOf(of)
    return part
  })
  return join(parts, sql` + `)
}

/** A pattern's number, taken apart. */
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
