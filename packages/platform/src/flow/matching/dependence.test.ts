import { expect, test } from 'vitest'
import { column, sql, table } from '#engine'
import { memoryEngine } from '#engine/testing'
import type { Learned, MatchingSettings } from './definition.ts'
import { withMatching } from './matching.ts'
import { proposeSettings } from './propose.ts'
import {
  benchOf,
  dice,
  madeHouseholds,
  madePeople,
  type Person,
  recordsOf,
} from './testing/people.ts'

const settings: MatchingSettings = {
  comparisons: [
    { column: 'first_name', levels: [{ is: 'exact' }, { is: 'jaro_winkler', at_least: 0.9 }] },
    { column: 'last_name', levels: [{ is: 'exact' }, { is: 'jaro_winkler', at_least: 0.9 }] },
    { column: 'birth_date', levels: [{ is: 'exact' }, { is: 'edits', at_most: 1 }] },
    { column: 'phone', levels: [{ is: 'exact' }, { is: 'edits', at_most: 1 }] },
    {
      column: 'email',
      levels: [{ is: 'exact' }, { is: 'same_portion', of: { before: '@' } }],
    },
  ],
  blocks: [
    { key: 'names', all: [{ column: 'first_name' }, { column: 'last_name' }] },
    { key: 'email', all: [{ column: 'email' }] },
    { key: 'phone', all: [{ column: 'phone' }] },
  ],
}

/** People with an address, the same for all records of one. */
function people(emailOf: (of: Person, roll: () => number) => string): readonly Person[] {
  const roll = dice(11)
  const known = new Map<string, string>()
  return madePeople(2500, 7).map((of) => {
    const entity = of['entity'] ?? ''
    const email = known.get(entity) ?? emailOf(of, roll)
    known.set(entity, email)
    return { ...of, email }
  })
}

const madeOfNames = () =>
  people(
    (of, roll) => `${of['first_name']}.${of['last_name']}@mail${Math.floor(roll() * 2)}.example`,
  )
const ofAnything = () =>
  people((_, roll) => `${Math.floor(roll() * 1e9).toString(36)}@mail.example`)

interface Outcome {
  readonly learned: Learned
  readonly precision: number
  readonly recall: number
}

async function outcome(all: readonly Person[], by = settings): Promise<Outcome> {
  const bench = benchOf(await memoryEngine())
  const records = await recordsOf(bench.engine, 'dependent', all)
  return withMatching(bench, records, by, async (matching) => {
    const learned = await matching.learn()
    const rows = await matching.scored(learned, 0.9, (pairs) =>
      bench.engine.rows(sql`select "left", "right" from ${pairs}`),
    )
    const entity = (n: unknown) => all[Number(n)]?.['entity']
    const right = rows.filter((row) => entity(row['left']) === entity(row['right'])).length
    const groups = [...Map.groupBy(all, (of) => of['entity']).values()]
    const pairs = groups.filter(({ length }) => length === 2).length
    return { learned, precision: right / rows.length, recall: right / pairs }
  })
}

const setTo = (depends_on: string[]): MatchingSettings => ({
  ...settings,
  comparisons: settings.comparisons.map((of) =>
    of.column === 'email' ? { ...of, depends_on } : of,
  ),
})

test('addresses made of names are found, and do not make strangers of one name the same', async () => {
  const all = madeOfNames()
  const found = await outcome(all)
  const { given } = found.learned.comparisons[4] ?? {}
  expect(given?.of).toEqual([0, 1])
  expect(given?.why).toMatch(/^\d+ % hold the (first|last)_name, \d+ % hold the (first|last)_name$/)
  // Among strangers of one name, most have the same address or one like it.
  const [same = 0, alike = 0, others = 1] = given?.shares.at(-1)?.u ?? []
  expect(same + alike).toBeGreaterThan(0.5)
  expect(others).toBeLessThan(0.5)
  const blind = await outcome(all, setTo([]))
  expect(blind.learned.comparisons[4]?.given).toBeUndefined()
  expect(found.precision).toBeGreaterThan(0.97)
  expect(found.precision).toBeGreaterThan(blind.precision + 0.1)
  expect(found.recall).toBeGreaterThan(0.85)
}, 60_000)

test('addresses of anything depend on nothing, unless that is said', async () => {
  const all = ofAnything()
  const { learned, precision } = await outcome(all)
  expect(learned.comparisons.map(({ given }) => given)).toEqual(
    settings.comparisons.map(() => undefined),
  )
  expect(precision).toBeGreaterThan(0.97)
  const told = await outcome(all, setTo(['last_name']))
  expect(told.learned.comparisons[4]?.given).toMatchObject({ of: [1], why: 'as it was set' })
}, 60_000)

