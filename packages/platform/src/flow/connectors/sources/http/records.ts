import { didYouMean } from '#kernel/near.ts'
import { connectorFaults } from '../../faults.ts'
import { onOneLine, type Slice, sliceAt, slicesOf } from '../../json/slices.ts'
import { stepsOf, valueAt } from './path.ts'

/** A page's answer: as text, and parsed to find the way in it. */
export interface AnswerText {
  readonly text: string
  readonly value: unknown
}

/** Finds where answers hold their records: where it was said, or the only list there is. */
export function recordsPath({ value }: AnswerText, said: string | undefined): string | undefined {
  if (said !== undefined) {
    const found = valueAt(value, said)
    // Some servers say null for a list without items.
    if (Array.isArray(found) || found === null) return said
    const lists = listsIn(value).map(({ path }) => path)
    throw connectorFaults.no_list({ at: said, lists, near: didYouMean(said, lists) })
  }
  const all = listsIn(value)
  const [only] = all
  if (all.length === 1) return only?.path
  // Empty lists hold the same records, whichever is meant.
  if (all.length > 1 && all.every(({ isEmpty }) => isEmpty)) return undefined
  throw connectorFaults.no_list({ at: '', lists: all.map(({ path }) => path), near: '' })
}

/** The records at a path, each on one line and just as it was written: no number is rounded. */
export function recordsAt({ text }: AnswerText, path: string): readonly string[] {
  const list = sliceAt(text, stepsOf(path))
  if (!list || text[list.start] !== '[') return []
  return [...slicesOf(text, list.start)].map((slice) => lineOf(text, slice))
}

const lineOf = (text: string, { start, end }: Slice) => onOneLine(text.slice(start, end))

interface FoundList {
  readonly path: string
  readonly isEmpty: boolean
}

const mostSteps = 3

/** Lists that may hold records: of objects, or empty; those inside of records are not looked at. */
function listsIn(value: unknown, path: readonly string[] = []): readonly FoundList[] {
  if (Array.isArray(value)) {
    const isList = path.length === 0 || value.length === 0 || value.some(isObject)
    return isList ? [{ path: path.join('.') || '.', isEmpty: value.length === 0 }] : []
  }
  if (!isObject(value) || path.length === mostSteps) return []
  return Object.entries(value).flatMap(([name, inner]) => listsIn(inner, [...path, name]))
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
