import { describe, expect, test } from 'vitest'
import { join, printSteps, sql, type TableName, table, value } from '#engine'
import { memoryEngine } from '#engine/testing'
import { read } from '#kernel/read.ts'
import { learnedSchema, type MatchingSettings, matchingSettings } from './definition.ts'
import { doubtsAbout } from './doubts.ts'
import {
  countBlocks,
  type Matching,
  matchingSteps,
  withBlockKeys,
  withMatching,
  withModel,
} from './matching.ts'
import { digitsOfPattern } from './patterns.ts'
import { proposeSettings } from './propose.ts'
import type { Beside } from './records.ts'
import { benchOf, dice, madePeople, type Person, recordsOf } from './testing/people.ts'

const engine = await memoryEngine()
const bench = benchOf(engine)

const settings: MatchingSettings = {
  comparisons: [
    {
      column: 'first_name',
      levels: [
        { is: 'exact' },
        { is: 'swapped', with: 'last_name' },
        { is: 'nickname' },
        { is: 'jaro_winkler', at_least: 0.88 },
      ],
      frequencies: true,
    },
    { column: 'last_name', levels: [{ is: 'exact' }, { is: 'jaro_winkler', at_least: 0.88 }] },
    {
      column: 'birth_date',
      levels: [
        { is: 'exact' },
        { is: 'day_and_month_swapped' },
        { is: 'edits', at_most: 1 },
        { is: 'within_days', days: 31 },
      ],
    },
    { column: 'phone', levels: [{ is: 'exact' }, { is: 'edits', at_most: 1 }] },
  ],
  blocks: [
    { key: 'phone', all: [{ column: 'phone' }] },
    { key: 'names', all: [{ column: 'first_name' }, { column: 'last_name' }] },
    { key: 'birth', all: [{ column: 'birth_date', portion: { first: 7 } }] },
    {
      key: 'sound',
      all: [{ column: 'last_name', portion: { sound: true } }, { column: 'postal_code' }],
    },
  ],
}

const few = { pairs: 20_000 }

const using = async <T>(
  people: readonly Person[],
  use: (matching: Matching) => Promise<T>,
  numbers?: readonly number[],
) => withMatching(bench, await recordsOf(engine, 'people', people, numbers), settings, use)

const pairsOf = (matching: Matching, learned: Awaited<ReturnType<Matching['learn']>>) =>
  matching.scored(learned, 0, (pairs) =>
    engine.rows(sql`select "left", "right", rule, weight, pattern from ${pairs} order by 1, 2`),
  )

const person = (of: Partial<Record<string, string>>): Person => ({
  first_name: null,
  last_name: null,
  birth_date: null,
  phone: null,
  postal_code: null,
  ...of,
})

describe('levels', () => {
  const ann = { first_name: 'ann', last_name: 'smith', birth_date: '1980-02-09', phone: '123456' }
  const base = {
    first_name: 'william',
    last_name: 'smith',
    birth_date: '1980-02-09',
    phone: '123456',
  }
  test.each([
    ['all the same', base, base, [1, 1, 1, 1]],
    ['a nickname', base, { ...base, first_name: 'bill' }, [3, 1, 1, 1]],
    [
      'first and last name swapped',
      base,
      { ...base, first_name: 'smith', last_name: 'william' },
      [2, 3, 1, 1],
    ],
    ['a name with an error', base, { ...base, first_name: 'willam' }, [4, 1, 1, 1]],
    ['another name', base, ann, [5, 1, 1, 1]],
    ['day and month swapped', base, { ...base, birth_date: '1980-09-02' }, [1, 1, 2, 1]],
    ['two digits swapped', base, { ...base, birth_date: '1980-02-90' }, [1, 1, 3, 1]],
    ['some days later', base, { ...base, birth_date: '1980-03-01' }, [1, 1, 4, 1]],
    ['another year', base, { ...base, birth_date: '1955-11-27' }, [1, 1, 5, 1]],
    ['swapped neighbours are one edit', base, { ...base, phone: '132456' }, [1, 1, 1, 2]],
    ['two edits', base, { ...base, phone: '132465' }, [1, 1, 1, 3]],
    ['nothing to compare', base, { ...base, birth_date: undefined }, [1, 1, 0, 1]],
  ])('%s', async (_, left, right, expected) => {
    const people = [person(left), person(right as Record<string, string>), person({})]
    const learned = {
      prior: 0.5,
      matches: 0,
      rounds: 0,
      converged: true,
      log_likelihood: [],
      frequencies: {},
      left_out: {},
      comparisons: settings.comparisons.map(({ levels }) => ({
        m: [...levels.map(() => 0.5), 0.5],
        u: [...levels.map(() => 0.5), 0.5],
      })),
    }
    const found = await using(people, (matching) => pairsOf(matching, learned))
    expect(found).toHaveLength(1)
    expect(digitsOfPattern(settings, Number(found[0]?.['pattern']))).toEqual(expected)
  })
})

