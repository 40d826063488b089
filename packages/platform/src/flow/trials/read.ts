import { type PlacedProblem, placed, readFiles, type SourceFile, shapeOf } from '#definitions'
import type { Problem } from '#kernel/fault.ts'
import {
  isInstant,
  isLater,
  type Trial,
  type TrialBody,
  trialKind,
  trialSchema,
} from './definition.ts'
import { trialFaults } from './faults.ts'

/** Tests that were read, and everything that is wrong with their files, each with its line. */
export interface TrialReading {
  readonly trials: readonly Trial[]
  readonly problems: readonly PlacedProblem[]
}

/** Reads test files; goes on after a problem, so that all are told at once. */
export function readTrials(files: readonly SourceFile[]): TrialReading {
  const { documents, problems: broken } = readFiles(files)
  const problems = [...broken]
  const trials: Trial[] = []
  for (const document of documents) {
    const { kind, key, body, file, isSound } = document
    const refuse = (found: readonly Problem[]) => {
      problems.push(...found.map((problem) => placed(problem, document)))
    }
    if (kind !== trialKind) {
      refuse(trialFaults.not_a_test({ kind, key }).problems)
      continue
    }
    if (trials.some((one) => one.key === key))
      refuse(trialFaults.duplicate({ key }, { at: 'key' }).problems)
    if (!isSound) continue
    const shaped = shapeOf(trialSchema, body, '')
    const unshaped = shaped.isSound ? [] : shaped.problems
    const wrong = [...unshaped, ...problemsOfMoments(body as LooseBody)]
    if (wrong.length > 0) refuse(wrong)
    // What is sound was read by the schema that the type is taken from.
    else trials.push({ key, file, body: body as TrialBody })
  }
  return { trials, problems }
}

/** A test that may be of no sound shape: that is told with its own words. */
interface LooseBody {
  readonly now?: unknown
  readonly events?: unknown
  readonly steps?: unknown
}

/** Moments that are none: those of the test, of its steps and of their events. */
function problemsOfMoments({ now, events, steps }: LooseBody): readonly Problem[] {
  const badMoment = (written: unknown, at: string, later: string) => {
    const found = JSON.stringify(written)
    return trialFaults.bad_moment({ found, later }, { at }).problems
  }
  const look = (written: unknown, at: string): readonly Problem[] =>
    typeof written !== 'string' || isInstant(written) || isLater(written)
      ? []
      : badMoment(written, at, ', or how much later, such as "+8 days"')
  const ofEvents = (all: unknown, at: string) =>
    listed<{ at?: unknown }>(all).flatMap((event, i) => {
      const place = `${at}events[${i}].at`
      const isText = event?.at === undefined || typeof event.at === 'string'
      return isText ? look(event?.at, place) : badMoment(event.at, place, '')
    })
  return [
    ...(typeof now !== 'string' || isInstant(now) ? [] : badMoment(now, 'now', '')),
    ...ofEvents(events, ''),
    ...listed<{ at?: unknown; events?: unknown }>(steps).flatMap((step, i) => [
      ...look(step?.at, `steps[${i}].at`),
      ...ofEvents(step?.events, `steps[${i}].`),
    ]),
  ]
}

const listed = <T>(of: unknown): readonly (T | null | undefined)[] =>
  // Whatever stands in it is looked at before it is used.
  Array.isArray(of) ? (of as readonly T[]) : []
