import { hash } from 'node:crypto'
import { list, object, optional, type Read, read, text } from '#kernel/read.ts'
import type { Row } from './database.ts'

const schema = object({
  cursor: text(),
  value: text(),
  columns: list(text()),
  same: optional(list(text())),
  digest: optional(text()),
})

/**
 * How far a source has been read: the highest value of its cursor, and what tells the rows with just this value that were
 * taken from those that were not. `digest` is that of the batch that was taken last.
 */
export type Position = Read<typeof schema>

/** The position as it was given away; nothing where another column was the cursor then. */
export function readPosition(cursor: string | undefined, column: string): Position | undefined {
  if (cursor === undefined) return undefined
  const position = read(schema, JSON.parse(cursor), 'cursor')
  return position.cursor === column ? position : undefined
}

// What a position may weigh: it is kept with every batch.
const mostSame = 5000

/** Follows rows in the order of their cursor, which is their last value. */
export interface Follower {
  /** Whether a row is to be taken; false when it was. */
  readonly take: (row: Row) => boolean
  /** How far the rows have been followed; nothing when there were none. */
  readonly position: () => Omit<Position, 'digest'> | undefined
}

/** What to follow: columns by name, the name of the cursor, and where to begin. */
export interface Following {
  readonly columns: readonly string[]
  readonly cursor: string
  readonly start: Position | undefined
}

/** Follows rows that begin at the value where an earlier reading ended: those that were taken then are known again. */
export function follow({ columns, cursor, start }: Following): Follower {
  const left = counted(start?.same ?? [])
  const places = start?.columns.map((name) => columns.indexOf(name)) ?? []
  let value = start?.value
  let same: string[] = []
  return {
    take: (row) => {
      const found = row.at(-1) ?? undefined
      if (found !== value) same = []
      value = found
      if (same.length <= mostSame) same.push(printOf(row.slice(0, -1)))
      if (start === undefined || value !== start.value) return true
      // Columns that were added since then tell no row from itself.
      const print = printOf(places.map((place) => row[place] ?? null))
      const times = left.get(print) ?? 0
      left.set(print, times - 1)
      return times <= 0
    },
    position: () => {
      if (value === undefined) return undefined
      const unseen = value === start?.value ? [...left].flatMap(repeated) : []
      const all = [...same, ...unseen]
      const known = all.length <= mostSame ? { same: all } : {}
      return { cursor, value, columns: [...columns], ...known }
    },
  }
}

/** Follows rows of which no two have the same cursor. */
export function followUnique({ columns, cursor, start }: Following): Follower {
  let value = start?.value
  return {
    take: (row) => {
      value = row.at(-1) ?? undefined
      return true
    },
    position: () => (value === undefined ? undefined : { cursor, value, columns: [...columns] }),
  }
}

// 66 bits: enough to tell apart the few rows that are compared.
const printOf = (row: Row) => hash('sha256', JSON.stringify(row), 'base64url').slice(0, 11)

function counted(prints: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const print of prints) counts.set(print, (counts.get(print) ?? 0) + 1)
  return counts
}

const repeated = ([print, times]: readonly [string, number]) =>
  Array.from({ length: Math.max(0, times) }, () => print)