test('a pair is made once, by the first rule that makes it, and only within a space', async () => {
  const people = [
    ...madePeople(60, 3),
    ...madePeople(20, 3).map((of) => ({ ...of, space: 'other' })),
  ]
  await using(people, async (matching) => {
    const found = await pairsOf(matching, await matching.learn(few))
    const keys = found.map((row) => `${row['left']} ${row['right']}`)
    expect(new Set(keys).size).toBe(keys.length)
    expect(matching.candidates).toBe(keys.length)
    const expected = people.flatMap((a, i) =>
      people.flatMap((b, j) =>
        i < j && firstRule(a, b) >= 0 ? [`${i} ${j} ${firstRule(a, b)}`] : [],
      ),
    )
    const known = found.filter((row) => row['rule'] !== 3)
    expect(known.map((row) => `${row['left']} ${row['right']} ${row['rule']}`)).toEqual(expected)
  })
})

/** The first of the rules that are equality alone, the slow way. */
function firstRule(a: Person, b: Person): number {
  const same = (key: string, of = (text: string) => text) =>
    a[key] != null && b[key] != null && of(a[key]) === of(b[key])
  if ((a['space'] ?? 'main') !== (b['space'] ?? 'main')) return -1
  if (same('phone')) return 0
  if (same('first_name') && same('last_name')) return 1
  return same('birth_date', (text) => text.slice(0, 7)) ? 2 : -1
}

test('weights do not depend on the order of the records', async () => {
  const people = madePeople(150, 5)
  const roll = dice(11)
  const numbers = people.map((_, i) => ({ i, by: roll() })).sort((a, b) => a.by - b.by)
  const place = new Map(numbers.map(({ i }, n) => [i, n]))
  const weigh = (of: readonly number[]) =>
    using(
      people,
      async (matching) => {
        const found = await pairsOf(matching, await matching.learn({ pairs: 3000 }))
        const original = new Map(of.map((n, i) => [n, i]))
        return new Map(
          found.map((row) => {
            const pair = [original.get(Number(row['left'])), original.get(Number(row['right']))]
            return [pair.sort((a, b) => (a ?? 0) - (b ?? 0)).join(' '), Number(row['weight'])]
          }),
        )
      },
      of,
    )
  const [once, again] = [
    await weigh(people.map((_, i) => i)),
    await weigh(people.map((_, i) => place.get(i) ?? -1)),
  ]
  expect([...again.keys()].sort()).toEqual([...once.keys()].sort())
  for (const [pair, weight] of once) expect(again.get(pair)).toBeCloseTo(weight, 9)
})

test('finds who is who, and says how well', async () => {
  const people = madePeople(500, 7)
  await using(people, async (matching) => {
    const learned = await matching.learn(few)
    expect(learned.converged).toBe(true)
    const truth = table('lake', 'people')
    const { best, true_pairs } = await matching.measure(learned, truth)
    expect(true_pairs).toBe(people.length - 500)
    expect(best?.precision).toBeGreaterThan(0.97)
    expect(best?.recall).toBeGreaterThan(0.93)
    expect(doubtsAbout(learned, settings)).toEqual([])
    const labels = sql`select a.n as "left", b.n as "right", true as is_match from ${truth} a
      join ${truth} b on a.entity = b.entity and a.n < b.n where a.n % 2 = 0`
    const judged = await engine.staged(labels, (of) => matching.learnFrom(of, few))
    expect((await matching.measure(judged, truth)).best?.f1).toBeGreaterThan(0.95)
  })
})

