import type { Problem } from '#kernel/fault.ts'
import { named, type Reference } from './definition.ts'

/** A place in a text; both count from 1. */
export interface Spot {
  readonly line: number
  readonly column: number
}

/** Where each part of a document stands, by its path; the document itself under the empty path. */
export type Places = ReadonlyMap<string, Spot>

/** A problem that also says in which file, where and in which part, for editors. */
export interface PlacedProblem extends Problem {
  readonly path: string
  readonly file?: string
  readonly line?: number
  readonly column?: number
}

/** Where a definition was written. */
export interface Origin {
  readonly file: string
  readonly places: Places
}

/** A problem whose place is a path in a document, placed in its file: `segments.yaml:12:7 include.all[1].field`. */
export function placed(problem: Problem, { file, places }: Origin): PlacedProblem {
  const spot = spotOf(places, problem.at)
  const at = `${lineOf(file, spot)}:${spot.column} ${problem.at}`.trimEnd()
  return { ...problem, at, path: problem.at, file, ...spot }
}

/** A problem of a definition that came from no file, such as one sent through the API. */
export function placedByName(problem: Problem, reference: Reference): PlacedProblem {
  return { ...problem, at: `${named(reference)} ${problem.at}`.trimEnd(), path: problem.at }
}

/** Where a document begins: `segments.yaml:12`. */
export const startOf = ({ file, places }: Origin): string => lineOf(file, spotOf(places, ''))

const lineOf = (file: string, { line }: Spot) => `${file}:${line}`

// A missing part has no place of its own: what should hold it has.
function spotOf(places: Places, path: string): Spot {
  const found = places.get(path)
  if (found) return found
  const end = Math.max(path.lastIndexOf('.'), path.lastIndexOf('['))
  if (path === '') return { line: 1, column: 1 }
  return spotOf(places, path.slice(0, Math.max(end, 0)))
}
