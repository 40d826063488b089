import { expect, test } from 'vitest'
import { memoryEngine } from '#engine/testing'
import { read } from '#kernel/read.ts'
import { kindOf } from './column-kinds.ts'
import { matchingSettings } from './definition.ts'
import { withMatching } from './matching.ts'
import { proposeSettings } from './propose.ts'
import { benchOf, madePeople, type Person, recordsOf } from './testing/people.ts'

test.each([
  ['first_name', 'first_name'],
  ['customer_first_name', 'first_name'],
  ['fname_c1', 'first_name'],
  ['given_name', 'first_name'],
  ['lname', 'last_name'],
  ['surname', 'last_name'],
  ['full_name', 'name'],
  ['first_and_surname', 'name'],
  ['name', 'name'],
  ['email2', 'email'],
  ['mobile_phone', 'phone'],
  ['date_of_birth', 'date'],
  ['birth_place', 'place'],
  ['address_1', 'street'],
  ['addr', 'street'],
  ['postcode_fake', 'postal_code'],
  ['street_number', 'text'],
  ['soc_sec_id', 'code'],
  ['by', 'text'],
])('a column called %s holds: %s', (name, kind) => {
  expect(kindOf(name)).toBe(kind)
})

/** The same people under names that say nothing, with their birthdays in three columns. */
const nameless = (people: readonly Person[]) =>
  people.map((of): Person => {
    const [year = null, month = null, day = null] = of['birth_date']?.split('-') ?? []
    return {
      entity: of['entity'] ?? null,
      c: of['first_name'] ?? null,
      e: of['last_name'] ?? null,
      y: year,
      m: month,
      d: day,
    }
  })

test('where names say nothing, values say what they are, and rules of several columns divide the records', async () => {
  const bench = benchOf(await memoryEngine())
  const records = await recordsOf(bench.engine, 'nameless', nameless(madePeople(2000, 13)))
  const { profile, settings, blocks } = await proposeSettings(bench, records)
  expect(profile.columns.map(({ column, kind }) => [column, kind])).toEqual([
    ['c', 'name'],
    ['e', 'name'],
    ['y', 'text'],
    ['m', 'text'],
    ['d', 'text'],
  ])
  expect(blocks.map(({ rule }) => rule).toSorted()).toEqual(
    settings.blocks.map(({ key }) => key).toSorted(),
  )
  // For an error in any column there is a rule that does not ask for it.
  for (const { column } of profile.columns)
    expect(settings.blocks.some(({ all }) => all.every((part) => part.column !== column))).toBe(
      true,
    )
  const found = await withMatching(bench, records, settings, async (matching) =>
    matching.measure(await matching.learn(), records.table),
  )
  expect(found.best?.f1).toBeGreaterThan(0.85)
})

test('names of rules are keys, however long those of columns are; a column that few have spares nobody else', async () => {
  const bench = benchOf(await memoryEngine())
  const long = (name: string) => `what_the_register_of_members_says_of_${name}`
  const people = nameless(madePeople(2000, 13)).map(
    ({ entity = null, ...of }, i): Person => ({
      entity,
      ...Object.fromEntries(Object.entries(of).map(([name, text]) => [long(name), text])),
      email: i % 10 === 0 ? `${entity}@mail.example` : null,
    }),
  )
  const records = await recordsOf(bench.engine, 'long', people)
  const { settings } = await proposeSettings(bench, records)
  expect(read(matchingSettings, settings)).toEqual(settings)
  const rules = settings.blocks.filter(({ all }) => all.every(({ column }) => column !== 'email'))
  expect(rules.length).toBeGreaterThan(3)
  expect(new Set(rules.map(({ key }) => key)).size).toBe(rules.length)
})

// The last sign is another one.
const varied = (text: string, i: number) =>
  text.replace(/.$/, (last) => (/\d/.test(last) ? `${i % 10}` : String.fromCharCode(97 + (i % 26))))

test.each([
  ['1984-02-29', 'date'],
  ['ada@mail.example', 'email'],
  ['4917012345', 'code'],
  ['NSW', 'text'],
  ['12', 'text'],
  ['12 long street', 'street'],
  ['Hauptstraße 12', 'street'],
  ['Ōsaka', 'name'],
])('values such as %s say: %s', async (example, kind) => {
  const bench = benchOf(await memoryEngine())
  const people = Array.from(
    { length: 150 },
    (_, i): Person => ({
      what: i % 15 === 0 ? '?' : varied(example, i),
      phone: `${i * 7919}`,
      email: `${i % 75}@mail.example`,
    }),
  )
  const records = await recordsOf(bench.engine, 'looks', people)
  const { profile } = await proposeSettings(bench, records)
  expect(profile.columns.find(({ column }) => column === 'what')?.kind).toBe(kind)
})
