import { as, call, column, made, type Part, type Step, sql, tryCast, value } from '#engine'
import { portionColumn, swappedColumn } from './coding.ts'
import type { Level } from './definition.ts'
import { nicknamePairs } from './nicknames.ts'

/** What two records must share for a level, told by their numbers alone: `a` and `b`. Undefined where values must be read. */
export function sharedBy(level: Level, name: string): Part | undefined {
  const same = (a: string, b = a) => sql`${column(a, 'a')} = ${column(b, 'b')}`
  switch (level.is) {
    case 'exact':
      return same(name)
    case 'same':
      return same(level.in)
    case 'same_portion':
      return same(portionColumn(name, level.of))
    case 'swapped':
      return sql`(${same(swappedColumn(name, level.with), level.with)} and ${same(level.with, swappedColumn(name, level.with))})`
    default:
      return undefined
  }
}

/** What two values, `x` and `y`, must be for a level; undefined where numbers alone tell. */
export function alikeBy(level: Level): Part | undefined {
  switch (level.is) {
    case 'nickname':
      return sql`(x.value, y.value) in (select a, b from ${made('nickname')})`
    case 'jaro_winkler':
      return sql`${call('jaro_winkler', sql`x.value`, sql`y.value`)} >= ${value(level.at_least, 'number')}`
    case 'edits':
      return withinEdits(level.at_most)
    case 'day_and_month_swapped':
      return sql`(substr(x.value, 1, 4) || substr(x.value, 8, 3) || substr(x.value, 5, 3) = y.value)`
    case 'within_days':
      return sql`abs(${call('days_between', tryCast(sql`x.value`, 'date'), tryCast(sql`y.value`, 'date'))}) <= ${value(level.days)}`
    default:
      return undefined
  }
}

// Counting swapped neighbours as one edit is dear, so it is left to values that can still come out: a swap is two plain edits.
const withinEdits = (
  most: number,
): Part => sql`(abs(length(x.value) - length(y.value)) <= ${value(most)}
  and ${call('levenshtein', sql`x.value`, sql`y.value`)} <= ${value(2 * most)}
  and ${call('damerau_levenshtein', sql`x.value`, sql`y.value`)} <= ${value(most)})`

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
