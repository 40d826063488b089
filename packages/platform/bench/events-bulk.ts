import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { type BenchTools, type Figure, rounded } from './bench.ts'
import { writePeople } from './csv-load.ts'
import type { BulkOrder, BulkReport } from './events-bulk-load.ts'

/** How long a large file takes that was sent in bulk, beside the bare engine, each in a process of its own. */
export async function bulkFigures({
  folder,
  isShort,
  say,
}: BenchTools): Promise<readonly Figure[]> {
  const rows = isShort ? 200_000 : 5_000_000
  const file = join(folder, 'bulk.csv')
  await writePeople(file, rows)
  const [bare, ours] = [[] as BulkReport[], [] as BulkReport[]]
  for (let n = 0; n < (isShort ? 1 : 3); n++) {
    bare.push(await load({ file, folder: join(folder, `bulk-bare-${n}`), how: 'bare' }))
    ours.push(await load({ file, folder: join(folder, `bulk-ours-${n}`), how: 'lake' }))
    say(`bulk: bare ${rounded(bare.at(-1)?.ms ?? 0)} ms, ours ${rounded(ours.at(-1)?.ms ?? 0)} ms`)
  }
  const least = (of: readonly BulkReport[]) => Math.min(...of.map(({ ms }) => ms))
  const peak = (of: readonly BulkReport[]) => Math.max(...of.map(({ peakBytes }) => peakBytes))
  return [
    {
      name: `bulk, ${rows.toLocaleString('en-US')} rows with a key`,
      value: rounded(least(ours)),
      unit: 'ms',
      comparedWith: `the engine alone, into a typed table: ${rounded(least(bare))} ms`,
      ratio: rounded(least(ours) / least(bare)),
      target: 'at most 1.5',
    },
    {
      name: 'bulk: memory at most',
      value: rounded(peak(ours) / 2 ** 20),
      unit: 'MiB',
      comparedWith: `the engine alone: ${rounded(peak(bare) / 2 ** 20)} MiB`,
    },
  ]
}

async function load(order: BulkOrder): Promise<BulkReport> {
  const child = fork(join(import.meta.dirname, 'events-bulk-load.ts'))
  child.send(order)
  const [{ report, failed }] = await once(child, 'message')
  child.kill()
  if (report === undefined) throw new Error(`the bulk load failed: ${failed}`)
  return report
}
