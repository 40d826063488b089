import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
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
import { withSections } from './kept.ts'
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
const results: {
  readonly bench: string
  readonly figures: readonly Figure[]
  readonly pictures: ReadonlyMap<string, string>
}[] = []
for (const { name, about, run } of chosen) {
  if (!isJson) print(`${name}: ${about}`)
  const folder = mkdtempSync(join(tmpdir(), `tessera-bench-${name}-`))
  const pictures = new Map<string, string>()
  try {
    const figures = await run({
      folder,
      datasets: environment()['TESSERA_DATASETS'],
      isShort,
      isLong,
      kept,
      say,
      draw: (picture, svg) => pictures.set(picture, svg),
    })
    results.push({ bench: name, figures, pictures })
    if (!isJson) print(`${tableOf(figures)}\n`)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
if (isJson) {
  const shown = results.map(({ bench, figures }) => ({ bench, figures }))
  print(JSON.stringify({ machine, results: shown }, null, 2))
}
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

/** Keeps what was measured in the docs; the short forms beside the others. */
function keep() {
  const docs = join(import.meta.dirname, '../../../docs')
  mkdirSync(join(docs, 'images'), { recursive: true })
  const sections = results.map(({ bench, figures, pictures }) => {
    const about = benches.find(({ name }) => name === bench)?.about ?? ''
    const links = [...pictures].map(([name, svg]) => {
      writeFileSync(join(docs, 'images', `${name}.svg`), svg)
      return `![${name}](images/${name}.svg)`
    })
    const text = [`${about} Measured on ${machine}.`, tableOf(figures), ...links].join('\n\n')
    return { bench: isShort ? `${bench}, the short form` : bench, text }
  })
  const path = join(docs, 'benchmarks.md')
  writeFileSync(path, withSections(existsSync(path) ? readFileSync(path, 'utf8') : '', sections))
}
