import { object, problemsOf, type Read, record, text } from '#kernel/read.ts'
import type { Positions } from './plan.ts'

const readCursor = object({ topic: text(), next: record(text({ pattern: '^\\d+$' })) })

/** How far a topic has been read. */
export interface Cursor {
  /** The topic's id; empty where the brokers do not tell. */
  readonly topic: string
  readonly next: Positions
}

/** Writes how far a topic has been read. */
export const printCursor = ({ topic, next }: Cursor): string => {
  const offsets = [...next].map(([partition, offset]) => [partition, String(offset)])
  return JSON.stringify({ topic, next: Object.fromEntries(offsets) })
}

/** Reads what `printCursor` wrote. */
export function parseCursor(printed: string): Cursor {
  const value: unknown = JSON.parse(printed)
  if (problemsOf(readCursor, value).length > 0) throw new Error('a cursor of another connector')
  // It has just been checked.
  const { topic, next } = value as Read<typeof readCursor>
  const offsets = Object.entries(next).map(
    ([name, offset]) => [Number(name), BigInt(offset)] as const,
  )
  return { topic, next: new Map(offsets) }
}
