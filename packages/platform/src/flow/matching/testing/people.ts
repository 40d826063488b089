import { column, type Engine, join, sql, table, value, type Workbench } from '#engine'
import type { Records } from '../records.ts'

export type Person = Readonly<Record<string, string | null>>

/** Puts people into a table of records, numbered as they come, unless `n` says otherwise. */
export async function recordsOf(
  engine: Engine,
  name: string,
  people: readonly Person[],
  numbers: readonly number[] = people.map((_, i) => i),
): Promise<Records> {
  const columns = Object.keys(people[0] ?? {}).filter((key) => key !== 'space' && key !== 'entity')
  const lines = people.map((of, i) =>
    [
      numbers[i],
      of['space'] ?? 'main',
      of['entity'] ?? '',
      ...columns.map((key) => of[key] ?? ''),
    ].join('\t'),
  )
  const cells = ['space', 'entity', ...columns].map(
    (key, i) => sql`nullif(cells[${value(i + 2)}], '') as ${column(key)}`,
  )
  await engine.change('people', (writer) =>
    writer.run(sql`create or replace table ${table('lake', name)} as
      select cast(cells[1] as integer) as n, ${join(cells)} from (
        select string_split(unnest(string_split(${value(lines.join('\n'))}, chr(10))), chr(9)) as cells) t`),
  )
  return { table: table('lake', name), columns }
}

/** A bench for tests: no clock, nobody who waits. */
export const benchOf = (engine: Engine): Workbench => ({
  engine,
  ask: { lane: 'heavy' },
  now: () => new Date(0),
  timings: [],
})

/** Numbers between 0 and 1 that follow from a seed. */
export function dice(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1664525 + 1013904223) % 4294967296
    return state / 4294967296
  }
}

const firsts =
  'anna ben clara david eva felix greta hans ida jonas katja lukas maria niels olga paul rosa simon tina william'
const lasts =
  'abel bauer conrad dietz ebert fischer graf hahn ihde jung krause lang meyer neumann otto peters quandt richter schmidt tiedemann ulrich vogel weber young ziegler'

/** Persons, about a third of them twice with errors; `entity` says who is who. */
export function madePeople(count: number, seed: number): readonly Person[] {
  const roll = dice(seed)
  const of = (words: readonly string[]) => words[Math.floor(roll() * words.length)] ?? ''
  const digits = (length: number) => Array.from({ length }, () => Math.floor(roll() * 10)).join('')
  const two = (most: number) => String(1 + Math.floor(roll() * most)).padStart(2, '0')
  return Array.from({ length: count }, (_, i) => {
    const person = {
      entity: `e${i}`,
      first_name: of(firsts.split(' ')),
      last_name: `${of(lasts.split(' '))}${of(['', '', 'mann', 'er', 's'])}`,
      birth_date: `19${two(90).slice(-2)}-${two(12)}-${two(28)}`,
      postal_code: digits(3),
      phone: digits(8),
    }
    return roll() < 0.35 ? [person, spoiled(person, roll)] : [person]
  }).flat()
}

function spoiled(person: Person, roll: () => number): Person {
  const typo = (text: string) => {
    const at = Math.floor(roll() * (text.length - 1))
    return `${text.slice(0, at)}${text[at + 1]}${text[at]}${text.slice(at + 2)}`
  }
  const spoil = (text: string | null | undefined): string | null => {
    const fate = roll()
    if (text === null || text === undefined || fate < 0.1) return null
    return fate < 0.25 ? typo(text) : text
  }
  return Object.fromEntries(
    Object.entries(person).map(([key, text]) => [key, key === 'entity' ? text : spoil(text)]),
  )
}

/** The same where up to four live under one roof, with its last name, telephone, street and postal code. */
export function madeHouseholds(count: number, seed: number): readonly Person[] {
  const roll = dice(seed)
  const digits = (length: number) => Array.from({ length }, () => Math.floor(roll() * 10)).join('')
  return Array.from({ length: count }, (_, home) => {
    const size = 1 + Math.floor(roll() * 4)
    const street = `${1 + Math.floor(roll() * 90)} ${digits(3)} street`
    const [postal_code, phone] = [digits(5), digits(8)]
    const members = madePeople(size, seed * 1000 + home)
    const last_name = `${members[0]?.['last_name']}${String.fromCharCode(97 + (home % 26))}`
    return members.map((of) => ({
      ...of,
      entity: `${home} ${of['entity']}`,
      last_name: of['last_name'] ? last_name : null,
      phone: of['phone'] ? phone : null,
      postal_code: of['postal_code'] ? postal_code : null,
      street,
    }))
  }).flat()
}
