import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Row, sql, value } from '#engine'
import { folderEngine } from '#engine/testing'
import {
  currentTable,
  type EventCounts,
  fieldsOf,
  pastTable,
  prepareEvents,
  prepareLake,
  type StreamShape,
  takeEvents,
} from './index.ts'
import { conflictTable, hourTable } from './tables.ts'
import {
  type Expected,
  expectedOf,
  type Json,
  type JsonObject,
  type Line,
  type Rules,
} from './testing/oracle.ts'

const { engine, folder } = await folderEngine()
await prepareLake(engine)

const scalar = fc.constantFrom<Json>(
  1,
  2,
  -3,
  1.5,
  0.25,
  true,
  false,
  'x',
  '7',
  '5.5',
  ' 8 ',
  '',
  'true',
  '{"z"',
  '[x',
  '2026-01-31T10:00:00Z',
  1769853600000,
  null,
)
const small = fc.oneof(
  { weight: 5, arbitrary: scalar },
  { weight: 2, arbitrary: fc.constant(null) },
  fc.constantFrom<Json>([], [1, 'a'], {}, { e: null }, { e: 1 }, { e: { f: 'g' } }),
)
const body = fc.dictionary(
  fc.constantFrom('a', 'b', 'c'),
  fc.oneof(small, fc.dictionary(fc.constantFrom('d', 'e'), small, { maxKeys: 2 })),
  { maxKeys: 3 },
)
const keyed = fc
  .tuple(fc.constantFrom<Json>(1, '1', 'k', 'l', null), body, fc.option(scalar, { nil: undefined }))
  .map(([id, rest, at]): JsonObject => ({ id, ...rest, ...(at === undefined ? {} : { at }) }))
const draft = fc.tuple(
  fc.oneof(
    { weight: 6, arbitrary: fc.constant('put' as const) },
    { weight: 3, arbitrary: fc.constant('merge' as const) },
    { weight: 2, arbitrary: fc.constant('delete' as const) },
    { weight: 1, arbitrary: fc.constant('duplicate' as const) },
  ),
  keyed,
)
const rules = fc
  .record({
    mode: fc.constantFrom<Rules['mode']>('append', 'upsert', 'merge'),
    pinned: fc.constantFrom<Rules['pinned']>(
      [],
      [
        { label: 'a', name: 'a', type: 'integer' },
        { label: 'at', name: 'at', type: 'timestamp' },
      ],
    ),
    mostFields: fc.constantFrom(100, 100, 4),
    onConflict: fc.constantFrom<Rules['onConflict']>('side', 'side', 'reject'),
  })
  // What has no column of its own is not compared here.
  .map((rule) => (rule.mode === 'append' ? rule : { ...rule, mostFields: 100 }))

const hourMs = 3_600_000
const startedAt = Date.UTC(2026, 0, 1, 10)
let head = 0
let streams = 0

const cellsOf = (row: Row) =>
  Object.fromEntries(
    Object.entries(row).filter(([name, cell]) => !name.startsWith('_') && cell !== null),
  )

async function found(stream: string): Promise<Omit<Expected, 'counts'>> {
  const fields = await fieldsOf(engine, stream)
  const tables = new Set((await engine.tables('lake')).map(({ name }) => name))
  const read = (table: typeof currentTable) =>
    !tables.has(stream) ? [] : engine.rows(sql`select * from ${table(stream)}`)
  const conflicts = await engine.rows(
    sql`select field, type, event from ${conflictTable} where stream = ${value(stream)} order by event, field, type`,
  )
  const byEvent = (a: { event: number }, b: { event: number }) => a.event - b.event
  return {
    types: Object.fromEntries(
      fields.filter(({ name }) => name !== '_more').map(({ name, type }) => [name, type]),
    ),
    current: (await read(currentTable))
      .map((row) => ({ event: Number(row['_event']), cells: cellsOf(row) as never }))
      .sort(byEvent),
    past: (await read(pastTable))
      .map((row) => ({
        event: Number(row['_event']),
        until: Number(row['_until']) - (Number(row['_position']) - Number(row['_event'])),
        cells: cellsOf(row) as never,
      }))
      .sort(byEvent),
    conflicts: conflicts.map(
      (row) => [String(row['field']), String(row['type']), Number(row['event'])] as const,
    ),
  }
}

const sorted = ({ types, current, past, conflicts }: Expected): Omit<Expected, 'counts'> => ({
  types,
  current: current.toSorted((a, b) => a.event - b.event),
  past: past.toSorted((a, b) => a.event - b.event),
  conflicts: conflicts.toSorted(
    (a, b) => a[2] - b[2] || (`${a[0]} ${a[1]}` < `${b[0]} ${b[1]}` ? -1 : 1),
  ),
})

async function takeAll(shape: StreamShape, lines: readonly Line[], cuts: readonly number[]) {
  const counts: EventCounts[] = []
  for (let at = 0, n = 0; at < lines.length; n++) {
    const round = lines.slice(at, at + (cuts[n % cuts.length] ?? 1))
    at += round.length
    const path = join(folder, 'lines.txt')
    const text = round.map(
      ({ event, at: ms, kind, body: of }) =>
        `${event}\t${ms}\t${shape.key}\t${kind}\t${JSON.stringify(of)}\n`,
    )
    writeFileSync(path, text.join(''))
    const [first, last] = [round[0], round.at(-1)]
    if (!first || !last) break
    const taken = await takeEvents(engine, {
      path,
      from: first.event,
      to: last.event,
      shapes: [shape],
      at: new Date(last.at),
      signal: AbortSignal.timeout(30_000),
    })
    counts.push(...taken.values())
  }
  return counts
}

test('any events, cut into any rounds, end as the oracle says', { timeout: 90_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(
      rules,
      fc.array(draft, { minLength: 1, maxLength: 14 }),
      fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 3 }),
      async (rule, drafts, cuts) => {
        const stream = `s${++streams}`
        const lines = drafts.map(([kind, of]): Line => {
          head++
          return { event: head, at: startedAt + head * (hourMs / 3), kind, body: of }
        })
        const keys = rule.mode === 'append' ? [] : ['id']
        const shape: StreamShape = { ...rule, key: stream, primaryKey: keys, fields: rule.pinned }
        await prepareEvents(engine, [shape])
        const counts = await takeAll(shape, lines, cuts)
        const expected = expectedOf(lines, { ...rule, ...(keys.length > 0 ? { key: 'id' } : {}) })
        expect(await found(stream)).toEqual(sorted(expected))
        const sum = (name: keyof EventCounts) => counts.reduce((all, one) => all + one[name], 0)
        expect(sum('received')).toBe(lines.length)
        for (const [name, count] of Object.entries(expected.counts))
          expect([name, sum(name as keyof EventCounts)]).toEqual([name, count])
        const [hours] = await engine.rows(
          sql`select sum(received) as received, sum(stored) as stored, sum(rejected) as rejected, sum(unchanged) as unchanged, sum(deleted) as deleted
            from ${hourTable} where stream = ${value(stream)}`,
        )
        const { duplicate: _, ...rest } = expected.counts
        expect(hours).toEqual({ received: lines.length, ...rest })
      },
    ),
    { numRuns: 20 },
  )
})
