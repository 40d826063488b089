import { type PlacedProblem, placed, readFiles, type SourceFile, shapeOf } from '#definitions'
import type { Problem } from '#kernel/fault.ts'
import { type Trial, trialKind, trialSchema } from './definition.ts'
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
    // What is sound was read by the schema that the type is taken from.
    const shaped = shapeOf(trialSchema, body, '')
    if (shaped.isSound) trials.push({ key, file, body: shaped.value as Trial['body'] })
    else refuse(shaped.problems)
  }
  return { trials, problems }
}
