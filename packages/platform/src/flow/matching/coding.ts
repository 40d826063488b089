import { as, call, cast, column, join, made, type Part, type Step, sql, value } from '#engine'
import { type MatchingSettings, type Portion, portionName } from './definition.ts'
import { isList, type Records } from './records.ts'

/** The step that numbers the values of a column. */
export const valuesName = (name: string): string => `value_${name}`

/** The step that holds the values of a list, by number. */
export const listName = (name: string): string => `list_${name}`

/** The column that holds the number of a portion of a value. */
export const portionColumn = (name: string, of: Portion): string => `${name} ${portionName(of)}`

/** The column that holds the number that a value would have in another column. */
export const swappedColumn = (name: string, other: string): string => `${name} as ${other}`

/** What of a column is looked at. */
interface Use {
  readonly name: string
  readonly portions: readonly Portion[]
  /** Columns whose values this one is confused with. */
  readonly others: readonly string[]
}

/**
 * Values become whole numbers, once: what comes later joins numbers, and compares texts only where they differ. Numbers
 * follow from the values alone, so they do not depend on the order of the records.
 */
export function codingSteps(settings: MatchingSettings, records: Records): readonly Step[] {
  const uses = usesOf(settings)
  const single = uses.filter(({ name }) => !isList(records, name))
  return [
    ...uses.map((use) => ({
      name: valuesName(use.name),
      says: `the values of ${use.name}, numbered and counted`,
      query: numbered(use, rawValues(use.name, records)),
    })),
    { name: 'coded', says: 'the records, as numbers', query: coded(single, records) },
    ...uses
      .filter(({ name }) => isList(records, name))
      .map((use) => ({
        name: listName(use.name),
        says: `who has which ${use.name}`,
        query: sql`select distinct r.n, ${join(codesOf(use))} from (${rawValues(use.name, records)}) r
          join ${made(valuesName(use.name))} d on d.value = r.value`,
      })),
  ]
}

function usesOf({ comparisons, blocks }: MatchingSettings): readonly Use[] {
  const levels = comparisons.flatMap((of) => of.levels.map((level) => ({ name: of.column, level })))
  const parts = blocks.flatMap(({ all }) => all)
  const swaps = levels.flatMap(({ name, level }) =>
    level.is === 'swapped'
      ? [
          { name, other: level.with },
          { name: level.with, other: name },
        ]
      : [],
  )
  const names = [
    ...comparisons.map((of) => of.column),
    ...levels.flatMap(({ level }) => (level.is === 'same' ? [level.in] : [])),
    ...swaps.map(({ name }) => name),
    ...parts.map((part) => part.column),
  ]
  return [...new Set(names)].map((name) => ({
    name,
    portions: unique([
      ...levels.flatMap((of) =>
        of.name === name && of.level.is === 'same_portion' ? [of.level.of] : [],
      ),
      ...parts.flatMap(({ column, portion }) => (column === name && portion ? [portion] : [])),
    ]),
    others: [...new Set(swaps.filter((swap) => swap.name === name).map(({ other }) => other))],
  }))
}

const unique = (portions: readonly Portion[]): readonly Portion[] => [
  ...new Map(portions.map((of) => [portionName(of), of])).values(),
]

function rawValues(name: string, { table, lists = {} }: Records): Part {
  const of = lists[name]
  return of
    ? sql`select n, nullif(${cast(column('value'), 'text')}, '') as value from ${of}`
    : sql`select n, nullif(${cast(column(name), 'text')}, '') as value from ${table}`
}

function numbered({ portions }: Use, values: Part): Part {
  const columns = portions.map((of) => {
    const name = column(portionName(of))
    return sql`, case when ${name} is not null then dense_rank() over (order by ${name}) end as ${name}`
  })
  const taken = portions.map((of) => sql`, ${as(portionOf(of), column(portionName(of)))}`)
  return sql`select cast(row_number() over (order by value) as integer) as v, value, size${join(columns, sql``)} from (
    select value, count(*) as size${join(taken, sql``)} from (${values}) r where value is not null group by value) counted`
}

function portionOf(of: Portion): Part {
  if ('first' in of) return sql`substr(value, 1, ${value(of.first)})`
  return 'before' in of ? call('split_part', sql`value`, value(of.before), value(1)) : sound
}

// As Russell's code: the first letter, then kinds of consonants, repeats and vowels left out; three of them, no padding.
const kinds: readonly (readonly [string, string])[] = [
  ['[hw]', ''],
  ['[bfpv]+', '1'],
  ['[cgjkqsxzß]+', '2'],
  ['[dt]+', '3'],
  ['l+', '4'],
  ['[mn]+', '5'],
  ['r+', '6'],
  ['[^1-6]', ''],
]

/** How a value sounds, roughly; nothing where it has no letter in front. */
const sound: Part = sql`case when ${call('matches', sql`lower(value)`, value('^\\p{L}'))} then
  substr(lower(value), 1, 1) || substr(${kinds.reduce<Part>(
    (part, [pattern, by]) => call('replace_all', part, value(pattern), value(by)),
    sql`substr(lower(value), 2)`,
  )}, 1, 3) end`

const codesOf = ({ name, portions }: Use, of = 'd'): readonly Part[] => [
  as(column('v', of), column(name)),
  ...portions.map((portion) =>
    as(column(portionName(portion), of), column(portionColumn(name, portion))),
  ),
]

function coded(uses: readonly Use[], { table }: Records): Part {
  const text = (name: string) => cast(column(name, 'r'), 'text')
  const ways = uses.map((use, i) => ({
    columns: codesOf(use, `d${i}`),
    joins: sql`left join ${made(valuesName(use.name))} ${column(`d${i}`)} on ${column('value', `d${i}`)} = ${text(use.name)}`,
  }))
  const swaps = uses.flatMap(({ name, others }) => others.map((other) => ({ name, other })))
  const swapped = swaps.map(({ name, other }, i) => ({
    columns: [as(column('v', `s${i}`), column(swappedColumn(name, other)))],
    joins: sql`left join ${made(valuesName(other))} ${column(`s${i}`)} on ${column('value', `s${i}`)} = ${text(name)}`,
  }))
  const all = [...ways, ...swapped]
  return sql`select cast(r.n as integer) as n, cast(dense_rank() over (order by r.space) as integer) as space${join(
    all.flatMap(({ columns }) => columns.map((one) => sql`, ${one}`)),
    sql``,
  )} from ${table} r ${join(
    all.map(({ joins }) => joins),
    sql` `,
  )}`
}
