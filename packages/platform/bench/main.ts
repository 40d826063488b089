import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, loadavg, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { environment } from '../src/foundation/kernel/config.ts'
import { actions } from './actions.ts'
import { activation } from './activation.ts'
import { adventureworks } from './adventureworks.ts'
import type { Bench, Figure } from './bench.ts'
import { consoleBench } from './console.ts'
import { csvLoad } from './csv-load.ts'
import { events } from './events.ts'
import { identity } from './identity.ts'
import { insights } from './insights.ts'
import { live } from './live.ts'
import { matching } from './matching.ts'
import { pressure } from './pressure.ts'
import { profile } from './profile.ts'
import { resolver } from './resolver.ts'
import { segment } from './segment.ts'

const benches: readonly Bench[] = [
  csvLoad,
  events,
  segment,
  live,
  pressure,
  adventureworks,
  matching,
  resolver,
  identity,
  actions,
  profile,
  insights,
  activation,
  consoleBench,
]

const args = process.argv.slice(2)
const isJson = args.includes('--json')
const isShort = args.includes('--short')
const isLong = args.includes('--long')
const kept = args.find((arg) => arg.startsWith('--data='))?.slice('--data='.length)
const names = args.filter((arg) => !arg.startsWith('--'))
const chosen = names.length === 0 ? benches : benches.filter(({ name }) => names.includes(name))
const print = (line: string) => process.stdout.write(`${line}\n`)
const say = (line: string) => (isJson ? undefined : process.stderr.write(`  ${line}\n`))

const [load = 0] = loadavg()
const machine = `${availableParallelism()} cores, ${Math.round(totalmem() / 1024 ** 3)} GiB, load ${load.toFixed(1)} before the run`
const results: { readonly bench: string; readonly figures: readonly Figure[] }[] = []
for (const { name, about, run } of chosen) {
  if (!isJson) print(`${name}: ${about}`)
  const folder = mkdtempSync(join(tmpdir(), `tessera-bench-${name}-`))
  try {
    const figures = await run({
      folder,
      datasets: environment()['TESSERA_DATASETS'],
      isShort,
      isLong,
      kept,
      say,
    })
    results.push({ bench: name, figures })
    if (!isJson) print(`${tableOf(figures)}\n`)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
if (isJson) print(JSON.stringify({ machine, results }, null, 2))
if (args.includes('--keep')) keep()

function tableOf(figures: readonly Figure[]): string {
  if (figures.length === 0) return 'Left out: what it is measured with is not here.'
  const rows = figures.map(
    ({ name, value, unit, comparedWith = '', ratio, target = '' }) =>
      `| ${[name, `${value.toLocaleString('en-US')} ${unit}`, comparedWith, ratio ?? '', target].join(' | ')} |`,
  )
  return [
    '| figure | value | compared with | ratio | aim |',
    '|---|---|---|---|---|',
    ...rows,
  ].join('\n')
}

/** Keeps a full run in the docs. */
function keep() {
  const docs = join(import.meta.dirname, '../../../docs')
  mkdirSync(docs, { recursive: true })
  const parts = results.map(({ bench, figures }) => {
    const about = benches.find(({ name }) => name === bench)?.about ?? ''
    return `## ${bench}\n\n${about}\n\n${tableOf(figures)}\n`
  })
  const head = `# Benchmarks\n\nThe last full run of \`npm run bench -- --keep\`, on a machine of ${machine}. Each figure stands beside what it is\ncompared with, measured in the same run.\n`
  writeFileSync(join(docs, 'benchmarks.md'), `${head}\n${parts.join('\n')}`)
}
