import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sql } from '#engine'
import { folderEngine } from '#engine/testing'
import {
  type Arrival,
  type BatchFile,
  currentTable,
  fieldsOf,
  type LakeField,
  ledgerOf,
  type Mode,
  originOf,
  pastTable,
  prepareLake,
  rejectedOf,
  take,
} from './index.ts'

const { engine, folder } = await folderEngine()
await prepareLake(engine)

const someFields: readonly LakeField[] = [
  { label: 'id', name: 'id', type: 'text' },
  { label: 'n', name: 'n', type: 'integer' },
]

let files = 0
const arrive = (stream: string, mode: Mode, ...contents: readonly string[]) =>
  arriveAs({ stream, mode }, ...contents)

const arriveAs = (
  of: Pick<Arrival, 'stream' | 'mode' | 'onConflict'>,
  ...contents: readonly string[]
) =>
  takeFiles(
    of,
    contents.map((content) => write(content)),
  )

async function takeFiles(
  of: Pick<Arrival, 'stream' | 'mode' | 'onConflict'>,
  batches: readonly BatchFile[],
) {
  return take(engine, {
    ...of,
    primaryKey: ['id'],
    known: await fieldsOf(engine, of.stream),
    files: (async function* () {
      yield* batches
    })(),
    at: new Date('2026-01-01T00:00:00Z'),
    signal: AbortSignal.timeout(10_000),
  })
}

function write(content: string, fields = someFields): BatchFile {
  const name = `f${++files}.csv`
  const path = join(folder, name)
  writeFileSync(path, `${fields.map((f) => f.name)}\n${content}`)
  const columns = fields.map((f) => ({ name: f.name, label: f.label, empty: false }))
  return {
    name,
    fingerprint: name,
    fields,
    file: {
      format: 'csv',
      path,
      compressed: false,
      delimiter: ',',
      quote: '"',
      escape: '"',
      header: true,
      columns,
    },
  }
}

const now = async (stream: string) => {
  const rows = await engine.rows(sql`select * from ${currentTable(stream)} order by id`)
  return Object.fromEntries(rows.map((row) => [row['id'], row['n'] ?? row['n__text']]))
}

const count = async (stream: string) => {
  const [row] = await engine.rows(
    sql`select (select count(*) from ${currentTable(stream)}) as now, (select count(*) from ${pastTable(stream)}) as past`,
  )
  return { now: Number(row?.['now']), past: Number(row?.['past']) }
}

