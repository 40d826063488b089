import {
  as,
  call,
  cast,
  column,
  join,
  made,
  nothing,
  type Part,
  type Step,
  sql,
  tryCast,
  value,
} from '#engine'
import { type MatchingSettings, type Portion, portionName } from './definition.ts'
import { isList, type Records } from './records.ts'

/** The step that holds one row per record: `n`, `space` (a number), the columns and what stands for their values. */
export const recordName = 'comparable'

/** The step that numbers the data spaces: `space`, `name`. */
export const spaceName = 'comparable_space'

/** The step that holds the values of a list: `n`, the value under the name of the list, and what stands for it. */
export const listName = (name: string): string => `list_${name}`

/** The column that holds a portion of a value. */
export const portionColumn = (name: string, of: Portion): string => `${name} ${portionName(of)}`

/**
 * The column that holds a number of few bits for the values of a column. Equal values have equal codes, and most others do
 * not: what differs is told apart by whole numbers, and only the rest looks at the values.
 */
export const codeColumn = (name: string): string => `${name} code`

/** The column that stands for a date with its day and month swapped, by its code. */
export const swappedColumn = (name: string): string => `${name} swapped`

/** A date with its day and month swapped. */
export const daySwapped = (of: Part): Part =>
  sql`substr(${of}, 1, 4) || substr(${of}, 8, 3) || substr(${of}, 5, 3)`

/** The column that holds a value as a date. */
export const dateColumn = (name: string): string => `${name} date`

const soundsName = (name: string): string => `sound_${name}`

/** What of a column is looked at. */
interface Use {
  readonly name: string
  readonly portions: readonly Portion[]
  readonly dates: readonly ('swapped' | 'days')[]
}

/** Every record in one row, with all that comparing looks at worked out beforehand: once per record and not once per pair. */
export function rowSteps(settings: MatchingSettings, records: Records): readonly Step[] {
  const uses = usesOf(settings)
  const single = uses.filter(({ name }) => !isList(records, name))
  return [
    ...uses.filter(hasSound).map(({ name }) => ({
      name: soundsName(name),
      says: `how the values of ${name} sound`,
      query: sql`select value, ${as(sound, column('sound'))} from (select distinct value from (${rawValues(name, records)}) r) d
        where value is not null`,
    })),
    {
      name: spaceName,
      says: 'the data spaces, numbered',
      query: sql`select space as name, cast(row_number() over (order by space) as integer) as space
        from (select distinct space from ${records.table}) s`,
    },
    { name: recordName, says: 'the records with what is compared', query: rows(single, records) },
    ...uses
      .filter(({ name }) => isList(records, name))
      .map((use) => ({
        name: listName(use.name),
        says: `who has which ${use.name}`,
        query: listRows(use, records),
      })),
  ]
}

function usesOf({ comparisons, blocks }: MatchingSettings): readonly Use[] {
  const levels = comparisons.flatMap((of) => of.levels.map((level) => ({ name: of.column, level })))
  const parts = blocks.flatMap(({ all }) => all)
  const names = [
    ...comparisons.map((of) => of.column),
    ...levels.flatMap(({ level }) => (level.is === 'same' ? [level.in] : [])),
    ...levels.flatMap(({ level }) => (level.is === 'swapped' ? [level.with] : [])),
    ...parts.map((part) => part.column),
  ]
  return [...new Set(names)].map((name) => {
    const own = levels.flatMap((of) => (of.name === name ? [of.level] : []))
    return {
      name,
      portions: unique([
        ...own.flatMap((level) => (level.is === 'same_portion' ? [level.of] : [])),
        ...parts.flatMap(({ column, portion }) => (column === name && portion ? [portion] : [])),
      ]),
      dates: [
        ...(own.some(({ is }) => is === 'day_and_month_swapped') ? (['swapped'] as const) : []),
        ...(own.some(({ is }) => is === 'within_days') ? (['days'] as const) : []),
      ],
    }
  })
}

const unique = (portions: readonly Portion[]): readonly Portion[] => [
  ...new Map(portions.map((of) => [portionName(of), of])).values(),
]

const hasSound = ({ portions }: Use): boolean => portions.some((of) => 'sound' in of)

function rawValues(name: string, { table, lists = {} }: Records): Part {
  const of = lists[name]
  return of
    ? sql`select n, nullif(${cast(column('value'), 'text')}, '') as value from ${of}`
    : sql`select n, nullif(${cast(column(name), 'text')}, '') as value from ${table}`
}

/** A value and what stands for it, under the names of a column; how it sounds is looked up in `sounds`. */
const partsOf = ({ name, portions, dates }: Use, of: Part, sounds: string): readonly Part[] => [
  ...coded(of, name),
  ...portions.flatMap((portion) =>
    coded(
      'sound' in portion ? column('sound', sounds) : portionOf(portion, of),
      portionColumn(name, portion),
    ),
  ),
  ...dates.map((kind) =>
    kind === 'days'
      ? as(tryCast(of, 'date'), column(dateColumn(name)))
      : as(call('code32', daySwapped(of)), column(swappedColumn(name))),
  ),
]

/** A value beside its code; what is empty has none. */
const coded = (of: Part, name: string): readonly Part[] => [
  as(of, column(name)),
  as(sql`case when ${of} is not null then ${call('code32', of)} end`, column(codeColumn(name))),
]

const soundJoin = (use: Use, of: Part, sounds: string): Part =>
  hasSound(use)
    ? sql`left join ${made(soundsName(use.name))} ${column(sounds)} on ${column('value', sounds)} = ${of}`
    : nothing

const portionOf = (of: Exclude<Portion, { sound: true }>, from: Part): Part =>
  'first' in of
    ? sql`substr(${from}, 1, ${value(of.first)})`
    : call('split_part', from, value(of.before), value(1))

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

function rows(uses: readonly Use[], { table }: Records): Part {
  const texts = uses.map(
    ({ name }) => sql`, nullif(${cast(column(name), 'text')}, '') as ${column(name)}`,
  )
  const columns = uses.flatMap((use, i) => partsOf(use, column(use.name, 'r'), `s${i}`))
  const joins = uses.map((use, i) => soundJoin(use, column(use.name, 'r'), `s${i}`))
  return sql`select r.n, sp.space${join(
    columns.map((one) => sql`, ${one}`),
    nothing,
  )} from (select cast(n as integer) as n, space${join(texts, nothing)} from ${table}) r
    join ${made(spaceName)} sp on sp.name = r.space ${join(joins, sql` `)}`
}

function listRows(use: Use, records: Records): Part {
  const of = column(use.name, 'r')
  return sql`select distinct r.n, ${join(partsOf(use, of, 's'))} from (
      select n, ${as(sql`value`, column(use.name))} from (${rawValues(use.name, records)}) v) r
    ${soundJoin(use, of, 's')} where ${of} is not null`
}