test('explains a pair: its parts make its weight, its values are masked', async () => {
  const people = madePeople(200, 9)
  await using(people, async (matching) => {
    const learned = await matching.learn(few)
    const row = (await pairsOf(matching, learned)).find(
      (of) => digitsOfPattern(settings, Number(of['pattern']))[0] === 1,
    )
    const told = await matching.explain(learned, Number(row?.['left']), Number(row?.['right']))
    expect(told.weight).toBeCloseTo(Number(row?.['weight']), 6)
    expect(told.falls.map((fall) => fall.column)).toEqual(
      settings.comparisons.map((of) => of.column),
    )
    expect(told.falls[0]?.left[0]).toMatch(/^[a-z]\*\*\*$/)
    expect(told.falls[0]?.frequency).not.toBe(0)
    await expect(matching.explain(learned, 1, 99_999)).rejects.toMatchObject({
      code: 'matching.unknown_pair',
    })
  })
})

test('a rare value counts more than a common one', async () => {
  const common = Array.from({ length: 40 }, () => person({ first_name: 'maria', phone: '1' }))
  const people = [...common, ...[1, 2].map(() => person({ first_name: 'xanthippe', phone: '1' }))]
  await using(people, async (matching) => {
    const learned = await matching.learn(few)
    const [frequent, rare] = [
      await matching.explain(learned, 0, 1),
      await matching.explain(learned, 40, 41),
    ]
    // 42 records, of whom 40 are called Maria: log2 of the usual frequency over that of the name.
    const usual = (40 ** 2 + 2 ** 2) / 42
    expect(frequent.falls[0]?.frequency).toBeCloseTo(Math.log2(usual / 40))
    expect(rare.falls[0]?.frequency).toBeCloseTo(Math.log2(usual / 2))
  })
})

test('blocks that are too large are reported and make no pair', async () => {
  const people = Array.from({ length: 30 }, (_, i) =>
    person({ phone: i < 20 ? '030 123' : `p${i % 5}` }),
  )
  const records = await recordsOf(engine, 'crowd', people)
  const narrow = { ...settings, largest_block: 10 }
  const [report] = await countBlocks(bench, records, narrow)
  expect(report).toEqual({
    rule: 'phone',
    blocks: 5,
    pairs: 5,
    largest: 20,
    left_out: {
      blocks: 1,
      records: 20,
      pairs: 190,
      examples: [{ value: '0*** 1***', records: 20 }],
    },
  })
  expect(await withMatching(bench, records, narrow, async ({ candidates }) => candidates)).toBe(5)
})

test('lists of identifiers are compared by the best that two records share', async () => {
  const people = ['a', 'b', 'c', 'd'].map((first_name) => person({ first_name, phone: '1' }))
  const records = await recordsOf(engine, 'listed', people)
  const emails = sql`select * from (values (0, 'x@y.com'), (0, 'old@y.com'), (1, 'x@y.com'), (1, 'z@y.com'), (2, 'olt@y.com')) t(n, value)`
  const lists: MatchingSettings = {
    comparisons: [{ column: 'email', levels: [{ is: 'exact' }, { is: 'edits', at_most: 1 }] }],
    blocks: [
      { key: 'email', all: [{ column: 'email' }] },
      { key: 'phone', all: [{ column: 'phone' }] },
    ],
  }
  const found = await engine.staged(emails, (email) =>
    withMatching(bench, { ...records, lists: { email } }, lists, async (matching) => {
      const told = await pairsOf(matching, await matching.learn(few))
      return told.map((row) => [row['left'], row['right'], row['rule'], row['pattern']])
    }),
  )
  expect(found).toEqual([
    [0, 1, 0, 1],
    [0, 2, 1, 2],
    [0, 3, 1, 0],
    [1, 2, 1, 3],
    [1, 3, 1, 0],
    [2, 3, 1, 0],
  ])
})