describe('take', () => {
  test('rows with the same key: the last one stands, the earlier are history', async () => {
    const counts = await arrive('dup', 'upsert', 'a,1\nb,2\na,3\n')
    expect(counts).toEqual({ received: 3, stored: 3, unchanged: 0, rejected: 0, removed: 0 })
    expect(await now('dup')).toEqual({ a: 3, b: 2 })
    expect(await count('dup')).toEqual({ now: 2, past: 1 })
  })

  test('a row of more columns than an expression may be deep is taken, and rejected without its key', async () => {
    const names = ['id', ...Array.from({ length: 1200 }, (_, i) => `c${i}`)]
    const fields = names.map((name): LakeField => ({ label: name, name, type: 'text' }))
    const rest = names.slice(1).join(',')
    const counts = await takeFiles({ stream: 'wide', mode: 'upsert' }, [
      write(`a,${rest}\n,${rest}\n`, fields),
    ])
    expect(counts).toMatchObject({ received: 2, stored: 1, rejected: 1 })
    const [rejected] = await rejectedOf(engine, 'wide')
    expect(rejected?.raw).toBe(['', ...names.slice(1)].join(','))
  }, 60_000)

  test('what comes again unchanged keeps its position', async () => {
    await arrive('again', 'upsert', 'a,1\nb,2\n')
    const before = await engine.rows(sql`select * from ${currentTable('again')} where id = 'a'`)
    expect(await arrive('again', 'upsert', 'a,1\nb,3\nc,4\n')).toMatchObject({
      stored: 2,
      unchanged: 1,
    })
    expect(await engine.rows(sql`select * from ${currentTable('again')} where id = 'a'`)).toEqual(
      before,
    )
    expect(await now('again')).toEqual({ a: 1, b: 3, c: 4 })
  })

  test('a full refresh removes what is gone, and keeps it as history', async () => {
    await arrive('full', 'full', 'a,1\nb,2\n', 'c,3\n')
    expect(await arrive('full', 'full', 'b,2\n', 'c,4\n')).toEqual({
      received: 2,
      stored: 1,
      unchanged: 1,
      rejected: 0,
      removed: 1,
    })
    expect(await now('full')).toEqual({ b: 2, c: 4 })
    expect(await count('full')).toEqual({ now: 2, past: 2 })
  })

  test('bad rows and rows without a key are kept with file, record and reason', async () => {
    const bad = { stream: 'bad', mode: 'upsert', onConflict: 'reject' } as const
    expect(await arriveAs(bad, 'a,1\n,2\nb,x\nc,3\n')).toMatchObject({
      received: 4,
      stored: 2,
      rejected: 2,
    })
    const rejected = await rejectedOf(engine, 'bad')
    expect(rejected.map((row) => [row['record'], row['raw']])).toEqual([
      [2, ',2'],
      [3, 'b,x'],
    ])
    expect(rejected[0]?.['reason']).toBe('the key (id) is empty')
    const [row] = await engine.rows(
      sql`select _position from ${currentTable('bad')} where id = 'c'`,
    )
    expect(
      await originOf(engine, { stream: 'bad', position: Number(row?.['_position']) }),
    ).toMatchObject({ record: 4 })
  })

  test('a value that does not fit stands beside its column, in every version of its row', async () => {
    expect(await arrive('beside', 'upsert', 'a,1\nb,x\nc,\n')).toMatchObject({
      stored: 3,
      rejected: 0,
    })
    expect(
      await engine.rows(sql`select id, n, n__text from ${currentTable('beside')} order by id`),
    ).toEqual([
      { id: 'a', n: 1, n__text: null },
      { id: 'b', n: null, n__text: 'x' },
      { id: 'c', n: null, n__text: null },
    ])
    expect(await arrive('beside', 'upsert', 'b,x\nc,y\n')).toMatchObject({
      stored: 1,
      unchanged: 1,
    })
    expect(await arrive('beside', 'upsert', 'b,\nc,3\n')).toMatchObject({ stored: 2 })
    expect(
      await engine.rows(sql`select id, n__text from ${pastTable('beside')} order by id, _position`),
    ).toEqual([
      { id: 'b', n__text: 'x' },
      { id: 'c', n__text: null },
      { id: 'c', n__text: 'y' },
    ])
    expect(await now('beside')).toEqual({ a: 1, b: null, c: 3 })
  })

  test('any sequence of batches ends as a plain map would, and the ledger balances', async () => {
    const row = fc.tuple(
      fc.constantFrom('a', 'b', 'c', 'd'),
      fc.constantFrom<string | number>(0, 1, 2, 'x', 'y'),
    )
    const batch = fc.record({
      mode: fc.constantFrom<Mode>('full', 'upsert'),
      rows: fc.array(row, { minLength: 1, maxLength: 5 }),
    })
    let n = 0
    await fc.assert(
      fc.asyncProperty(fc.array(batch, { minLength: 1, maxLength: 4 }), async (batches) => {
        const stream = `property_${++n}`
        let expected = new Map<string, string | number>()
        let received = 0
        for (const { mode, rows } of batches) {
          const counts = await arrive(stream, mode, rows.map(([id, v]) => `${id},${v}\n`).join(''))
          expect(counts.received).toBe(counts.stored + counts.unchanged + counts.rejected)
          if (mode === 'full') expected = new Map()
          for (const [id, v] of rows) expected.set(id, v)
          received += rows.length
          expect(await now(stream)).toEqual(Object.fromEntries(expected))
        }
        const ledger = await ledgerOf(engine, stream)
        expect(ledger).toMatchObject({ received, batches: batches.length })
        const { now: current, past } = await count(stream)
        expect(ledger.stored).toBe(current + past)
      }),
      { numRuns: 25 },
    )
  })
})
