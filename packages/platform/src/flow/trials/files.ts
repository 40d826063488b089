import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { csvOf } from './columns.ts'
import type { GivenRow } from './definition.ts'
import type { Feed } from './prepare.ts'

/** Puts rows where the streams of a house find them. */
export interface Feeder {
  /** Brings rows of a step; those of one key replace those before. */
  readonly bring: (feed: Feed, rows: readonly GivenRow[]) => Promise<void>
}

/** Writes files below the folder of a house: one that holds all rows there are, or another one each time. */
export function makeFeeder(folder: string): Feeder {
  const known = new Map<string, readonly GivenRow[]>()
  let files = 0
  return {
    bring: async (feed, rows) => {
      const all = feed.mode === 'full' ? merged(known.get(feed.stream) ?? [], rows, feed.key) : rows
      known.set(feed.stream, all)
      const name = feed.mode === 'full' ? 'all.csv' : `${String(++files).padStart(6, '0')}.csv`
      await mkdir(join(folder, feed.folder), { recursive: true })
      await writeFile(join(folder, feed.folder, name), csvOf(feed.columns, all))
    },
  }
}

function merged(
  before: readonly GivenRow[],
  rows: readonly GivenRow[],
  key: readonly string[],
): readonly GivenRow[] {
  if (key.length === 0) return [...before, ...rows]
  const nameOf = (row: GivenRow) => JSON.stringify(key.map((name) => String(row[name])))
  return [...new Map([...before, ...rows].map((row) => [nameOf(row), row])).values()]
}
