import { as, call, column, type Part, type Step, sql, value } from '#engine'
import { nicknamePairs } from '#matching'
import { spelled } from './fuzzy.ts'

const half = (n: number): Part =>
  spelled.first_name(call('split_part', sql`pair`, value(' '), value(n)))

/** First names that mean the same person, spelled like the values they are compared with: `a`, `b`, both ways round. */
export const shortNameStep: Step = {
  name: 'short_name',
  says: 'first names that mean the same person',
  query: sql`select distinct ${as(half(1), column('a'))}, ${as(half(2), column('b'))}
    from (select ${call('unnest', call('split', value(nicknamePairs.join('\n')), value('\n')))} as pair) p`,
}
