import { as, call, column, made, type Part, type Step, sql, value } from '#engine'
import type { Level } from './definition.ts'
import { nicknamePairs } from './nicknames.ts'
import { daysColumn, portionColumn, swappedColumn } from './rows.ts'

/** Whether the rows `a` and `b` are alike in a level; `known` is where nicknames of the two were looked up. */
export function holds(
  level: Exclude<Level, { is: 'jaro_winkler' }>,
  name: string,
  known: string,
): Part {
  const same = (a: string, b = a) => sql`${column(a, 'a')} = ${column(b, 'b')}`
  switch (level.is) {
    case 'exact':
      return same(name)
    case 'same':
      return same(level.in)
    case 'same_portion':
      return same(portionColumn(name, level.of))
    case 'swapped':
      return sql`(${same(name, level.with)} and ${same(level.with, name)})`
    case 'nickname':
      return sql`${column('a', known)} is not null`
    case 'day_and_month_swapped':
      return same(swappedColumn(name), name)
    case 'within_days':
      return sql`abs(${column(daysColumn(name), 'a')} - ${column(daysColumn(name), 'b')}) <= ${value(level.days)}`
    case 'edits':
      return withinEdits(level.at_most, column(name, 'a'), column(name, 'b'))
  }
}

/**
 * Distances are dear, so most values are told apart before. One edit, swapped neighbours included, leaves the first half or
 * the last half as it is, but for a swap across the middle. A swap is two plain edits, and plain edits are counted faster.
 */
function withinEdits(most: number, x: Part, y: Part): Part {
  const lengths = sql`abs(length(${x}) - length(${y})) <= ${value(most)}`
  const exactly = sql`${call('damerau_levenshtein', x, y)} <= ${value(most)}`
  if (most > 1)
    return sql`(${lengths} and ${call('levenshtein', x, y)} <= ${value(2 * most)} and ${exactly})`
  const half = sql`cast(floor(least(length(${x}), length(${y})) / 2) as integer)`
  const sign = (of: Part, at: Part) => sql`substr(${of}, ${at}, 1)`
  return sql`(${lengths} and (substr(${x}, 1, ${half}) = substr(${y}, 1, ${half})
    or right(${x}, ${half}) = right(${y}, ${half})
    or (${sign(x, half)} = ${sign(y, sql`${half} + 1`)} and ${sign(x, sql`${half} + 1`)} = ${sign(y, half)})) and ${exactly})`
}

/** The table of nicknames, tidied up like the first names they are compared with: `a`, `b`. */
export function nicknameStep(tidy: (of: Part) => Part): Step {
  const pairs = call('split', value(nicknamePairs.join('\n')), value('\n'))
  const half = (n: number) => tidy(call('split_part', sql`pair`, value(' '), value(n)))
  return {
    name: 'nickname',
    says: 'first names that mean the same person',
    query: sql`select distinct ${as(half(1), column('a'))}, ${as(half(2), column('b'))}
      from (select ${call('unnest', pairs)} as pair) p`,
  }
}

/** Looks up whether the values of a column of `a` and `b` are nicknames. */
export const nicknameJoin = (name: string, known: string): Part =>
  sql`left join ${made('nickname')} ${column(known)} on ${column('a', known)} = ${column(name, 'a')} and ${column('b', known)} = ${column(name, 'b')}`
