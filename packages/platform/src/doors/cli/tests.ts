import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readFolder } from '#definitions'
import { refuseIfAny } from '#kernel/fault.ts'
import {
  junitOf,
  readTrials,
  resultText,
  runTrial,
  summaryText,
  type Trial,
  type TrialResult,
  trialFaults,
} from '#trials'
import type { Call, CommandTools } from './command.ts'
import { textsIn } from './commands/plan.ts'
import { cliFaults } from './faults.ts'
import { barOf } from './follow.ts'

/** Runs the tests that lie beside definitions, and tells of them. */
export async function runTests(
  { words: [given], options: { filter, junit } }: Call,
  tools: CommandTools,
): Promise<void> {
  const { out } = tools
  const folder = given ?? tools.definitionsFolder
  const definitions = await readFolder(folder)
  const trials = chosen(await trialsIn(folder), folder, filter)
  const results: TrialResult[] = []
  for (const trial of trials) {
    out.progress(`${trial.key} ${barOf({ done: results.length, total: trials.length })}`)
    const result = await runTrial(trial, {
      definitions,
      open: tools.openHouse,
      signal: tools.signal,
      elapsed: () => performance.now(),
    })
    results.push(result)
    if (!out.isJson) out.print(resultText(result))
  }
  if (typeof junit === 'string') await writeFile(junit, junitOf(results))
  tell(tools, results)
}

async function trialsIn(folder: string): Promise<readonly Trial[]> {
  const files = await textsIn(join(folder, 'tests')).catch(() => [])
  const { trials, problems } = readTrials(
    files.map(({ file, text }) => ({ file: join(folder, 'tests', file), text })),
  )
  refuseIfAny(problems)
  return trials
}

function chosen(
  trials: readonly Trial[],
  folder: string,
  filter: string | boolean | undefined,
): readonly Trial[] {
  if (trials.length === 0) throw trialFaults.none({ folder: join(folder, 'tests') })
  if (typeof filter !== 'string') return trials
  const found = trials.filter(({ key, file, body }) =>
    [key, file, body.label ?? ''].some((text) => text.toLowerCase().includes(filter.toLowerCase())),
  )
  if (found.length === 0) throw trialFaults.no_match({ filter })
  return found
}

function tell({ out }: CommandTools, results: readonly TrialResult[]): void {
  const failed = results.filter(({ failures }) => failures.length > 0).length
  if (out.isJson) out.print(JSON.stringify(results, null, 2))
  else out.print(`\n${summaryText(results)}`)
  if (failed > 0) throw cliFaults.tests_failed({ failed, of: results.length })
}
