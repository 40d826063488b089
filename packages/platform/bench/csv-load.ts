import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { makeConnectors, openSpool } from '../src/flow/connectors/index.ts'
import { nowhere } from '../src/flow/connectors/testing/index.ts'
import { prepareLake } from '../src/flow/lake/index.ts'
import { pull } from '../src/flow/streams/pull.ts'
import { openDuckdb } from '../src/foundation/engine/index.ts'
import { randomIds } from '../src/foundation/kernel/ids.ts'
import { type Bench, best, rounded } from './bench.ts'

/** How long a large delimited file takes into a lake object, beside the bare engine. */
export const csvLoad: Bench = {
  name: 'csv-load',
  about:
    'A CSV of two million rows into a lake object: survey, types, rejects, key check, positions and all.',
  run: async ({ folder, isShort, say }) => {
    const rows = isShort ? 200_000 : 2_000_000
    const files = join(folder, 'files')
    await mkdir(files)
    const file = join(files, 'people.csv')
    await writePeople(file, rows)
    const times = isShort ? 1 : 3
    say(`${rows} rows written`)
    const [ours, raw] = [[] as number[], [] as number[]]
    for (let n = 0; n < times; n++) {
      raw.push(await best(1, () => loadRaw(join(folder, `raw-${n}`), file)))
      ours.push(await best(1, () => loadOurs(join(folder, `ours-${n}`), files)))
      say(`raw ${Math.round(raw.at(-1) ?? 0)} ms, lake ${Math.round(ours.at(-1) ?? 0)} ms`)
    }
    const [least, leastRaw] = [Math.min(...ours), Math.min(...raw)]
    return [
      {
        name: 'lake object',
        value: rounded(least),
        unit: 'ms',
        comparedWith: 'create table as from read_csv',
        ratio: rounded(least / leastRaw),
        target: 'at most 1.5',
      },
      { name: 'the engine alone', value: rounded(leastRaw), unit: 'ms' },
      { name: 'rows per second', value: Math.round(rows / (least / 1000)), unit: '' },
    ]
  },
}

async function loadRaw(folder: string, file: string) {
  await mkdir(folder)
  const instance = await DuckDBInstance.create(join(folder, 'raw.duckdb'))
  const connection = await instance.connect()
  await connection.run(`create table people as from read_csv('${file}')`)
  connection.closeSync()
  instance.closeSync()
  await rm(folder, { recursive: true })
}

async function loadOurs(folder: string, files: string) {
  await mkdir(folder)
  const engine = await openDuckdb({ folder })
  await prepareLake(engine)
  const ids = randomIds(() => new Date(), randomBytes)
  const spool = await openSpool({ folder: join(folder, 'spool'), ids })
  const connectors = makeConnectors({
    baseFolder: files,
    closedFolders: [],
    uploadsFolder: files,
    ...nowhere,
  })
  const done = await pull(
    { engine, connectors, spool, now: () => new Date() },
    {
      key: 'people',
      stream: {
        connection: 'files',
        source: { path: 'people.csv' },
        mode: 'upsert',
        primary_key: ['id'],
        category: 'profile',
      },
      connection: { connector: 'files', settings: { folder: '.' } },
      signal: new AbortController().signal,
    },
  )
  if (done.stored !== done.received || done.received === 0)
    throw new Error(`not everything was stored: ${JSON.stringify(done)}`)
  await engine.close()
  await rm(folder, { recursive: true })
}

/** The columns of the file, with the types that its values have. */
export const peopleColumns = [
  { name: 'id', type: 'integer', sqlType: 'bigint' },
  { name: 'first_name', type: 'text', sqlType: 'varchar' },
  { name: 'last_name', type: 'text', sqlType: 'varchar' },
  { name: 'email', type: 'text', sqlType: 'varchar' },
  { name: 'city', type: 'text', sqlType: 'varchar' },
  { name: 'amount', type: 'number', sqlType: 'double' },
  { name: 'created_at', type: 'timestamp', sqlType: 'timestamp' },
  { name: 'active', type: 'boolean', sqlType: 'boolean' },
] as const

/** People with names, addresses, amounts and times; the same numbers at every run. */
export async function writePeople(file: string, rows: number): Promise<void> {
  const out = createWriteStream(file)
  let state = 1
  const random = (below: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
    return state % below
  }
  let text = `${peopleColumns.map(({ name }) => name).join(',')}\n`
  for (let id = 0; id < rows; id++) {
    const day = String(1 + random(28)).padStart(2, '0')
    text += `${id},Name${random(5000)},Surname${random(20_000)},user${id}@mail${random(50)}.example,City ${random(900)},${random(100_000) / 100},2025-0${1 + random(9)}-${day} 10:0${random(9)}:00,${random(2) === 0}\n`
    if (text.length < 1_000_000) continue
    if (!out.write(text)) await once(out, 'drain')
    text = ''
  }
  out.end(text)
  await once(out, 'finish')
}
