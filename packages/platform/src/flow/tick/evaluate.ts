import {
  column,
  type Draft,
  type Engine,
  join,
  type Made,
  made,
  makeAll,
  makeBeside,
  type Part,
  placed,
  type Step,
  sql,
  type TableName,
  value,
} from '#engine'
import { type Model, modelTable, pathTo, peopleMark } from '#model'
import { compileTogether, type Instead, personTable } from '#segments'
import { type Copy, columnsRead, rowsOfPeople } from './copies.ts'
import type { LiveSegment } from './lane.ts'
import { bitsAmong, thereAmong } from './memberships.ts'
import type { Field, Reads } from './reads.ts'
import type { Scene } from './scene.ts'

const among = made('among')
const people = made('people')
const bits = made('bits')
const there = made('there')
const rowsName = (object: string) => `rows_${object}`

/** Whether rows of an object belong to people. */
const isOwned = (object: string, model: Model): boolean => {
  const found = model.find(object)
  return found !== undefined && pathTo(model, found, 'individual') !== undefined
}

// What any live segment reads of it, so that the question is the same from round to round; whose it is where none reads anything.
const columnsOf = (object: string, { read }: { readonly read: Reads }): Draft =>
  join(columnsRead(object, read).map((name) => column(name)))

/** Who of some profiles is meant by some segments, and where they are members: tables, as long as `use` runs. */
export interface Evaluated {
  /** `segment`, `profile`. */
  readonly who: Part
  /** Where they are members: `segment`, `profile`. */
  readonly there: Part
  /** Their bits, which say the same. */
  readonly bits: Part
  readonly made: Made
}

/** What is asked of whom. */
export interface Asked extends Field, Pick<Scene, 'reads' | 'read'> {
  readonly segments: readonly LiveSegment[]
  /** One column `profile`. */
  readonly among: TableName
  /** The same people by name, where they are few: they are found sooner than by a join. */
  readonly named?: Part | undefined
  /** Segments of whose members no bits tell. */
  readonly uncovered: readonly string[]
  /** Copies of rows in the order of people, by object. */
  readonly copies: ReadonlyMap<string, Copy>
}

/**
 * Gathers the rows of some people once, and asks every segment of them: by the conditions of a full publish, over tables that
 * hold only them, many segments in one statement.
 */
export function evaluate<T>(
  engine: Engine,
  asked: Asked,
  { now, timings }: { readonly now: () => Date; readonly timings: { step: string; ms: number }[] },
  use: (evaluated: Evaluated) => Promise<T>,
): Promise<T> {
  const objects = new Set(asked.segments.flatMap((one) => [...asked.reads(one).keys()]))
  const owned = [...objects].filter((object) => isOwned(object, asked.model))
  const those = asked.named ?? sql`select profile from ${among}`
  const gathers: readonly Step[] = [
    {
      name: 'people',
      says: 'the people that changed',
      query: sql`select ${columnsOf(peopleMark, asked)} from ${personTable} where profile in (${those})`,
    },
    ...owned.map((object) => ({
      name: rowsName(object),
      says: `their rows of ${object}`,
      query: rowsOf(object, asked, those),
    })),
    { name: 'bits', says: 'their memberships', query: bitsAmong(among) },
  ]
  const members: Step = {
    name: 'there',
    says: 'where they are members',
    query: thereAmong(among, bits, asked.uncovered),
  }
  const asks = parted(asked.segments).map(
    (segments, i): Step => ({
      name: `who_${i}`,
      says: 'who of them is meant',
      query: whoOf(segments, asked),
    }),
  )
  const where: Made = new Map([['among', asked.among]])
  const bench = { engine, ask: { lane: 'tick' } as const, now, timings }
  const answered = (all: Made) => {
    const parts = asks.map(({ name }) => sql`select segment, profile from ${made(name)}`)
    const none = sql`select cast(null as varchar) as segment, cast(null as bigint) as profile where false`
    const who = parts.length === 0 ? none : join(parts, sql` union all `)
    return use({
      who: placed(who, all),
      there: placed(there, all),
      bits: placed(bits, all),
      made: all,
    })
  }
  return makeBeside(bench, gathers, where, (gathered) =>
    makeAll(bench, [members], gathered, (ready) => makeBeside(bench, asks, ready, answered)),
  )
}

function rowsOf(object: string, asked: Asked, those: Part): Draft {
  const columns = columnsOf(object, asked)
  const copy = asked.copies.get(object)
  // A copy is passed over where nobody of those stands only by names.
  return copy && asked.named
    ? rowsOfPeople(copy, { columns, those, among: asked.among })
    : sql`select ${columns} from ${modelTable(object)} where _profile in (${those})`
}

/** The engine takes longer over two segments more the more there are in a statement, and works on two statements beside each other. */
const mostTogether = 100

const parted = (segments: readonly LiveSegment[]): readonly (readonly LiveSegment[])[] => {
  const parts = Math.max(Math.ceil(segments.length / mostTogether), segments.length > 40 ? 2 : 1)
  const size = Math.ceil(segments.length / parts)
  return Array.from({ length: size === 0 ? 0 : parts }, (_, i) =>
    segments.slice(i * size, (i + 1) * size),
  )
}

function whoOf(segments: readonly LiveSegment[], { ground, model, segments: all }: Asked): Draft {
  const isAsked = new Set(all.map(({ key }) => key))
  const instead: Instead = {
    people,
    rows: (object) => (isOwned(object, model) ? made(rowsName(object)) : modelTable(object)),
    // Members of what is asked in this round are those whom it means; of all others nothing has changed.
    members: (segment) =>
      isAsked.has(segment)
        ? 'as defined'
        : sql`select profile from ${there} where segment = ${value(segment)}`,
  }
  const bodies = new Map(segments.map(({ key, body }) => [key, body]))
  return compileTogether(bodies, { ...ground, instead })
}
