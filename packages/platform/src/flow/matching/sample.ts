import { call, cast, column, join, made, type Step, sql, value } from '#engine'
import { recordName } from './rows.ts'

/** How pairs are drawn. */
export interface Sampling {
  /** Another seed draws other pairs. */
  readonly seed: string
  /** About that many pairs are drawn. */
  readonly pairs: number
}

/**
 * Random pairs, drawn by shuffling the records once and laying the circle beside itself, turned by one, two, three: every
 * record of a space is in as many pairs as any other, and with few records these are all pairs there are. Of more records
 * than pairs are wanted, every second, third and so on of the circle stands beside its neighbour. Records are shuffled by
 * what they hold, so that their order does not matter; equal records by how many there are before them.
 */
export function sampleSteps(
  records: number,
  columns: readonly string[],
  { seed, pairs }: Sampling,
): readonly Step[] {
  const most = Math.floor(records / 2)
  const turns = Math.max(1, Math.min(most, Math.ceil(pairs / records)))
  const numbers = Array.from({ length: turns }, (_, i) => i + 1).join(' ')
  const part = Math.max(1, Math.floor(records / pairs))
  const held = join(
    ['space', ...columns].map((name) => sql`coalesce(${cast(column(name), 'text')}, '')`),
    sql` || ' ' || `,
  )
  const turn = cast(sql`turn`, 'integer')
  return [
    {
      name: 'shuffled',
      says: 'the records in an order that follows from what they hold',
      query: sql`select n, space, count(*) over (partition by space) as size, row_number() over (partition by space
          order by case when copy = 1 then lot else ${call('key64', sql`${cast(sql`lot`, 'text')} || ' ' || ${cast(sql`copy`, 'text')}`)} end, n) - 1 as place
        from (select n, space, lot, row_number() over (partition by lot order by n) as copy
          from (select n, space, ${call('key64', sql`${value(`${seed} `)} || ${held}`)} as lot from ${made(recordName)}) of_all) copies`,
    },
    {
      name: 'random',
      says: 'random pairs, to see how often strangers agree',
      query: sql`select least(a.n, b.n) as ${column('left')}, greatest(a.n, b.n) as ${column('right')}, -1 as rule
        from (select n, space, mod(place + turn, size) as other from ${made('shuffled')},
          (select ${turn} as turn from (select ${call('unnest', call('split', value(numbers), value(' ')))} as turn) t) turned
          where mod(place, ${value(part)}) = 0 and (2 * turn < size or (2 * turn = size and place < turn))) a
        join ${made('shuffled')} b on b.place = a.other and b.space = a.space`,
    },
  ]
}
