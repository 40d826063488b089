import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Engine, sql } from '#engine'
import { folderEngine } from '#engine/testing'
import {
  type BatchFile,
  compareShadow,
  currentTable,
  fieldsOf,
  hoursOf,
  type LakeField,
  ledgerOf,
  prepareEvents,
  prepareLake,
  type StreamShape,
  shadowOf,
  swapShadow,
  take,
  takeDeletions,
} from './index.ts'
import { logStart, shapeOf, testLog } from './testing/lines.ts'

const { engine, folder } = await folderEngine()
await prepareLake(engine)
const log = testLog(engine, folder)

const fields: readonly LakeField[] = [
  { label: 'id', name: 'id', type: 'text' },
  { label: 'part', name: 'part', type: 'integer' },
  { label: 'n', name: 'n', type: 'integer' },
]

/** A row of a key of two fields, told from others of it by a number. */
interface Given {
  readonly id: string | null
  readonly part: number
  readonly n: number
}

let streams = 0

async function openStream(): Promise<StreamShape> {
  const shape = shapeOf(`once${++streams}`, { primaryKey: ['id', 'part'], fields })
  await prepareEvents(engine, [shape])
  return shape
}

let files = 0

function fileOf(rows: readonly Given[]): BatchFile {
  const name = `f${++files}.csv`
  const path = join(folder, name)
  writeFileSync(
    path,
    `id,part,n\n${rows.map(({ id, part, n }) => `${id},${part},${n}\n`).join('')}`,
  )
  const columns = fields.map((field) => ({ name: field.name, label: field.label, empty: false }))
  const usual = { delimiter: ',', quote: '"', escape: '"', header: true, columns }
  return {
    ...{ name, fingerprint: name, fields },
    file: { format: 'csv', path, compressed: false, ...usual },
  }
}

const bring = async (by: Engine, { key: stream, primaryKey, mode }: StreamShape, file: BatchFile) =>
  take(by, {
    ...{ stream, primaryKey, mode: mode === 'append' ? mode : 'upsert' },
    known: await fieldsOf(engine, stream),
    files: (async function* () {
      yield file
    })(),
    at: new Date(logStart),
    signal: AbortSignal.timeout(20_000),
  })

const takeOut = async ({ key: stream, primaryKey }: StreamShape, rows: readonly Given[]) =>
  takeDeletions(engine, {
    ...{ stream, primaryKey, file: fileOf(rows) },
    known: await fieldsOf(engine, stream),
    at: new Date(logStart),
    signal: AbortSignal.timeout(20_000),
  })

const arrive = (shape: StreamShape, rows: readonly Given[]) =>
  log.arrive([shape], ...rows.map((row) => [shape.key, 'put', row] as const))

const held = async ({ key }: StreamShape) =>
  (await engine.rows(sql`select id, part, n from ${currentTable(key)} order by n`)).map(
    (row) => row['n'],
  )

async function checkLedger(shape: StreamShape, rows: number) {
  const counts = await ledgerOf(engine, shape.key)
  const { received, stored, unchanged, duplicate, rejected, deleted } = counts
  expect(stored).toBe(rows)
  expect(stored + unchanged + duplicate + rejected + deleted).toBe(received)
  const { hours } = await hoursOf(engine, shape.key, {
    from: new Date(logStart - 3.6e6),
    to: new Date(logStart + 1e9),
  })
  for (const hour of hours) expect(hour.stored + hour.duplicate).toBe(hour.received)
  expect(hours.reduce((sum, hour) => sum + hour.duplicate, 0)).toBe(duplicate)
}

const key = fc.record({ id: fc.constantFrom('a', 'b', 'c', null), part: fc.constantFrom(1, 2) })
const step = fc.oneof(
  fc.record({ by: fc.constant('events'), keys: fc.array(key, { minLength: 1, maxLength: 6 }) }),
  fc.record({
    by: fc.constantFrom('file', 'deletions'),
    keys: fc.uniqueArray(
      key.filter(({ id }) => id !== null),
      { minLength: 1, maxLength: 4, selector: ({ id, part }) => `${id} ${part}` },
    ),
  }),
)

/** What a map would say: the first row of each key, those without one, and what was deleted. */
function makeOracle() {
  const [first, keyless, gone] = [new Map<string, number>(), [] as number[], new Set<string>()]
  const nameOf = ({ id, part }: Given) => `${id} ${part}`
  return {
    bring: (rows: readonly Given[]) => {
      for (const row of rows) {
        if (row.id === null) keyless.push(row.n)
        else if (!first.has(nameOf(row))) first.set(nameOf(row), row.n)
      }
    },
    takeOut: (rows: readonly Given[]) => {
      for (const name of rows.map(nameOf)) if (first.has(name)) gone.add(name)
    },
    held: () =>
      [...[...first].flatMap(([name, n]) => (gone.has(name) ? [] : [n])), ...keyless].sort(
        (a, b) => a - b,
      ),
    stored: () => first.size + keyless.length,
  }
}

