import { link, mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { prepareLake } from '../src/flow/lake/index.ts'
import { loadBulk } from '../src/flow/streams/bulk.ts'
import { openDuckdb } from '../src/foundation/engine/index.ts'
import { peopleColumns } from './csv-load.ts'
import { usageOf } from './events-server.ts'

/** Which file is to be loaded, and by what. */
export interface BulkOrder {
  readonly file: string
  readonly folder: string
  readonly how: 'bare' | 'lake'
}

/** How long it took. */
export interface BulkReport {
  readonly ms: number
  readonly peakBytes: number
}

process.on('message', (order: BulkOrder) => {
  const { how, folder } = order
  load(order)
    .then((ms) => process.send?.({ report: { ms, peakBytes: usageOf(process.pid).peakBytes } }))
    .catch((thrown: unknown) => process.send?.({ failed: `${how}: ${thrown}` }))
    .finally(() => rm(folder, { recursive: true, force: true }))
})

async function load({ file, folder, how }: BulkOrder): Promise<number> {
  await mkdir(folder)
  return how === 'bare' ? loadBare(file, folder) : loadIntoLake(file, folder)
}

async function loadBare(file: string, folder: string): Promise<number> {
  const instance = await DuckDBInstance.create(join(folder, 'bare.duckdb'))
  const connection = await instance.connect()
  const columns = peopleColumns.map(({ name, sqlType }) => `'${name}': '${sqlType}'`).join(', ')
  const since = performance.now()
  await connection.run(
    `create table people as from read_csv('${file}', header = true, columns = {${columns}})`,
  )
  const ms = performance.now() - since
  connection.closeSync()
  instance.closeSync()
  return ms
}

async function loadIntoLake(file: string, folder: string): Promise<number> {
  // The engine reads only what lies in its folder.
  const path = join(folder, 'bulk.csv')
  await link(file, path)
  const engine = await openDuckdb({ folder })
  await prepareLake(engine)
  const since = performance.now()
  const counts = await loadBulk(
    { engine, now: () => new Date() },
    {
      stream: 'people',
      mode: 'upsert',
      primaryKey: ['id'],
      onConflict: 'side',
      fields: peopleColumns.map(({ name, type }) => ({ name, label: name, type })),
      files: [
        {
          name: 'bulk.csv',
          fingerprint: 'bulk',
          path,
          compressed: false,
          columns: peopleColumns.map(({ name }) => name),
        },
      ],
      signal: new AbortController().signal,
      onFile: () => {},
    },
  )
  const ms = performance.now() - since
  await engine.close()
  if (counts.stored !== counts.received) throw new Error(JSON.stringify(counts))
  return ms
}
