import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Told } from './adventureworks-run.ts'
import { type Bench, type Figure, rounded } from './bench.ts'

const runner = new URL('./adventureworks-run.ts', import.meta.url)

/** How long a real, small company takes from its files to the list that is sent. */
export const adventureworks: Bench = {
  name: 'adventureworks',
  about:
    'examples/adventureworks on an empty data folder: files, model, profiles, insights, segments, a file that is sent.',
  run: async ({ folder, datasets, isShort, say }) => {
    if (datasets === undefined || !existsSync(join(datasets, 'adventureworks'))) {
      say('left out: TESSERA_DATASETS names no folder with the data set adventureworks')
      return []
    }
    const runs: Told[] = []
    for (let n = 0; n < (isShort ? 1 : 3); n++) {
      const told = await runApart(join(folder, `data-${n}`), datasets)
      runs.push(told)
      say(`${seconds(told.openMs)} s to open, ${seconds(told.runMs)} s to run`)
    }
    const [best] = runs.toSorted((a, b) => a.openMs + a.runMs - b.openMs - b.runMs)
    return best === undefined ? [] : figuresOf(best)
  },
}

async function runApart(dataFolder: string, datasets: string): Promise<Told> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--disable-warning=ExperimentalWarning',
    runner.pathname,
    dataFolder,
    datasets,
  ])
  // Printed by the runner.
  return JSON.parse(stdout) as Told
}

const figuresOf = ({ openMs, runMs, stages, records, peakBytes }: Told): readonly Figure[] => [
  { name: 'everything', value: seconds(openMs + runMs), unit: 's' },
  { name: 'opening an empty folder and applying', value: seconds(openMs), unit: 's' },
  { name: 'the run', value: seconds(runMs), unit: 's' },
  ...Object.entries(stages).map(([stage, ms]) => ({
    name: `of it: ${stageNames[stage] ?? stage}`,
    value: seconds(ms),
    unit: 's',
  })),
  { name: 'records read', value: records, unit: '' },
  { name: 'peak memory of the process', value: Math.round(peakBytes / 1024 ** 2), unit: 'MiB' },
]

const stageNames: Readonly<Record<string, string>> = {
  stream: 'streams',
  model: 'model',
  unified: 'identity',
  insight: 'insights',
  segment: 'segments',
  activation: 'activation',
}

const seconds = (ms: number) => rounded(ms / 1000)