test('in whichever order files and events bring them, each key comes once, the first row of it stays, and what was deleted stays deleted', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 6 }), async (steps) => {
      const [shape, oracle] = [await openStream(), makeOracle()]
      let n = 0
      for (const { by, keys } of steps) {
        const rows = keys.map((one) => ({ ...one, n: ++n }))
        if (by === 'deletions') await takeOut(shape, rows)
        else if (by === 'file') await bring(engine, shape, fileOf(rows))
        else await arrive(shape, rows)
        if (by === 'deletions') oracle.takeOut(rows)
        else oracle.bring(rows)
      }
      expect(await held(shape)).toEqual(oracle.held())
      await checkLedger(shape, oracle.stored())
    }),
    { numRuns: 25 },
  )
})

test.each(['append', 'upsert'] as const)(
  'events that come while a file is compared are met (%s)',
  async (mode) => {
    const shape = { ...(await openStream()), mode }
    await arrive(shape, [{ id: 'a', part: 1, n: 1 }])
    // The engine as it is, with something that happens between its steps.
    const busy: Engine = {
      ...engine,
      staged: (query, use, ask) =>
        engine.staged(
          query,
          async (table) => {
            await arrive(shape, [
              { id: 'b', part: 1, n: 2 },
              { id: 'c', part: 1, n: 3 },
            ])
            return use(table)
          },
          ask,
        ),
    }
    const file = fileOf([
      { id: 'b', part: 1, n: 4 },
      { id: 'd', part: 1, n: 5 },
    ])
    await bring(busy, shape, file)
    expect(await held(shape)).toEqual(mode === 'append' ? [1, 2, 3, 5] : [1, 3, 4, 5])
    const places = await engine.rows(
      sql`select id from ${currentTable(shape.key)} where id in ('c', 'd') order by _position`,
    )
    expect(places).toEqual([{ id: 'c' }, { id: 'd' }])
  },
)

test('run again, a key that is there stays the row it is, and one that is not comes once', async () => {
  const strict = { ...(await openStream()), onConflict: 'reject' as const }
  const { key: stream } = strict
  await bring(engine, strict, fileOf([{ id: 'file', part: 1, n: 1 }]))
  const lines = log.write([
    [stream, 'put', { id: 'a', part: 1, n: 'two' }],
    [stream, 'put', { id: 'file', part: 1, n: 3 }],
    [stream, 'put', { id: 'a', part: 1, n: 4 }],
    [stream, 'put', { id: 'b', part: 1, n: 'five' }],
    [stream, 'put', { id: 'b', part: 1, n: 'six' }],
    [stream, 'put', { id: 'later', part: 1, n: 'seven' }],
  ])
  await log.take([strict], lines)
  await arrive(strict, [{ id: 'later', part: 1, n: 8 }])
  expect(await held(strict)).toEqual([1, 4, 8])
  expect(await ledgerOf(engine, stream)).toMatchObject({ stored: 3, duplicate: 1, rejected: 4 })
  const source = { ...lines, signal: AbortSignal.timeout(20_000) }
  const same = { changed: 0, onlyInShadow: 0, onlyInLake: 0, fields: [] }
  const compare = (shape: StreamShape) =>
    shadowOf(engine, { ...source, shape }, (shadow) => compareShadow(engine, shadow))
  expect(await compare(strict)).toEqual({ ...same, same: 1 })

  const lenient = { ...strict, onConflict: 'side' as const }
  const swapped = await shadowOf(engine, { ...source, shape: lenient }, (shadow) =>
    swapShadow(engine, shadow, { at: new Date(0), as: 'test' }),
  )
  expect(swapped).toEqual({ replaced: 0, added: 2, removed: 1 })
  const rows = await engine.rows(
    sql`select id, coalesce(cast(n as varchar), n__text) as n from ${currentTable(stream)} order by id`,
  )
  expect(rows).toEqual([
    { id: 'a', n: 'two' },
    { id: 'b', n: 'five' },
    { id: 'file', n: '1' },
    { id: 'later', n: '8' },
  ])
  expect(await compare(lenient)).toEqual({ ...same, same: 2 })
  await takeOut(lenient, [{ id: 'b', part: 1, n: 0 }])
  expect(await compare(lenient)).toEqual({ ...same, same: 1 })
})
