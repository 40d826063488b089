import { sql } from '#engine'
import { type Model, modelTable, peopleMark, systemColumns } from '#model'
import { compile, type Ground, personTable } from '#segments'
import type { LiveSegment } from './lane.ts'

/** What segments are evaluated against: the ground, and the rows that belong to people. */
export interface Field {
  readonly ground: Ground
  readonly model: Model
}

/** Columns by the object whose rows have them; people are named as their marks are. */
export type Reads = ReadonlyMap<string, ReadonlySet<string>>

/** What a segment reads, as its compiler asks for it, and the times at which it may change. */
export function readsOf({ body, clock }: LiveSegment, { ground }: Field): Reads {
  const reads = new Map<string, Set<string>>([[peopleMark, new Set(['profile'])]])
  const rowsOf = (object: string) => {
    const columns = reads.get(object) ?? new Set([systemColumns.profile])
    reads.set(object, columns)
    return columns
  }
  // What only leads somewhere is asked for its columns as well, and is not among the rows that are read.
  const asked = new Map<string, Set<string>>()
  const columns: Ground['columns'] = (schema, name) => {
    const there = ground.columns(schema, name)
    const of = schema === 'unified' ? peopleMark : name
    const noted = asked.get(of) ?? new Set()
    asked.set(of, noted)
    const has = (column: string) => {
      const isThere = there.has(column)
      if (isThere) noted.add(column)
      return isThere
    }
    return Object.assign(new Set(there), { has })
  }
  const instead = {
    people: personTable,
    rows: (object: string) => {
      rowsOf(object)
      return modelTable(object)
    },
    members: () => sql`select 0 as profile`,
  }
  compile(body, { ...ground, columns, instead })
  for (const { object, field } of clock.flips) rowsOf(object).add(field)
  for (const [object, of] of reads) for (const name of asked.get(object) ?? []) of.add(name)
  return reads
}

/** All that any of them reads. */
export function together(all: readonly Reads[]): Reads {
  const sum = new Map<string, Set<string>>()
  for (const [object, columns] of all.flatMap((reads) => [...reads])) {
    const of = sum.get(object) ?? new Set<string>()
    sum.set(object, of)
    for (const name of columns) of.add(name)
  }
  return sum
}
