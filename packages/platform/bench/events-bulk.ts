import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { type BenchTools, type Figure, rounded } from './bench.ts'
import { writePeople } from './csv-load.ts'
import type { BulkOrder, BulkReport } from './events-bulk-load.ts'
import { jobFigures, jobOf } from './events-job.ts'

/**
 * How long a large file takes that was sent in bulk, beside the bare engine, each in a process of its own: the loading alone, and
 * a whole job through the API, which is left out of the short form.
 */
export async function bulkFigures(tools: BenchTools): Promise<readonly Figure[]> {
  const { folder, isShort, say } = tools
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
  const jobs = isShort ? [] : await jobsOf(tools, { file, rows, bareMs: least(bare) })
  return [
    ...jobs,
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

/** The whole job, and one of a fifth of the rows, which shows whether memory grows with them. */
async function jobsOf(
  tools: BenchTools,
  { file, rows, bareMs }: { readonly file: string; readonly rows: number; readonly bareMs: number },
): Promise<readonly Figure[]> {
  const few = { file: join(tools.folder, 'few.csv'), rows: rows / 5 }
  await writePeople(few.file, few.rows)
  const small = await jobOf(tools, few)
  return jobFigures(rows, await jobOf(tools, { file, rows }), { bareMs, small })
}

async function load(order: BulkOrder): Promise<BulkReport> {
  const child = fork(join(import.meta.dirname, 'events-bulk-load.ts'))
  child.send(order)
  const [{ report, failed }] = await once(child, 'message')
  child.kill()
  if (report === undefined) throw new Error(`the bulk load failed: ${failed}`)
  return report
}
