import { Fault } from '#kernel/fault.ts'
import { flag, list, object, optional, problemsOf, type Read, text } from '#kernel/read.ts'
import { connectorFaults } from '../../faults.ts'
import { sliceAt } from '../../json/slices.ts'
import type { Incremental } from './definition.ts'
import { compareMarks, type Mark, markOf, sinceOf } from './marks.ts'
import { stepsOf } from './path.ts'
import { hashOf, makeTrack, mostSeen, repeated } from './track.ts'

/** How far a source has been read: the highest value, what was seen of all that the next request brings again, whether strays came. */
const readCursor = object({ value: text(), seen: list(text()), strays: optional(flag()) })

/**
 * Follows the records of one walk: what was seen before, and how far it got. A _stray_ is a record that may come in every walk, whatever
 * is asked for: its value lies below that, or tells no place. It is taken without moving anything, and no hash tells it.
 */
export interface Progress {
  /** What is sent as the parameter; nothing when everything is asked for. */
  readonly since: string | undefined
  /** Whether a record is new, unless it is a stray; the highest value moves. */
  readonly isNew: (record: string) => boolean
  /** Whether the walk before has brought strays. */
  readonly hadStrays: boolean
  readonly hasStrays: () => boolean
  /** What the next reading is given if this one ends here; nothing before a record had a value. */
  readonly cursor: () => string | undefined
  /** Refuses a first walk in which no record has told its place: the field is another one, or its values are of another kind. */
  readonly refuseLost: () => void
}

/** Begins where the last reading has ended. A source that is not incremental takes everything. */
export function makeProgress(
  incremental: Incremental | undefined,
  cursor: string | undefined,
): Progress {
  if (!incremental) return everything
  const last = cursor === undefined ? undefined : parseCursor(cursor)
  const before = last && usable(markOf(last.value, incremental))
  const asked = before && sinceOf(before, incremental)
  // Times and numbers do not compare: what the stream has followed is followed; the first walk goes by what most records have.
  const moments = makeTrack(incremental, before?.isMoment === true ? before : undefined)
  const numbers = makeTrack(incremental, before?.isMoment === false ? before : undefined)
  const trackOf = ({ isMoment }: Pick<Mark, 'isMoment'>) => (isMoment ? moments : numbers)
  const followed = () => trackOf(before ?? { isMoment: moments.count() >= numbers.count() })
  let [records, below] = [0, 0]
  let unusable: Fault | undefined
  // Of equal records as many are known as were there: one more is another one.
  const left = timesOf(last?.seen ?? [])

  const note = (record: string) => {
    const json = jsonAt(record, incremental.field)
    const mark = json === undefined ? undefined : markOf(json, incremental)
    if (mark instanceof Fault) unusable ??= mark
    else if (mark) {
      trackOf(mark).note(record, mark)
      if (asked && compareMarks(mark, asked.mark) < 0) below++
    }
  }
  const hasStrays = () => below > 0 || followed().count() < records
  return {
    since: asked ? asked.text : incremental.initial,
    hadStrays: last?.strays ?? false,
    hasStrays,
    isNew: (record) => {
      records++
      note(record)
      if (left.size === 0) return true
      const hash = hashOf(record)
      const times = left.get(hash) ?? 0
      if (times > 0) left.set(hash, times - 1)
      return times === 0
    },
    cursor: () => {
      const { highest, isKept, seen } = followed()
      // Those that are known and have not come again may still do so.
      const unseen = before && isKept(before) ? [...left].flatMap(repeated) : []
      const all = [...unseen, ...seen()].slice(-mostSeen)
      const strays = hasStrays() ? { strays: true } : {}
      const value = highest()?.json
      return value && JSON.stringify({ value, seen: all, ...strays })
    },
    refuseLost: () => {
      if (records === 0 || followed().highest()) return
      const what = `the value of ${incremental.field}`
      throw unusable ?? connectorFaults.unusable_value({ what, found: 'nothing in any record' })
    },
  }
}

const everything: Progress = {
  since: undefined,
  isNew: () => true,
  hadStrays: false,
  hasStrays: () => false,
  cursor: () => undefined,
  refuseLost: () => {},
}

/** The mark of a cursor; with another `format` it may be none any more. */
function usable(mark: Mark | Fault): Mark {
  if (mark instanceof Fault) throw mark
  return mark
}

function timesOf(hashes: readonly string[]): Map<string, number> {
  const times = new Map<string, number>()
  for (const hash of hashes) times.set(hash, (times.get(hash) ?? 0) + 1)
  return times
}

/** A member of a record as it is written; nothing when it is not there or null. */
function jsonAt(record: string, path: string): string | undefined {
  const found = sliceAt(record, stepsOf(path))
  const json = found && record.slice(found.start, found.end)
  return json === 'null' ? undefined : json
}

function parseCursor(text: string): Read<typeof readCursor> {
  const value: unknown = JSON.parse(text)
  if (problemsOf(readCursor, value).length > 0) throw new Error('a cursor of another connector')
  // It has just been checked.
  return value as Read<typeof readCursor>
}