test('of the values that two records share in a list, the rarest counts as often as it is', async () => {
  // Six share a mailbox, two of them an address of their own as well, two others another, and three have one alone.
  const held: readonly (readonly [number, string])[] = [
    ...[0, 1, 2, 3, 4, 5].map((n) => [n, 'info@y.com'] as const),
    [0, 'ada@y.com'],
    [1, 'ada@y.com'],
    [6, 'bob@y.com'],
    [7, 'bob@y.com'],
    ...[2, 6, 8].map((n) => [n, `only${n}@y.com`] as const),
  ]
  const people = Array.from({ length: 9 }, (_, i) =>
    person({ first_name: i % 2 ? 'ann' : 'eve', postal_code: `${i}`, phone: '1' }),
  )
  const records = await recordsOf(engine, 'mailboxes', people)
  const lists: MatchingSettings = {
    comparisons: [
      { column: 'first_name', levels: [{ is: 'exact' }], frequencies: true },
      {
        column: 'email',
        levels: [{ is: 'exact' }, { is: 'edits', at_most: 1 }],
        frequencies: true,
      },
    ],
    blocks: [{ key: 'phone', all: [{ column: 'phone' }] }],
  }
  const rows = held.map(([n, email]) => sql`(${value(n)}, ${value(email)})`)
  await engine.staged(sql`select * from (values ${join(rows)}) t(n, value)`, (email) =>
    withMatching(bench, { ...records, lists: { email } }, lists, async (matching) => {
      const learned = await matching.learn(few)
      // Whoever meets somebody at a value meets, on average, as many as the sizes weighed by themselves say.
      const usual = (6 * 6 + 2 * 2 + 2 * 2 + 3) / (6 + 2 + 2 + 3)
      const frequencyOf = async (left: number, right: number) =>
        (await matching.explain(learned, left, right)).falls[1]?.frequency
      expect(await frequencyOf(2, 3), 'the mailbox').toBeCloseTo(Math.log2(usual / 6), 9)
      expect(await frequencyOf(0, 1), 'both, of which one is rarer').toBeCloseTo(
        Math.log2(usual / 2),
        9,
      )
      expect(await frequencyOf(6, 7), 'one that two have').toBeCloseTo(Math.log2(usual / 2), 9)
      expect(await frequencyOf(2, 8), 'none').toBe(0)
      const found = await pairsOf(matching, learned)
      expect(found).toHaveLength(36)
      const told = await matching.explain(learned, 0, 1)
      const [weighed] = found.filter(({ left, right }) => left === 0 && right === 1)
      expect(weighed?.['weight'], 'as a waterfall has it').toBeCloseTo(told.weight, 9)
    }),
  )
})

test('settings that do not fit the records are refused, all at once', async () => {
  const records = await recordsOf(engine, 'people', madePeople(10, 1))
  const wrong: MatchingSettings = {
    comparisons: [
      { column: 'fist_name', levels: [{ is: 'exact' }] },
      { column: 'phone', levels: [{ is: 'exact' }] },
      { column: 'phone', levels: [{ is: 'exact' }] },
    ],
    blocks: [{ key: 'x', all: [{ column: 'nowhere' }] }],
  }
  await expect(withMatching(bench, records, wrong, async () => 1)).rejects.toMatchObject({
    problems: [
      { code: 'matching.unknown_column', at: 'comparisons[0].column' },
      { code: 'matching.compared_twice', at: 'comparisons[2].column' },
      { code: 'matching.unknown_column', at: 'blocks[0].all[0].column' },
    ],
  })
})

test('records without duplicates give no matches, and a doubt', async () => {
  const seen = new Set<unknown>()
  const people = madePeople(400, 21).filter(({ entity }) => !seen.has(entity) && seen.add(entity))
  await using(people, async (matching) => {
    const learned = await matching.learn(few)
    const found = await matching.scored(learned, 0.5, (pairs) =>
      engine.rows(sql`select count(*) as pairs from ${pairs}`),
    )
    expect(found[0]?.['pairs']).toBeLessThan(4)
    expect(doubtsAbout(learned, settings)[0]).toMatch(
      /^only about \d+ candidates look like matches/,
    )
  })
})

