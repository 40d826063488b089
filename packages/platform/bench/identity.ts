import { execFile } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Bench, type Figure, rounded } from './bench.ts'
import type { After, Ran, Told } from './identity-run.ts'

const runner = new URL('./identity-run.ts', import.meta.url)
const million = 1_000_000

/** Who is who by equal values: all of them, and then those that a change can reach. */
export const identity: Bench = {
  name: 'identity',
  about:
    'Made people with an e-mail address, a telephone number and a loyalty number, unified by three exact rules on two threads; then changes of one in a hundred (10,000 at most). With --long also 10 million, without changes.',
  run: async ({ folder, isShort, isLong, say }) => {
    const figures: Figure[] = []
    const sizes = isLong ? [million, 10 * million] : [million]
    for (const records of isShort ? [million / 10] : sizes) {
      const told = await runApart(join(folder, `people-${records}`), records)
      say(`${records} records: ${told.first.profiles} profiles`)
      check(told)
      figures.push(...figuresOf(told, records))
    }
    return figures
  },
}

function check({ after }: Told): void {
  if (after?.again.changed) throw new Error('a run over everything found what changes had missed')
  if (after && after.storm.leftOut !== 1) throw new Error('the shared address was not left out')
}

async function runApart(folder: string, records: number): Promise<Told> {
  mkdirSync(folder)
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--disable-warning=ExperimentalWarning',
    runner.pathname,
    folder,
    String(records),
    String(records > million ? 0 : records / 100),
  ])
  // Printed by the runner.
  return JSON.parse(stdout) as Told
}

function figuresOf(told: Told, records: number): readonly Figure[] {
  const people = `${records / million} million records`
  return [
    {
      name: `${people}, all of them, into ${told.first.profiles.toLocaleString('en-US')} profiles, published`,
      value: seconds(told.first.ms),
      unit: 's',
      comparedWith: `processors: ${seconds(told.first.cpuMs)} s`,
      ...aim(records, { [10 * million]: '60 s' }),
    },
    ...partsOf(told.first, people),
    rightness(told, people),
    {
      name: `${people}: peak memory of the process`,
      value: Math.round(told.peakBytes / 1024 ** 2),
      unit: 'MiB',
      ...aim(records, { [10 * million]: '8 GB' }),
    },
    ...(told.after ? figuresAfter(told.after, people, records) : []),
  ]
}

function figuresAfter(
  { changes, changed, again, storm, calm }: After,
  people: string,
  records: number,
): readonly Figure[] {
  return [
    {
      name: `${people}, ${changes.toLocaleString('en-US')} changed, ${changed.looked_at?.toLocaleString('en-US')} looked at`,
      value: seconds(changed.ms),
      unit: 's',
      comparedWith: `processors: ${seconds(changed.cpuMs)} s; all of them again: ${seconds(again.ms)} s`,
      ratio: rounded(changed.ms / again.ms),
      ...aim(records, { [million]: '3 s' }),
    },
    {
      name: `${people}, ${storm.size.toLocaleString('en-US')} come with one address, which is left out; ${storm.looked_at?.toLocaleString('en-US')} looked at`,
      value: seconds(storm.ms),
      unit: 's',
      comparedWith: `as many who share nothing: ${seconds(calm.ms)} s; processors: ${seconds(storm.cpuMs)} s; all of them: ${seconds(again.ms)} s`,
      ratio: rounded(storm.ms / calm.ms),
    },
  ]
}

/** The parts of a run, by the steps that they are made of; the first that fits counts. */
const parts: readonly (readonly [string, RegExp])[] = [
  ['written, in one change', /^(publish|keep)$/],
  ['whose each row is', /^owner_/],
  ['what records are searched by', /^term/],
  [
    'what is new, and the values of profiles',
    /_(added|gone)$|^(evidence|refused|crowded|members)$/,
  ],
  ['what was seen', /^(row_differs|decided)$/],
  ['values', /^(record|values_.*)$/],
  ['blocks', /^(agreed_.*|key|evidence_.*)$/],
  ['clusters', /^cluster$/],
  ['ids', /^/],
]

/** How long the parts took, and together those that say who is who, as a matcher that publishes nothing would be measured. */
function partsOf({ steps }: Ran, people: string): readonly Figure[] {
  const took = new Map<string, number>()
  for (const { step, ms } of steps) {
    const [part = ''] = parts.find(([, pattern]) => pattern.test(step)) ?? []
    took.set(part, (took.get(part) ?? 0) + ms)
  }
  const of = (part: string) => took.get(part) ?? 0
  const whoIsWho = ['values', 'blocks', 'clusters', 'ids']
  return [
    {
      name: `${people}, of it who is who: ${whoIsWho.join(', ')}`,
      value: seconds(whoIsWho.reduce((sum, part) => sum + of(part), 0)),
      unit: 's',
      comparedWith: whoIsWho.map((part) => `${part} ${seconds(of(part))} s`).join(', '),
    },
    ...[...took.keys()]
      .filter((part) => !whoIsWho.includes(part))
      .map((part) => ({
        name: `${people}, of it ${part}`,
        value: seconds(of(part)),
        unit: 's',
      })),
  ]
}

const aim = (records: number, of: Readonly<Record<number, string>>) => {
  const target = of[records]
  return target === undefined ? {} : { target }
}

const rightness = ({ truePairs, found, right }: Told, people: string): Figure => ({
  name: `${people}: pairs in profiles, F1`,
  value: Number(((200 * right) / (found + truePairs)).toFixed(2)),
  unit: '%',
  comparedWith: `${right.toLocaleString('en-US')} of ${found.toLocaleString('en-US')} pairs are right, of ${truePairs.toLocaleString('en-US')} there are`,
})

const seconds = (ms: number) => rounded(ms / 1000)
