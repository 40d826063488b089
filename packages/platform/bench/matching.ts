import { execFile } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { openDuckdb } from '#engine'
import { benchOf, madeHouseholds, type Person } from '../src/flow/matching/testing/people.ts'
import { type Quality, qualityOf, type Score } from '../src/flow/matching/testing/quality.ts'
import { realSets } from '../src/flow/matching/testing/real-sets.ts'
import { type Bench, type Figure, middleOf, rounded } from './bench.ts'
import { chartOf, type Point } from './chart.ts'
import { type Emails, writePeople } from './matching-people.ts'
import type { Told, Way } from './matching-run.ts'

const runner = new URL('./matching-run.ts', import.meta.url)
const whole = 1_000_000
const smallest = whole / 10

/** Who is who by learned weights: how well on real people, and how fast on many. */
export const matching: Bench = {
  name: 'matching',
  about:
    'Learned weights without a setting on real people whose truth is known and on made families of one to four (F1 of pairs at the usual threshold), and made people through ten block rules to clusters, on two threads; the median of three runs.',
  run: async ({ folder, datasets, isShort, say, draw }) => {
    // The tests look at the quality each time; only its figures take long.
    const quality = datasets === undefined || isShort ? [] : await qualities(datasets, say)
    const families = await qualityFiguresOf('made families', madeHouseholds(2000, 3), say)
    const speed: Figure[] = []
    let least: Told | undefined
    const points: Point[] = []
    for (const records of isShort ? [smallest] : [smallest, 3 * smallest, whole, 3 * whole]) {
      const passes = isShort ? 1 : 3
      const told = await runApart(join(folder, `people-${records}`), { records, passes })
      least ??= told
      points.push({ x: records / 1e6, y: seconds(usual(told.trained).ms) })
      say(`${records} records: ${told.candidates} candidates`)
      speed.push(
        ...(records === whole || isShort ? figuresOf(told, records) : []),
        sizeFigure(told, records, least),
      )
    }
    if (isShort) return [...families, ...speed]
    draw('matching-sizes', sizesChart(points))
    const named = join(folder, 'people-of-names')
    const told = await runApart(named, { records: whole / 10, passes: 1, emails: 'of names' })
    return [...quality, ...families, rightnessFigure(told, aboutNames), ...speed]
  },
}

async function qualities(datasets: string, say: (line: string) => void): Promise<Figure[]> {
  const figures: Figure[] = []
  for (const { name, read } of realSets)
    figures.push(...(await qualityFiguresOf(name, read(datasets), say)))
  return figures
}

async function qualityFiguresOf(
  name: string,
  people: readonly Person[],
  say: (line: string) => void,
): Promise<readonly Figure[]> {
  const engine = await openDuckdb({ threads: 2 })
  const quality = await qualityOf(benchOf(engine), 'people', people)
  await engine.close()
  say(`${name}: ${quality.records} records, ${quality.truePairs} true pairs`)
  return qualityFigures(name, quality)
}

const qualityFigures = (name: string, { edges, clusters }: Quality): readonly Figure[] => [
  scoreFigure(`${name}, pairs`, edges, aims.edges[name]),
  scoreFigure(`${name}, clusters`, clusters, aims.clusters[name]),
]

const aims: Readonly<Record<'edges' | 'clusters', Readonly<Record<string, string>>>> = {
  edges: { febrl4: '99.8; best 99.95' },
  clusters: { febrl3: '99.5; best 99.8', fake_1000: '88; best 93' },
}

function scoreFigure(
  name: string,
  { usual, best }: { readonly usual: Score; readonly best: Score },
  target = '',
): Figure {
  const four = (of: number) => of.toFixed(4)
  return {
    name: `${name}: precision ${four(usual.precision)}, recall ${four(usual.recall)}`,
    value: Number((100 * usual.f1).toFixed(2)),
    unit: '%',
    comparedWith: `best threshold: ${(100 * best.f1).toFixed(2)} %`,
    target,
  }
}

