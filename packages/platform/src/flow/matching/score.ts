import { as, cast, column, join, made, type Part, sql, value } from '#engine'
import { valuesName } from './coding.ts'
import type { Comparison, MatchingSettings } from './definition.ts'
import { type Learned, levelWeight, priorWeight } from './learn.ts'
import { digit, patternName, patternNumber } from './patterns.ts'

/** The pairs of a step with their weights, the prior included: `left`, `right`, `rule`, `weight`, `pattern`. */
export function scoredPairs(
  settings: MatchingSettings,
  learned: Learned,
  { pairs, least }: { readonly pairs: string; readonly least: number },
): Part {
  const weights = settings.comparisons.map((_, i) => weightCase(learned, i))
  const adjusted = adjustments(settings.comparisons)
  const sum = join(
    [value(priorWeight(learned), 'number'), ...weights, ...adjusted.map((of) => of.bits)],
    sql` + `,
  )
  return sql`select ${column('left')}, ${column('right')}, rule, weight, pattern from (
    select p.${column('left')}, p.${column('right')}, p.rule, ${sum} as weight, ${patternNumber(settings)} as pattern
    from ${made(patternName(pairs))} p ${adjustmentJoins(adjusted)}) weighed where weight >= ${value(least, 'number')}`
}

function weightCase(learned: Learned, i: number): Part {
  const shares = learned.comparisons[i] ?? { m: [], u: [] }
  const cases = shares.m.map(
    (_, level) =>
      sql`when ${value(level + 1)} then ${value(levelWeight(shares, level + 1), 'number')}`,
  )
  return sql`case ${digit(i)} ${join(cases, sql` `)} else ${value(0, 'number')} end`
}

/** What a common value takes from the weight of being exactly equal, or a rare one adds. */
export interface Adjustment {
  readonly comparison: number
  readonly joins: Part
  readonly bits: Part
}

const bit = value(Math.LN2, 'number')

/** One adjustment for each comparison that minds frequencies, for the pairs `p` whose left record is `a`. */
export const adjustments = (comparisons: readonly Comparison[]): readonly Adjustment[] =>
  comparisons.flatMap((of, comparison) => {
    const exact = of.levels.findIndex(({ is }) => is === 'exact')
    if (!of.frequencies || exact < 0) return []
    const [values, name] = [made(valuesName(of.column)), `t${comparison}`]
    const size = cast(sql`size`, 'number')
    return [
      {
        comparison,
        joins: sql`left join (select v, ln(usual / ${size}) / ${bit} as bits from ${values},
            (select sum(${size} * ${size}) / sum(${size}) as usual from ${values}) u) ${column(name)}
          on ${column('v', name)} = case when ${digit(comparison)} = ${value(exact + 1)} then ${column(of.column, 'a')} end`,
        bits: sql`coalesce(${column('bits', name)}, ${value(0, 'number')})`,
      },
    ]
  })

/** What the adjustments need beside the pairs `p`. */
export const adjustmentJoins = (of: readonly Adjustment[]): Part =>
  of.length === 0
    ? sql``
    : sql`join ${made('coded')} a on a.n = p.${column('left')} ${join(
        of.map(({ joins }) => joins),
        sql` `,
      )}`

/** The parts of a weight that come from frequencies, each in a column of its own. */
export const adjustmentColumns = (of: readonly Adjustment[]): readonly Part[] =>
  of.map(({ comparison, bits }) => as(bits, column(`bits_${comparison}`)))