test('a city follows from its area: who shares the area, shares the city, and that says nothing more', async () => {
  const roll = dice(5)
  const areas = new Map<string, number>()
  const all = madePeople(1500, 7).map((of) => {
    const entity = of['entity'] ?? ''
    const area = areas.get(entity) ?? Math.floor(roll() * 20)
    areas.set(entity, area)
    const city = roll() < 0.05 ? 'elsewhere' : `city ${Math.floor(area / 2)}`
    return { ...of, area: `area ${area}`, city }
  })
  const exact = (column: string) => ({ column, levels: [{ is: 'exact' as const }] })
  const others = settings.comparisons.filter(({ column }) => column !== 'email')
  const by = (depends?: string[]): MatchingSettings => ({
    comparisons: [
      ...others,
      exact('area'),
      { ...exact('city'), ...(depends ? { depends_on: depends } : {}) },
    ],
    blocks: settings.blocks.filter(({ key }) => key !== 'email'),
  })
  const { learned } = await outcome(all, by())
  const [area, city] = learned.comparisons.slice(-2)
  expect(area?.given).toBeUndefined()
  expect(city?.given?.of).toEqual([4])
  expect(city?.given?.why).toMatch(/^9\d % of those who share the area share the city$/)
  const ratio = (of: { m: number[]; u: number[] } | undefined) => (of?.m[0] ?? 0) / (of?.u[0] ?? 1)
  expect(ratio(city?.given?.shares.at(-1))).toBeLessThan(1.3)
  // Whose area nobody knows: a city is then worth what one in ten or so is, and not what it is beside another area.
  expect(ratio(city?.given?.unknown)).toBeGreaterThan(5)
  expect(ratio(city?.given?.unknown)).toBeLessThan(20)
  expect(ratio(city)).toBeGreaterThan(1.2 * ratio(city?.given?.unknown))
  const { learned: blind } = await outcome(all, by([]))
  expect(blind.comparisons.at(-1)?.given).toBeUndefined()
  expect(ratio(blind.comparisons.at(-1))).toBeGreaterThan(5)
}, 60_000)

/** What is found without settings, with some columns as lists, and what was taken to follow from others. */
async function unset(all: readonly Person[], lists: readonly string[] = []) {
  const bench = benchOf(await memoryEngine())
  const { engine } = bench
  const records = await recordsOf(engine, 'families', all)
  const tables = lists.map((name) => {
    const values = table('lake', `list_of_${name}`)
    return [name, values] as const
  })
  for (const [name, values] of tables)
    await engine.change('a list', (writer) =>
      writer.run(
        sql`create table ${values} as select n, ${column(name)} as value from ${records.table} where ${column(name)} is not null`,
      ),
    )
  const columns = records.columns.filter((name) => !lists.includes(name))
  const some = { ...records, columns, lists: Object.fromEntries(tables) }
  const { settings: proposed } = await proposeSettings(bench, some)
  return withMatching(bench, some, proposed, async (matching) => {
    const learned = await matching.learn()
    const rows = await matching.scored(learned, 0.9, (pairs) =>
      engine.rows(sql`select "left", "right" from ${pairs}`),
    )
    const entity = (n: unknown) => all[Number(n)]?.['entity']
    const right = rows.filter((row) => entity(row['left']) === entity(row['right'])).length
    const wanted = [...Map.groupBy(all, (of) => of['entity']).values()]
    const pairs = wanted.reduce((sum, { length }) => sum + (length * (length - 1)) / 2, 0)
    const follow = proposed.comparisons.flatMap((of, i) =>
      learned.comparisons[i]?.given ? [of.column] : [],
    )
    return { precision: right / rows.length, recall: right / pairs, follow: follow.toSorted() }
  })
}

test.each([
  ['one value each', []],
  ['lists of them', ['phone', 'street', 'postal_code']],
])(
  'who lives with others is not taken for them, though there are more such pairs than of one person: %s',
  async (_, lists) => {
    const found = await unset(madeHouseholds(900, 3), lists)
    expect(found.follow).toEqual(expect.arrayContaining(['street', 'postal_code']))
    expect(found.precision).toBeGreaterThan(0.9)
    expect(found.recall).toBeGreaterThan(0.7)
  },
  60_000,
)

test('days that are no birthdays are not a person’s own', async () => {
  const roll = dice(9)
  const families = madeHouseholds(900, 3).map((of) => ({
    ...of,
    signup_date: `2024-0${1 + Math.floor(roll() * 9)}-1${Math.floor(roll() * 9)}`,
  }))
  const found = await unset(families)
  expect(found.follow).toEqual(expect.arrayContaining(['street', 'postal_code']))
  expect(found.precision).toBeGreaterThan(0.9)
}, 60_000)

test('where nobody lives with others, nothing is taken to be shared', async () => {
  const { follow } = await unset(madePeople(1500, 5))
  expect(follow).toEqual([])
}, 60_000)

test('the weight that is told is the weight that counts, also where it depends on others', async () => {
  const all = madeOfNames()
  const bench = benchOf(await memoryEngine())
  const records = await recordsOf(bench.engine, 'dependent', all)
  await withMatching(bench, records, settings, async (matching) => {
    const learned = await matching.learn()
    const rows = await matching.scored(learned, 0, (pairs) =>
      bench.engine.rows(sql`select "left", "right", weight from ${pairs} order by 1, 2 limit 12`),
    )
    const given = new Set<string | undefined>()
    for (const row of rows) {
      const found = await matching.explain(learned, Number(row['left']), Number(row['right']))
      expect(found.weight).toBeCloseTo(Number(row['weight']), 6)
      given.add(found.falls[4]?.given)
    }
    expect(given).toContain('first_name and last_name equal')
  })
}, 60_000)

test('what would depend on itself, or on what is not compared, is refused', async () => {
  const bench = benchOf(await memoryEngine())
  const records = await recordsOf(bench.engine, 'dependent', madeOfNames().slice(0, 10))
  const turned = setTo(['first_name', 'street'])
  const comparisons = turned.comparisons.map((of) =>
    of.column === 'first_name' ? { ...of, depends_on: ['email'] } : of,
  )
  const asked = withMatching(bench, records, { ...turned, comparisons }, async () => undefined)
  await expect(asked).rejects.toMatchObject({
    problems: [
      { code: 'matching.depends_on_itself', at: 'comparisons[0].depends_on' },
      { code: 'matching.depends_on_itself', at: 'comparisons[4].depends_on' },
      { code: 'matching.not_compared', at: 'comparisons[4].depends_on' },
    ],
  })
})
