import { createHash } from 'node:crypto'
import { connectorFaults } from '../../faults.ts'
import type { Incremental } from './definition.ts'
import { compareMarks, type Mark, sinceOf } from './marks.ts'

/** Follows values of one kind: how high they got, and which records the next request brings again. */
export interface Track {
  readonly note: (record: string, mark: Mark) => void
  /** How many records were noted. */
  readonly count: () => number
  readonly highest: () => Mark | undefined
  /** Whether the next request brings records with this mark again. */
  readonly isKept: (mark: Mark) => boolean
  /** Hashes of those that it brings again, of equal ones as many as there were. */
  readonly seen: () => readonly string[]
}

/** Records that were seen are told by this many hashes at most. */
export const mostSeen = 100_000

/** Records with one hash, and the mark that they have. */
interface Seen {
  readonly mark: Mark
  readonly times: number
}

/** Begins at a mark, where there is one. */
export function makeTrack(incremental: Incremental, begin: Mark | undefined): Track {
  let highest = begin
  let lowestKept = highest && sinceOf(highest, incremental).mark
  let latest: Mark | undefined
  let count = 0
  const seen = new Map<string, Seen>()

  const isKept = (mark: Mark) => lowestKept !== undefined && compareMarks(mark, lowestKept) >= 0
  const prune = () => {
    for (const [hash, { mark }] of seen) if (!isKept(mark)) seen.delete(hash)
    // Beyond that many the oldest are forgotten; they may come once more.
    for (const hash of seen.keys()) {
      if (seen.size <= mostSeen) break
      seen.delete(hash)
    }
  }
  return {
    count: () => count,
    highest: () => highest,
    isKept,
    note: (record, mark) => {
      count++
      if (incremental.sorted && latest && compareMarks(mark, latest) < 0) {
        throw connectorFaults.not_sorted({
          field: incremental.field,
          before: latest.json,
          after: mark.json,
        })
      }
      latest = mark
      if (!highest || compareMarks(mark, highest) > 0) {
        highest = mark
        lowestKept = sinceOf(mark, incremental).mark
      }
      if (isKept(mark)) {
        const hash = hashOf(record)
        seen.set(hash, { mark, times: (seen.get(hash)?.times ?? 0) + 1 })
      }
      if (seen.size > 2 * mostSeen) prune()
    },
    seen: () => {
      prune()
      return [...seen].flatMap(([hash, { times }]) => repeated([hash, times]))
    },
  }
}

/** A hash as often as it came. */
export const repeated = ([hash, times]: readonly [string, number]): readonly string[] =>
  Array.from({ length: times }, () => hash)

/** What tells a record by what it holds. */
export const hashOf = (record: string): string =>
  createHash('sha256').update(record).digest('base64url').slice(0, 16)
