import { expect, test } from 'vitest'
import { made, makeAll, placed, sql, value } from '#engine'
import { memoryEngine } from '#engine/testing'
import { sampleSteps } from './sample.ts'
import { benchOf } from './testing/people.ts'

const engine = await memoryEngine()

/** Pairs of records of which the first `large` are in one space, the others in another. */
const drawn = (records: number, large: number, pairs: number) =>
  engine.staged(
    sql`select cast(i as integer) as n, case when i < ${value(large)} then 1 else 2 end as space, i % 7 as code
      from range(${value(records)}) t(i)`,
    (coded) =>
      makeAll(
        benchOf(engine),
        sampleSteps(records, ['code'], { seed: 'a', pairs }),
        new Map([['comparable', coded]]),
        async (where) => {
          const query = sql`select "left" as a, "right" as b from ${made('random')} order by 1, 2`
          const rows = await engine.rows(placed(query, where))
          return rows.map((row) => [Number(row['a']), Number(row['b'])] as const)
        },
      ),
  )

test.each([
  [9, 9],
  [10, 10],
  [11, 6],
])('with few records, all pairs of a space, each once: %i records', async (records, large) => {
  const all = Array.from({ length: records }, (_, a) => a).flatMap((a) =>
    Array.from({ length: records }, (_, b) => b).flatMap((b) =>
      a < b && a < large === b < large ? [[a, b]] : [],
    ),
  )
  expect(await drawn(records, large, 1000)).toEqual(all)
})

test('with many, about as many as asked for, the same every time, and no record more often', async () => {
  const pairs = await drawn(500, 500, 2000)
  expect(pairs).toHaveLength(2000)
  expect(new Set(pairs.map(String)).size).toBe(2000)
  expect(await drawn(500, 500, 2000)).toEqual(pairs)
  const often = Map.groupBy(pairs.flat(), (n) => n)
  expect([...often.values()].every((of) => of.length === 8)).toBe(true)
})

test('of more records than pairs are asked for, some stand beside their neighbours, nobody twice', async () => {
  const pairs = await drawn(1000, 1000, 200)
  expect(pairs).toHaveLength(200)
  expect(new Set(pairs.flat()).size).toBe(400)
})
