import { join } from 'node:path'
import { msOf, openPlatform } from './platform.ts'

/** What one run of the example tells; printed as one line. */
export interface Told {
  readonly openMs: number
  readonly runMs: number
  readonly stages: Readonly<Record<string, number>>
  readonly records: number
  readonly peakBytes: number
}

const stages = ['stream', 'model', 'unified', 'insight', 'segment', 'activation']
const definitions = join(import.meta.dirname, '../../../examples/adventureworks/definitions.yaml')

// Runs in a process of its own, so that the peak of the memory is its own too.
const [dataFolder = '', filesFolder = ''] = process.argv.slice(2)
const start = performance.now()
const platform = await openPlatform({ dataFolder, filesFolder })
await platform.define(definitions)
const opened = performance.now()
const result = await platform.refresh()
const done = performance.now()
await platform.close()
const told: Told = {
  openMs: opened - start,
  runMs: done - opened,
  stages: Object.fromEntries(stages.map((stage) => [stage, msOf(result, `${stage}:`)])),
  records: result.steps
    .filter(({ node }) => node.startsWith('stream:'))
    .reduce((sum, { rows = 0 }) => sum + rows, 0),
  peakBytes: process.resourceUsage().maxRSS * 1024,
}
process.stdout.write(`${JSON.stringify(told)}\n`)
