import { createHash } from 'node:crypto'
import { list, object, problemsOf, type Read, text } from '#kernel/read.ts'
import { connectorFaults } from '../../faults.ts'
import { sliceAt } from '../../json/slices.ts'
import type { Incremental } from './definition.ts'
import { compareMarks, type Mark, markOf, sinceOf } from './marks.ts'
import { stepsOf } from './path.ts'

/** How far a source has been read: the highest value, and what was seen of all that the next request brings again. */
const readCursor = object({ value: text(), seen: list(text()) })

/** Follows the records of one walk: what was seen before, and how far it got. */
export interface Progress {
  /** What is sent as the parameter; nothing when everything is asked for. */
  readonly since: string | undefined
  /** Whether a record is new; the highest value moves. */
  readonly isNew: (record: string) => boolean
  /** What the next reading is given; nothing before a record had a value. */
  readonly cursor: () => string | undefined
}

/** Records that were seen are told by this many hashes at most. */
const mostSeen = 100_000

/** Records with one hash, and the mark that they have. */
interface Seen {
  readonly mark: Mark
  readonly times: number
}

/** Begins where the last reading has ended. A source that is not incremental takes everything. */
export function makeProgress(
  incremental: Incremental | undefined,
  cursor: string | undefined,
): Progress {
  if (!incremental) return { since: undefined, isNew: () => true, cursor: () => undefined }
  const last = cursor === undefined ? undefined : parseCursor(cursor)
  const before = last && markOf(last.value, incremental)
  let highest = before
  let lowestKept = highest && sinceOf(highest, incremental).mark
  let latest: Mark | undefined
  let records = 0
  const seen = new Map<string, Seen>()
  // Of equal records as many are known as were there: one more is another one.
  const left = timesOf(last?.seen ?? [])
  const since = highest ? sinceOf(highest, incremental).text : incremental.initial

  const note = (record: string, mark: Mark) => {
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
  }
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
    since,
    isNew: (record) => {
      records++
      const json = jsonAt(record, incremental.field)
      if (json !== undefined) note(record, markOf(json, incremental))
      if (left.size === 0) return true
      const hash = hashOf(record)
      const times = left.get(hash) ?? 0
      if (times > 0) left.set(hash, times - 1)
      return times === 0
    },
    cursor: () => {
      if (records > 0 && !latest) {
        throw connectorFaults.unusable_value({
          what: `the value of ${incremental.field}`,
          found: 'nothing in any record',
        })
      }
      prune()
      // Those that are known and have not come again may still do so.
      const unseen = before && isKept(before) ? [...left].flatMap(repeated) : []
      const came = [...seen].flatMap(([hash, { times }]) => repeated([hash, times]))
      const all = [...unseen, ...came].slice(-mostSeen)
      return highest && JSON.stringify({ value: highest.json, seen: all })
    },
  }
}

function timesOf(hashes: readonly string[]): Map<string, number> {
  const times = new Map<string, number>()
  for (const hash of hashes) times.set(hash, (times.get(hash) ?? 0) + 1)
  return times
}

const repeated = ([hash, times]: readonly [string, number]) =>
  Array.from({ length: times }, () => hash)

/** A member of a record as it is written; nothing when it is not there or null. */
function jsonAt(record: string, path: string): string | undefined {
  const found = sliceAt(record, stepsOf(path))
  const json = found && record.slice(found.start, found.end)
  return json === 'null' ? undefined : json
}

const hashOf = (record: string) =>
  createHash('sha256').update(record).digest('base64url').slice(0, 16)

function parseCursor(text: string): Read<typeof readCursor> {
  const value: unknown = JSON.parse(text)
  if (problemsOf(readCursor, value).length > 0) throw new Error('a cursor of another connector')
  // It has just been checked.
  return value as Read<typeof readCursor>
}
