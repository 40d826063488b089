import { execFile } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Bench, type Figure, rounded } from './bench.ts'
import type { Told } from './identity-run.ts'

const runner = new URL('./identity-run.ts', import.meta.url)
const million = 1_000_000

/** Who is who by equal values: all of them, and then those that a change can reach. */
export const identity: Bench = {
  name: 'identity',
  about:
    'Made people with an e-mail address, a telephone number and a loyalty number, unified by three exact rules on two threads; then changes of one in a hundred (10,000 at most). With --long also 10 million.',
  run: async ({ folder, isShort, isLong, say }) => {
    const figures: Figure[] = []
    const sizes = isLong ? [million, 10 * million] : [million]
    for (const records of isShort ? [million / 10] : sizes) {
      const told = await runApart(join(folder, `people-${records}`), records)
      say(`${records} records: ${told.first.profiles} profiles`)
      if (told.again.changed) throw new Error('a run over everything found what changes had missed')
      if (told.storm.leftOut !== 1) throw new Error('the shared address was not left out')
      figures.push(...figuresOf(told, records))
    }
    return figures
  },
}

async function runApart(folder: string, records: number): Promise<Told> {
  mkdirSync(folder)
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--disable-warning=ExperimentalWarning',
    runner.pathname,
    folder,
    String(records),
    String(Math.min(records / 100, 10_000)),
  ])
  // Printed by the runner.
  return JSON.parse(stdout) as Told
}

function figuresOf(told: Told, records: number): readonly Figure[] {
  const people = `${records / million} million records`
  const aim = (of: Readonly<Record<number, string>>) => {
    const target = of[records]
    return target === undefined ? {} : { target }
  }
  return [
    {
      name: `${people}, all of them, into ${told.first.profiles.toLocaleString('en-US')} profiles`,
      value: seconds(told.first.ms),
      unit: 's',
      comparedWith: `processors: ${seconds(told.first.cpuMs)} s`,
      ...aim({ [10 * million]: '60 s' }),
    },
    {
      name: `${people}, ${told.changes.toLocaleString('en-US')} changed, ${told.changed.looked_at?.toLocaleString('en-US')} looked at`,
      value: seconds(told.changed.ms),
      unit: 's',
      comparedWith: `processors: ${seconds(told.changed.cpuMs)} s; all of them again: ${seconds(told.again.ms)} s`,
      ratio: rounded(told.changed.ms / told.again.ms),
      ...aim({ [million]: '3 s' }),
    },
    {
      name: `${people}, ${told.storm.size.toLocaleString('en-US')} come with one address, which is left out; ${told.storm.looked_at?.toLocaleString('en-US')} looked at`,
      value: seconds(told.storm.ms),
      unit: 's',
      comparedWith: `as many who share nothing: ${seconds(told.calm.ms)} s; processors: ${seconds(told.storm.cpuMs)} s; all of them: ${seconds(told.again.ms)} s`,
      ratio: rounded(told.storm.ms / told.calm.ms),
    },
    rightness(told, people),
    {
      name: `${people}: peak memory of the process`,
      value: Math.round(told.peakBytes / 1024 ** 2),
      unit: 'MiB',
      ...aim({ [10 * million]: '8 GB' }),
    },
  ]
}

const rightness = ({ truePairs, found, right }: Told, people: string): Figure => ({
  name: `${people}: pairs in profiles, F1`,
  value: Number(((200 * right) / (found + truePairs)).toFixed(2)),
  unit: '%',
  comparedWith: `${right.toLocaleString('en-US')} of ${found.toLocaleString('en-US')} pairs are right, of ${truePairs.toLocaleString('en-US')} there are`,
})

const seconds = (ms: number) => rounded(ms / 1000)
