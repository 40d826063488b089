import {
  type Draft,
  type Engine,
  join,
  type Made,
  made,
  makeAll,
  type Part,
  placed,
  type Step,
  sql,
  type TableName,
  value,
} from '#engine'
import { type Model, modelTable, pathTo } from '#model'
import { compile, type Ground, type Instead, memberTable, personTable } from '#segments'
import type { LiveSegment } from './lane.ts'

/** What segments are evaluated against: the ground, and the rows that belong to people. */
export interface Field {
  readonly ground: Ground
  readonly model: Model
}

const among = made('among')
const people = made('people')
const rowsName = (object: string) => `rows_${object}`

/** Whether rows of an object belong to people. */
const isOwned = (object: string, model: Model): boolean => {
  const found = model.find(object)
  return found !== undefined && pathTo(model, found, 'individual') !== undefined
}

/** The objects whose rows a segment reads, as its compiler asks for them. */
export function objectsRead({ body }: LiveSegment, { ground }: Field): ReadonlySet<string> {
  const read = new Set<string>()
  compile(body, {
    ...ground,
    instead: {
      people: personTable,
      rows: (object) => {
        read.add(object)
        return modelTable(object)
      },
      members: membersNow,
    },
  })
  return read
}

const membersNow = (segment: string): Draft =>
  sql`select profile from ${memberTable} where segment = ${value(segment)}`

/** Who of some profiles is meant by some segments: tables with `segment` and `profile`, as long as `use` runs. */
export interface Evaluated {
  readonly who: Part
  readonly made: Made
}

/** What is asked of whom. */
export interface Asked extends Field {
  readonly segments: readonly LiveSegment[]
  /** One column `profile`. */
  readonly among: TableName
}

/**
 * Gathers the rows of some people once, and asks every segment of them: by the compiled SQL of a full publish, over tables that
 * hold only them. Segments that ask for the members of others come after those.
 */
export function evaluate<T>(
  engine: Engine,
  asked: Asked,
  { now, timings }: { readonly now: () => Date; readonly timings: { step: string; ms: number }[] },
  use: (evaluated: Evaluated) => Promise<T>,
): Promise<T> {
  const levels = levelsOf(asked.segments)
  const objects = [...new Set(asked.segments.flatMap((one) => [...objectsRead(one, asked)]))]
  const owned = objects.filter((object) => isOwned(object, asked.model))
  const gathers: readonly Step[] = [
    {
      name: 'people',
      says: 'the people that changed',
      query: sql`select * from ${personTable} where profile in (select profile from ${among})`,
    },
    ...owned.map((object) => ({
      name: rowsName(object),
      says: `their rows of ${object}`,
      query: sql`select * from ${modelTable(object)} where _profile in (select profile from ${among})`,
    })),
  ]
  const asks = levels.map(
    (level, i): Step => ({
      name: `who_${i}`,
      says: 'who of them is meant',
      query: whoOf(level, asked, levels.slice(0, i)),
    }),
  )
  const where: Made = new Map([['among', asked.among]])
  const bench = { engine, ask: { lane: 'tick' } as const, now, timings }
  return makeAll(bench, [...gathers, ...asks], where, (all) => {
    const parts = levels.map((_, i) => sql`select segment, profile from ${made(`who_${i}`)}`)
    const none = sql`select cast(null as varchar) as segment, cast(null as bigint) as profile where false`
    const who = parts.length === 0 ? none : join(parts, sql` union all `)
    return use({ who: placed(who, all), made: all })
  })
}

/** Segments that ask for nobody's members, then those that ask only for those of the first, and so on. */
function levelsOf(segments: readonly LiveSegment[]): readonly (readonly LiveSegment[])[] {
  const byKey = new Map(segments.map((one) => [one.key, one]))
  const depths = new Map<string, number>()
  const depthOf = (one: LiveSegment): number => {
    const seen = depths.get(one.key)
    if (seen !== undefined) return seen
    const inner = one.asks.flatMap((key) => byKey.get(key) ?? [])
    const depth = inner.length === 0 ? 0 : 1 + Math.max(...inner.map(depthOf))
    depths.set(one.key, depth)
    return depth
  }
  const levels: LiveSegment[][] = []
  for (const one of segments) {
    const depth = depthOf(one)
    while (levels.length <= depth) levels.push([])
    levels[depth]?.push(one)
  }
  return levels
}

function whoOf(
  level: readonly LiveSegment[],
  { ground, model }: Asked,
  before: readonly (readonly LiveSegment[])[],
): Draft {
  const instead: Instead = {
    people,
    rows: (object) => (isOwned(object, model) ? made(rowsName(object)) : modelTable(object)),
    members: (segment) => {
      const at = before.findIndex((others) => others.some(({ key }) => key === segment))
      return at < 0
        ? sql`${membersNow(segment)} and profile in (select profile from ${among})`
        : sql`select profile from ${made(`who_${at}`)} where segment = ${value(segment)}`
    },
  }
  const each = level.map(
    ({ key, body }) =>
      sql`select ${value(key)} as segment, profile from (${compile(body, { ...ground, instead })}) w`,
  )
  return join(each, sql` union all `)
}
