import { as, call, column, made, type Part, type Step, sql, value } from '#engine'
import type { Level } from './definition.ts'
import { nicknamePairs } from './nicknames.ts'
import { codeColumn, dateColumn, daySwapped, portionColumn, swappedColumn } from './rows.ts'

/** Whether a value of `a` is a value of `b`; most are told apart by their codes. */
export const same = (a: string, b = a): Part =>
  sql`(${column(codeColumn(a), 'a')} = ${column(codeColumn(b), 'b')} and ${column(a, 'a')} = ${column(b, 'b')})`

/** Whether the values of `a` and `b` differ, where both are there. */
export const differs = (name: string): Part =>
  sql`(${column(codeColumn(name), 'a')} <> ${column(codeColumn(name), 'b')} or ${column(name, 'a')} <> ${column(name, 'b')})`

/** Whether the rows `a` and `b` are alike in a level; `known` is where nicknames of the two were looked up. */
export function holds(
  level: Exclude<Level, { is: 'jaro_winkler' }>,
  name: string,
  known: string,
): Part {
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
      return sql`(${column(swappedColumn(name), 'a')} = ${column(codeColumn(name), 'b')} and ${daySwapped(column(name, 'a'))} = ${column(name, 'b')})`
    case 'within_days':
      return sql`abs(${column(dateColumn(name), 'a')} - ${column(dateColumn(name), 'b')}) <= ${value(level.days)}`
    case 'edits':
      return withinEdits(level.at_most, name)
  }
}

/**
 * Distances are dear, swaps most of all, so most values are told apart before. In texts of one length an edit changes one
 * byte, or two that are swapped; and after a swap all are still there, one of them out of place, which Jaro's measure tells.
 * The cases stand inside each other because an engine may work out all parts of an `and`.
 */
function withinEdits(most: number, name: string): Part {
  const [x, y] = [column(name, 'a'), column(name, 'b')]
  const plain = call('levenshtein', x, y)
  const exactly = sql`${call('damerau_levenshtein', x, y)} <= ${value(most)}`
  if (most > 1)
    return sql`case when abs(length(${x}) - length(${y})) > ${value(most)} then false
      when ${plain} <= ${value(most)} then true when ${plain} > ${value(2 * most)} then false else ${exactly} end`
  const [long, other, changed] = [call('octets', x), call('octets', y), call('hamming', x, y)]
  return sql`case when ${long} = ${other} then
      case when ${changed} > 2 then false when ${changed} < 2 then true
        when ${long} < 4 or ${call('jaro_winkler', x, y)} > 1 - 0.334 / ${long} then ${exactly} else false end
    when abs(${long} - ${other}) = 1 then ${plain} <= 1 else false end`
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
