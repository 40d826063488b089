import { expect, test } from 'vitest'
import { sql, type TableName, table } from '#engine'
import { memoryEngine } from '#engine/testing'
import type { MatchingSettings } from './definition.ts'
import { weightOf } from './learn.ts'
import { type Matching, withMatching, withModel } from './matching.ts'
import { benchOf, madePeople, recordsOf } from './testing/people.ts'

const engine = await memoryEngine()
const bench = benchOf(engine)

const near = [
  { is: 'exact' as const },
  { is: 'jaro_winkler' as const, at_least: 0.95 },
  { is: 'jaro_winkler' as const, at_least: 0.85 },
]
const settings: MatchingSettings = {
  comparisons: [
    {
      column: 'phones',
      levels: [{ is: 'exact' }, { is: 'edits', at_most: 1 }],
      frequencies: true,
    },
    { column: 'email', levels: near, depends_on: ['first_name', 'last_name'] },
    { column: 'first_name', levels: near, frequencies: true },
    { column: 'last_name', levels: near, frequencies: true },
    // Nearness in front of equality cannot wait.
    { column: 'postal_code', levels: [{ is: 'jaro_winkler', at_least: 0.9 }, { is: 'exact' }] },
    { column: 'birth_date', levels: [{ is: 'exact' }, { is: 'edits', at_most: 1 }] },
  ],
  blocks: [
    { key: 'email', all: [{ column: 'email' }] },
    { key: 'birth_date', all: [{ column: 'birth_date', portion: { first: 7 } }] },
    { key: 'last_name', all: [{ column: 'last_name', portion: { first: 3 } }] },
  ],
}

const people = madePeople(500, 31).map((of) => ({
  ...of,
  email: of['first_name'] && of['last_name'] ? `${of['first_name']}.${of['last_name']}@x` : null,
}))

const weighing = (matching: Matching, least: number, learned: Parameters<Matching['scored']>[0]) =>
  matching.scored(learned, least, (pairs: TableName) =>
    engine.rows(sql`select "left", "right", rule, weight, pattern from ${pairs} order by 1, 2`),
  )

test('what the sieve lets through weighs what it weighs without it, and nothing is missing', async () => {
  const single = await recordsOf(engine, 'people', people)
  await engine.change('phones', (writer) =>
    writer.run(sql`create or replace table ${table('lake', 'phones')} as
      select n, phone as value from ${single.table} where phone is not null
      union all select n, '0800' || n % 3 from ${single.table} where n % 7 < 3`),
  )
  const records = { ...single, lists: { phones: table('lake', 'phones') } }
  const { learned, all } = await withMatching(bench, records, settings, async (matching) => {
    const found = await matching.learn({ pairs: 20_000 })
    return { learned: found, all: await weighing(matching, 0, found) }
  })
  expect(learned.comparisons[1]?.given?.of).toEqual([2, 3])
  const seen = bench.timings.length
  await withModel(bench, records, { settings, learned }, async (matching) => {
    expect(matching.candidates).toBe(all.length)
    for (const least of [1e-6, 0.03, 0.5, 0.999]) {
      const heavy = all.filter((row) => Number(row['weight']) >= weightOf(least))
      expect(heavy.length).toBeGreaterThan(50)
      expect(heavy.length).toBeLessThan(all.length)
      expect(await weighing(matching, least, learned)).toEqual(heavy)
    }
    expect(bench.timings.slice(seen).map(({ step }) => step)).not.toContain('pattern_pair')
    expect(await weighing(matching, 0, learned)).toEqual(all)
  })
}, 60_000)
