import type { RunResult, RunStep } from '@tessera/platform/contract'

/** What a run did with each node; nothing as long as it goes on. */
export function stepsOf(result: unknown): readonly RunStep[] {
  return isRunResult(result) ? result.steps : []
}

const isRunResult = (result: unknown): result is RunResult =>
  typeof result === 'object' && result !== null && 'steps' in result && Array.isArray(result.steps)