describe('a learned model is whole', () => {
  const crowd = Array.from({ length: 30 }, (_, i) =>
    person({ first_name: `crowd${i}`, phone: '0800' }),
  )
  const narrow = { ...settings, largest_block: 20 }
  const weighed = (rows: Awaited<ReturnType<typeof pairsOf>>) =>
    new Map(rows.map((row) => [`${row['left']} ${row['right']}`, Number(row['weight'])]))

  test('kept as JSON, it weighs as it did, whatever other records there are', async () => {
    const people = [...madePeople(400, 17), ...crowd]
    const records = await recordsOf(engine, 'all_people', people)
    const [learned, before] = await withMatching(bench, records, narrow, async (matching) => {
      const found = await matching.learn(few)
      return [found, weighed(await pairsOf(matching, found))] as const
    })
    const kept = read(learnedSchema, JSON.parse(JSON.stringify(learned)))
    expect(kept).toEqual(learned)
    expect(Object.keys(kept.left_out)).toEqual(['phone'])
    const again = (of: typeof records) =>
      withModel(bench, of, { settings: narrow, learned: kept }, async (matching) =>
        weighed(await pairsOf(matching, kept)),
      )
    expect(await again(records)).toEqual(before)
    const some = people.flatMap((of, n) => (n % 3 === 0 ? [] : [{ of, n }]))
    const part = await again(
      await recordsOf(
        engine,
        'some_people',
        some.map(({ of }) => of),
        some.map(({ n }) => n),
      ),
    )
    const numbers = new Set(some.map(({ n }) => String(n)))
    const within = [...before].filter(([pair]) => pair.split(' ').every((n) => numbers.has(n)))
    expect(within.length).toBeGreaterThan(100)
    expect(part).toEqual(new Map(within))
  })

  test('some of the records make the pairs that they make among all, told who else is in their blocks', async () => {
    const people = [...madePeople(300, 23), ...crowd]
    const records = await recordsOf(engine, 'all_people', people)
    const keysIn = async (keys: TableName) =>
      engine.rows(sql`select n, rule, key from ${keys} order by 1, 2, 3`)
    const { before, learned, keys } = await withMatching(
      bench,
      records,
      narrow,
      async (matching) => {
        const learned = await matching.learn(few)
        const before = weighed(await pairsOf(matching, learned))
        return { learned, before, keys: await matching.keys(keysIn) }
      },
    )
    expect(await withBlockKeys(bench, records, narrow, keysIn)).toEqual(keys)
    const isThere = (n: number) => n % 3 > 0
    const isFresh = (n: number) => isThere(n) && n % 5 === 0
    const numbers = people.flatMap((_, n) => (isThere(n) ? [n] : []))
    const some = await recordsOf(
      engine,
      'some_people',
      numbers.map((n) => people[n] ?? person({})),
      numbers,
    )
    const elsewhere = keys.filter(({ n }) => !isThere(Number(n)))
    const counted = [...Map.groupBy(elsewhere, ({ key }) => String(key))].map(
      ([key, of]) => sql`(${value(BigInt(key))}, ${value(of.length)})`,
    )
    const fresh = numbers.filter(isFresh).map((n) => sql`(${value(n)})`)
    const found = await engine.staged(
      sql`select * from (values ${join(counted)}) v(key, size)`,
      (others) =>
        engine.staged(sql`select * from (values ${join(fresh)}) v(n)`, async (fresh) => {
          const pairs = (beside: Beside) =>
            withModel(bench, { ...some, beside }, { settings: narrow, learned }, async (matching) =>
              weighed(await pairsOf(matching, learned)),
            )
          return { all: await pairs({ others }), fresh: await pairs({ others, fresh }) }
        }),
    )
    const among = (isWanted: (a: number, b: number) => boolean) =>
      new Map(
        [...before].filter(([pair]) => {
          const [a = 0, b = 0] = pair.split(' ').map(Number)
          return isThere(a) && isThere(b) && isWanted(a, b)
        }),
      )
    expect(found.all).toEqual(among(() => true))
    expect(found.fresh).toEqual(among((a, b) => isFresh(a) || isFresh(b)))
    expect(found.fresh.size).toBeGreaterThan(20)
    // The crowd is small enough by itself.
    const alone = await withModel(
      bench,
      some,
      { settings: narrow, learned: { ...learned, left_out: {} } },
      async (of) => of.candidates,
    )
    expect(alone).toBeGreaterThan(found.all.size)
  })

  test('nobody reads a value from it', async () => {
    const people = [...madePeople(200, 19), ...crowd]
    const records = await recordsOf(engine, 'read_people', people)
    const learned = await withMatching(bench, records, narrow, ({ learn }) => learn(few))
    const text = JSON.stringify(learned)
    for (const of of people)
      for (const value of [of['first_name'], of['phone']])
        if (value) expect(text).not.toContain(`"${value}`)
    expect(Object.keys(learned.frequencies['first_name']?.known ?? {}).length).toBeGreaterThan(15)
  })

  test('a block that was too large stays out when it has shrunk, one that has grown is kept out as well', async () => {
    const before = await recordsOf(engine, 'before', [...madePeople(150, 23), ...crowd])
    const learned = await withMatching(bench, before, narrow, ({ learn }) => learn(few))
    const grown = Array.from({ length: 25 }, (_, i) =>
      person({ first_name: `grown${i}`, phone: '0900' }),
    )
    const shrunk = crowd.slice(0, 5)
    const after = await recordsOf(engine, 'after', [...shrunk, ...grown, ...crowd.slice(0, 1)])
    await withModel(bench, after, { settings: narrow, learned }, async (matching) => {
      const [phone] = matching.blocks
      expect(phone?.left_out.examples.map(({ records }) => records)).toEqual([25, 6])
      expect(phone?.pairs).toBe(0)
      expect(matching.candidates).toBe(0)
    })
  })

  test('a value that nobody had counts as the rarest', async () => {
    const records = await recordsOf(engine, 'known', madePeople(200, 25))
    const learned = await withMatching(bench, records, settings, ({ learn }) => learn(few))
    const strange = [0, 1].map(() => person({ first_name: 'zebulon', phone: '77' }))
    const told = await withModel(
      bench,
      await recordsOf(engine, 'strange', strange),
      { settings, learned },
      (matching) => matching.explain(learned, 0, 1),
    )
    const { known, rare } = learned.frequencies['first_name'] ?? { known: {}, rare: 0 }
    expect(told.falls[0]?.frequency).toBeCloseTo(rare)
    expect(rare).toBeGreaterThanOrEqual(Math.max(...Object.values(known)))
  })
})