interface Run {
  readonly records: number
  readonly passes: number
  readonly emails?: Emails
}

async function runApart(folder: string, { records, passes, emails }: Run): Promise<Told> {
  mkdirSync(folder)
  await writePeople(join(folder, 'people.tsv'), records, emails)
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--disable-warning=ExperimentalWarning',
    runner.pathname,
    folder,
    String(passes),
  ])
  // Printed by the runner.
  return JSON.parse(stdout) as Told
}

const seconds = (ms: number) => rounded(ms / 1000)

const usual = (ways: readonly Way[]): Way =>
  middleOf(ways, ({ ms }) => ms) ?? { ms: 0, cpuMs: 0, parts: {} }

const partsOf = (way: string, { parts }: Way): readonly Figure[] =>
  Object.entries(parts).map(([part, ms]) => ({
    name: `of ${way}: ${part}`,
    value: seconds(ms),
    unit: 's',
  }))

function figuresOf(told: Told, records: number): readonly Figure[] {
  const { learning, candidates } = told
  const middle = usual(told.trained)
  const aim = (of: string) => (records === whole ? { target: of } : {})
  return [
    {
      name: `${people(records)}, ${(candidates / 1e6).toFixed(1)} million candidates, with a trained model`,
      value: seconds(middle.ms),
      unit: 's',
      comparedWith: `processors: ${seconds(middle.cpuMs)} s`,
      ...aim('9 s'),
    },
    ...partsOf('it', middle),
    { name: 'candidates per second', value: Math.round((candidates / middle.ms) * 1000), unit: '' },
    {
      name: 'the same with learning',
      value: seconds(learning.ms),
      unit: 's',
      comparedWith: `processors: ${seconds(learning.cpuMs)} s`,
      ...aim('18 s'),
    },
    ...partsOf('that', learning),
    {
      name: 'peak memory of the process',
      value: Math.round(told.peakBytes / 1024 ** 2),
      unit: 'MiB',
      ...aim('2 GB'),
    },
    rightnessFigure(told, 'pairs in clusters, F1'),
  ]
}

const aboutNames = 'made people with addresses made of their names: pairs in clusters, F1'

const rightnessFigure = ({ found, right, truePairs }: Told, name: string): Figure => ({
  name,
  value: Number(((200 * right) / (found + truePairs)).toFixed(2)),
  unit: '%',
})

/** What people of one size cost; beside what they would cost if time grew as n log n from the least size on. */
function sizeFigure(
  { trained, candidates, peakBytes }: Told,
  records: number,
  least?: Told,
): Figure {
  const { ms, cpuMs } = usual(trained)
  const from = least ? usual(least.trained).ms : ms
  const foretold = grown(from, records)
  return {
    name: `${people(records)}: ${(candidates / records).toFixed(1)} candidates per record, ${Math.round(peakBytes / 1024 ** 2)} MiB at most`,
    value: seconds(ms),
    unit: 's',
    comparedWith: `n log n from ${people(smallest)} on: ${seconds(foretold)} s; processors: ${seconds(cpuMs)} s`,
    ratio: rounded(ms / foretold),
  }
}

/** What it would cost if time grew as n log n from the least size on. */
const grown = (ms: number, records: number): number =>
  (ms * records * Math.log2(records)) / (smallest * Math.log2(smallest))

function sizesChart(points: readonly Point[]): string {
  const least = points[0]?.y ?? 1
  const foretold = points.map(({ x }) => ({ x, y: rounded(grown(least, x * 1e6)) }))
  return chartOf({
    title: 'From records to clusters with a trained model',
    x: 'million people, with as many candidates each',
    y: 'seconds',
    lines: [
      { name: 'measured', points },
      { name: 'n log n', points: foretold, isDashed: true },
    ],
  })
}

const people = (records: number) => `${records / 1e6} million people`
