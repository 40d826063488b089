import type { TableShape } from '../engine.ts'
import { type TableName, table } from '../expression.ts'

/** How the catalogue is asked: for all tables of a schema, or for one of them. */
export interface Catalogue {
  readonly all: (schema: string) => Promise<readonly TableShape[]>
  readonly one: (table: TableName) => Promise<TableShape>
}

/** The tables of schemas, remembered until a change makes others. */
export interface Shapes {
  readonly of: (schema: string) => Promise<readonly TableShape[]>
  /** A table was made, by itself or in place of one. */
  readonly made: (table: TableName) => void
  /** Anything may be another in a schema. */
  readonly reshaped: (schema: string) => void
}

/** Asking for all tables costs ten times what one does. */
const fewTables = 5

/**
 * Remembers the tables of schemas. Asking what tables there are costs more than a question to them, and only a change of their shape can
 * make another answer; where one is made anew, it alone is asked about again.
 */
export function makeShapes({ all, one }: Catalogue): Shapes {
  const known = new Map<string, Promise<readonly TableShape[]>>()
  const anew = new Map<string, Set<string>>()

  const amended = async (
    schema: string,
    before: Promise<readonly TableShape[]>,
    names: readonly string[],
  ) => {
    const others = (await before).filter(({ name }) => !names.includes(name))
    const found = await Promise.all(names.map((name) => one(table(schema, name))))
    return [...others, ...found].toSorted((a, b) => (a.name < b.name ? -1 : 1))
  }
  return {
    of: (schema) => {
      const before = known.get(schema)
      const names = [...(anew.get(schema) ?? [])]
      anew.delete(schema)
      if (before && names.length === 0) return before
      const isFew = before && names.length <= fewTables
      const asked = isFew ? amended(schema, before, names).catch(() => all(schema)) : all(schema)
      known.set(schema, asked)
      asked.catch(() => known.delete(schema))
      return asked
    },
    made: ({ schema, name }) => {
      anew.set(schema, (anew.get(schema) ?? new Set()).add(name))
    },
    reshaped: (schema) => {
      known.delete(schema)
      anew.delete(schema)
    },
  }
}