describe('without settings', () => {
  test('chooses comparisons and blocks that find who is who', async () => {
    const records = await recordsOf(engine, 'people', madePeople(500, 13))
    const proposal = await proposeSettings(bench, records)
    expect(read(matchingSettings, proposal.settings)).toEqual(proposal.settings)
    expect(proposal.settings.comparisons.map((of) => of.column)).toEqual(records.columns)
    const best = await withMatching(bench, records, proposal.settings, async (matching) =>
      matching.measure(await matching.learn(), records.table),
    )
    expect(best.best?.f1).toBeGreaterThan(0.95)
  })

  test.each([
    ['too_few_records', madePeople(20, 1)],
    ['nothing_filled', Array.from({ length: 120 }, () => person({ phone: '1' }))],
    [
      'nothing_identifying',
      Array.from({ length: 120 }, (_, i) => person({ postal_code: `${i % 3}` })),
    ],
  ])('refuses: %s', async (code, people) => {
    const records = await recordsOf(engine, 'poor', people)
    await expect(proposeSettings(bench, records)).rejects.toMatchObject({
      code: `matching.${code}`,
    })
  })
})

test('the plan is data, and can be read', async () => {
  const records = await recordsOf(engine, 'people', madePeople(10, 1))
  const text = printSteps(matchingSteps(settings, records), engine.dialect)
  expect(text).toContain('-- pair: pairs of records that share a block, each once')
  for (const { says } of matchingSteps(settings, records)) expect(text).toContain(says)
})
