import { describe, expect, test } from 'vitest'
import { sql } from '#engine'
import { folderEngine } from '#engine/testing'
import {
  conflictsOf,
  currentTable,
  dropParked,
  fieldsOf,
  forgetParked,
  hoursOf,
  ledgerOf,
  logPositionOf,
  originOf,
  parkedLines,
  parkedOf,
  pastTable,
  prepareLake,
  rejectedOf,
  rejectedReasons,
  takeBack,
  takeFirstEvents,
} from './index.ts'
import { logStart, shapeOf, type Told, testLog } from './testing/lines.ts'

const { engine, folder } = await folderEngine()
await prepareLake(engine)

const log = testLog(engine, folder)

const rowsOf = (stream: string, table = currentTable) =>
  engine.rows(sql`select * from ${table(stream)} order by _event`)

const typesOf = async (stream: string) =>
  Object.fromEntries((await fieldsOf(engine, stream)).map(({ name, type }) => [name, type]))

describe('takeFirstEvents', () => {
  test('stops where the largest stream has rows that the engine keeps together, and goes on there', async () => {
    const shapes = [shapeOf('many'), shapeOf('few')]
    const lines = log.write([
      ['few', 'put', { n: 1 }],
      ['many', 'put', { n: 2 }],
      ['many', 'rejected', { reason: 'odd', raw: {} }],
      ['many', 'put', { n: 3 }],
      ['many', 'put', { n: 4 }],
      ['few', 'put', { n: 5 }],
      ['many', 'put', { n: 6 }],
      ['few', 'put', { n: 7 }],
      ['many', 'put', { n: 8 }],
    ])
    const round = { ...lines, shapes, at: new Date(logStart), signal: AbortSignal.timeout(20_000) }
    const take = (groupedRows: number) => takeFirstEvents({ ...engine, groupedRows }, round)

    const first = await take(3)
    expect(first.to).toBe(lines.from + 4)
    expect(await logPositionOf(engine)).toBe(first.to)
    expect(first.counts.get('many')).toMatchObject({ received: 4, stored: 3, rejected: 1 })
    expect(first.counts.get('few')).toMatchObject({ received: 1, stored: 1 })

    const rest = await take(3)
    expect(rest.to).toBe(lines.to)
    expect(rest.counts.get('many')).toMatchObject({ received: 2, stored: 2 })
    expect((await rowsOf('many')).map(({ n }) => n)).toEqual([2, 3, 4, 6, 8])
    expect((await rowsOf('few')).map(({ n }) => n)).toEqual([1, 5, 7])
    expect(await take(3)).toEqual({ counts: new Map(), to: lines.to })
  })
})

describe('takeEvents', () => {
  test('when several streams fail at once, one of them is named and the process goes on', async () => {
    const streams = ['odd1', 'odd2', 'odd3', 'sound']
    // What no column can be called does not come by any door; a log may hold it from before.
    const lines = streams.map(
      (key): Told => [key, 'put', key === 'sound' ? { n: 1 } : { 'a\0b': 1 }],
    )
    const round = log.arrive(
      streams.map((key) => shapeOf(key)),
      ...lines,
    )
    await expect(round).rejects.toMatchObject({ stream: expect.stringMatching(/^odd/) })
  })

  test('members become columns, by their paths', async () => {
    const shapes = [shapeOf('web')]
    const lines = log.write([
      [
        'web',
        'put',
        { type: 'track', properties: { price: 9.5, tags: ['a'], Näme: true }, empty: {} },
      ],
      ['web', 'put', { type: 'page', count: 3, none: null, properties: null }],
    ])
    const counts = await log.take(shapes, lines)
    expect(counts.get('web')).toMatchObject({ received: 2, stored: 2 })
    expect(await typesOf('web')).toEqual({
      type: 'text',
      properties_price: 'number',
      properties_tags: 'json',
      properties_name: 'boolean',
      count: 'integer',
    })
    const [first, second] = await rowsOf('web')
    expect(first).toMatchObject({
      type: 'track',
      properties_price: 9.5,
      properties_tags: '["a"]',
      count: null,
    })
    expect(second).toMatchObject({
      type: 'page',
      count: 3,
      properties_price: null,
      _event: log.head(),
    })
    expect(await log.take(shapes, lines)).toEqual(new Map())
    expect(await rowsOf('web')).toHaveLength(2)
    expect(await logPositionOf(engine)).toBe(log.head())
  })

  test('a value that does not fit stands beside its column', async () => {
    const shapes = [shapeOf('odd')]
    await log.arrive(shapes, ['odd', 'put', { age: 5, at: 'x', n: 1 }])
    await log.arrive(
      shapes,
      ['odd', 'put', { age: 'old', at: { y: 1 }, n: 1.5 }],
      ['odd', 'put', { age: '7', at: 3, n: 2 }],
    )
    expect(await typesOf('odd')).toEqual({
      age: 'integer',
      at: 'text',
      n: 'number',
      age__text: 'text',
      at__json: 'json',
    })
    const rows = await rowsOf('odd')
    expect(
      rows.map((row) => [row['age'], row['age__text'], row['at'], row['at__json'], row['n']]),
    ).toEqual([
      [5, null, 'x', null, 1],
      [null, 'old', null, '{"y":1}', 1.5],
      [7, null, '3', null, 2],
    ])
  })

  test('an instant that nobody could be shown stands beside its column', async () => {
    const fields = [{ name: 'at', label: 'at', type: 'timestamp' as const }]
    const far = '294247-01-10T04:00:54.775806Z'
    const shapes = [shapeOf('far', { fields })]
    await log.arrive(shapes, ['far', 'put', { at: far }], ['far', 'put', { at: '1767261600000' }])
    expect(await rowsOf('far')).toMatchObject([
      { at: null, at__text: far },
      { at: '2026-01-01T10:00:00.000Z', at__text: null },
    ])
  })

  test('rows with keys: puts replace, merges add, deletes remove', async () => {
    const shapes = [shapeOf('person', { mode: 'upsert', primaryKey: ['id'] })]
    const counts = await log.arrive(
      shapes,
      ['person', 'put', { id: 1, name: 'a', city: 'x' }],
      ['person', 'put', { id: 1, name: 'a', city: 'x' }],
      ['person', 'merge', { id: 1, name: 'b' }],
      ['person', 'put', { id: 2, name: 'c' }],
      ['person', 'delete', { id: 2 }],
      ['person', 'delete', { id: 3 }],
      ['person', 'put', { name: 'nobody' }],
      ['person', 'duplicate', { id: 'again' }],
      ['person', 'rejected', { reason: 'no', raw: { a: 1 } }],
      ['', 'parked', { writeKey: 'k', message: {} }],
      ['other', 'put', { a: 1 }],
    )
    expect(counts.get('person')).toEqual({
      received: 9,
      stored: 3,
      unchanged: 2,
      deleted: 1,
      duplicate: 1,
      rejected: 2,
      parked: 0,
    })
    expect(counts.get('other')).toMatchObject({ received: 1, parked: 1 })
    expect(counts.get('')).toMatchObject({ received: 1, parked: 1 })
    expect(await rowsOf('person')).toMatchObject([{ id: '1', name: 'b', city: 'x' }])
    expect(await rowsOf('person', pastTable)).toMatchObject([
      { id: '1', name: 'a', city: 'x' },
      { id: '2', name: 'c', city: null },
    ])
    expect((await rejectedOf(engine, 'person')).map((row) => row['reason'])).toEqual([
      'no',
      'the key (id) is empty',
    ])
    const later = await log.arrive(
      shapes,
      ['person', 'put', { id: 1, name: 'b', city: 'x' }],
      ['person', 'merge', { id: 1, city: 'y' }],
      ['person', 'delete', { id: 1 }],
    )
    expect(later.get('person')).toMatchObject({ unchanged: 1, stored: 1, deleted: 1 })
    expect(await rowsOf('person')).toEqual([])
    expect(await ledgerOf(engine, 'person')).toMatchObject({ received: 12, stored: 4, batches: 1 })
  })

  test('in a merge null clears, absence keeps', async () => {
    const shapes = [shapeOf('people', { mode: 'merge', primaryKey: ['id'] })]
    const traits = { phone: '1', age: 5, note: ':null' }
    await log.arrive(shapes, ['people', 'put', { id: 'a', name: 'Ada', traits }])
    const say = async (...bodies: readonly object[]) => {
      await log.arrive(shapes, ...bodies.map((body) => ['people', 'merge', body] as const))
      const [row] = await rowsOf('people')
      const named = ['name', 'traits_phone', 'traits_age', 'traits_age__text', 'traits_note']
      return named.map((name) => row?.[name] ?? null)
    }
    expect(await say({ id: 'a', traits: { phone: null } })).toEqual(['Ada', null, 5, null, ':null'])
    expect(
      await say(
        { id: 'a', name: null, traits: { phone: null, age: 'old' } },
        { id: 'a', traits: { phone: '2' } },
      ),
    ).toEqual([null, '2', null, 'old', ':null'])
    expect(await say({ id: 'a', traits: { age: null } })).toEqual([null, '2', null, null, ':null'])
    const astray = { id: 'a', name: 'Ada', traits: 'none', other: { phone: null } }
    expect(await say(astray)).toEqual(['Ada', '2', null, null, ':null'])
    expect(await say({ id: 'a', traits: null })).toEqual(['Ada', null, null, null, null])
    const counts = await log.arrive(shapes, ['people', 'merge', { id: 'a', traits: null }])
    expect(counts.get('people')).toMatchObject({ unchanged: 1 })
    expect(await rowsOf('people', pastTable)).toHaveLength(6)
    expect(await conflictsOf(engine, 'people')).toMatchObject([{ field: 'traits_age', count: 2 }])
  })

  test('a line that is no JSON object is rejected, the others are taken', async () => {
    const counts = await log.arrive(
      [shapeOf('torn')],
      ['torn', 'put', '{"a":'],
      ['torn', 'put', { a: 1 }],
    )
    expect(counts.get('torn')).toMatchObject({ received: 2, stored: 1, rejected: 1 })
    expect(await rejectedOf(engine, 'torn')).toMatchObject([
      { reason: 'not a JSON object', raw: '{"a":' },
    ])
  })

  test('a whole number that would lose digits as a number goes beside it', async () => {
    const started = [shapeOf('large')]
    await log.arrive(
      started,
      ['large', 'put', { n: 1 }],
      ['large', 'put', { n: '9007199254740993' }],
    )
    await log.arrive(
      started,
      ['large', 'put', { n: 1.5 }],
      ['large', 'put', '{"n":9007199254740993}'],
    )
    expect(await typesOf('large')).toEqual({ n: 'number', n__integer: 'integer' })
    expect((await rowsOf('large')).map((row) => [row['n'], row['n__integer']])).toEqual([
      [1, null],
      [null, 9007199254740993n],
      [1.5, null],
      [null, 9007199254740993n],
    ])
    expect(await conflictsOf(engine, 'large')).toMatchObject([{ field: 'n', count: 2 }])
  })

  test('what is beyond the most fields stays together in one column', async () => {
    const shapes = [shapeOf('wide', { mostFields: 3 })]
    await log.arrive(
      shapes,
      ['wide', 'put', { a: 1, p: { b: 2 } }],
      ['wide', 'put', { c: 3, d: 4, p: { b: 5, e: [6] }, q: { r: { s: 7 }, t: null } }],
      ['wide', 'put', { a: 8, p: 'astray' }],
    )
    await log.arrive(shapes, ['wide', 'put', { p: { b: 9, z: {} }, q: {} }])
    expect(await typesOf('wide')).toEqual({
      a: 'integer',
      p_b: 'integer',
      c: 'integer',
      p: 'text',
      _more: 'json',
    })
    const rows = await rowsOf('wide')
    expect(rows.map((row) => [row['p_b'], row['p'], row['_more']])).toEqual([
      [2, null, null],
      [5, null, expect.anything()],
      [null, 'astray', null],
      [9, null, null],
    ])
    expect(JSON.parse(String(rows[1]?.['_more']))).toEqual({
      d: 4,
      p: { e: [6] },
      q: { r: { s: 7 }, t: null },
    })
  })

  test('a strict stream rejects what does not fit and what it does not know', async () => {
    const fields = [
      { label: 'id', name: 'id', type: 'text' },
      { label: 'user.age', name: 'age', type: 'integer' },
      { label: 'at', name: 'at', type: 'timestamp' },
    ] as const
    const shapes = [shapeOf('strict', { fields, onConflict: 'reject', unknown: 'reject' })]
    const counts = await log.arrive(
      shapes,
      ['strict', 'put', { id: 'a', user: { age: 5 }, at: '2026-01-31T10:00:00+02:00', none: null }],
      ['strict', 'put', { id: 'b', user: { age: 'old' }, at: '2026-01-31' }],
      ['strict', 'put', { id: 'c', user: { name: 'x' } }],
      ['strict', 'put', { id: 'd', user: 'x' }],
      ['strict', 'put', { id: 'e', at: 1769853600000 }],
    )
    expect(counts.get('strict')).toMatchObject({ received: 5, stored: 2, rejected: 3 })
    expect((await rowsOf('strict')).map((row) => [row['id'], row['age'], row['at']])).toEqual([
      ['a', 5, '2026-01-31T08:00:00.000Z'],
      ['e', null, '2026-01-31T10:00:00.000Z'],
    ])
    const rejected = await rejectedOf(engine, 'strict')
    expect(rejected.map((row) => row['reason'])).toEqual([
      'a value stands where an object is expected',
      'members that are not known: {"user":{"name":"x"}}',
      'age: old is not a whole number; at: 2026-01-31 is not a time (ISO 8601)',
    ])
    expect(rejected[2]).toMatchObject({ raw: '{"id":"b","user":{"age":"old"},"at":"2026-01-31"}' })
  })

  test('what dies in the middle keeps nothing, and comes once when it comes again', async () => {
    const shapes = [shapeOf('once'), shapeOf('broken')]
    await log.arrive(shapes, ['broken', 'put', { a: 1 }])
    const before = await logPositionOf(engine)
    const lines = log.write([
      ['once', 'put', { a: 1 }],
      ['broken', 'put', { a: 2 }],
    ])
    // The table of the second stream is away for a moment, so that the transaction fails after the rows of the first.
    await engine.change('a test', (writer) =>
      writer.run(sql`alter table lake.broken rename to away`),
    )
    await expect(log.take(shapes, lines)).rejects.toThrow()
    expect(await fieldsOf(engine, 'once')).toEqual([])
    expect(await ledgerOf(engine, 'once')).toMatchObject({ received: 0 })
    expect(await logPositionOf(engine)).toBe(before)
    await engine.change('a test', (writer) =>
      writer.run(sql`alter table lake.away rename to broken`),
    )
    const [first, second] = await Promise.all([log.take(shapes, lines), log.take(shapes, lines)])
    expect([first.size, second.size].toSorted()).toEqual([0, 2])
    expect(await rowsOf('once')).toHaveLength(1)
    expect(await rowsOf('broken')).toHaveLength(2)
  })

  test('lines before and after those that are meant are left out', async () => {
    const shapes = [shapeOf('part')]
    const lines = log.write([1, 2, 3, 4].map((a) => ['part', 'put', { a }] as const))
    await log.take(shapes, { ...lines, to: lines.from + 1 })
    await log.take(shapes, lines)
    expect((await rowsOf('part')).map((row) => row['a'])).toEqual([1, 2, 3, 4])
    expect(await ledgerOf(engine, 'part')).toMatchObject({ received: 4, stored: 4, batches: 1 })
  })

  test('a row tells from which event it came', async () => {
    await log.arrive([shapeOf('origin')], ['origin', 'put', { a: 1 }], ['origin', 'put', { a: 2 }])
    const [, row] = await rowsOf('origin')
    const position = Number(row?.['_position'])
    expect(await originOf(engine, { stream: 'origin', position })).toEqual({ event: log.head() })
  })

  test('hours tell what became of what came in them', async () => {
    await log.arrive(
      [shapeOf('hourly', { mode: 'upsert', primaryKey: ['id'] })],
      ['hourly', 'put', { id: 1 }],
      ['hourly', 'put', {}],
    )
    const { hours } = await hoursOf(engine, 'hourly', {
      from: new Date(logStart),
      to: new Date(logStart + 3_600_000),
    })
    expect(hours).toMatchObject([
      { hour: '2026-01-01T10:00:00.000Z', received: 2, stored: 1, rejected: 1, mended: 0 },
    ])
    const [rejected] = await rejectedOf(engine, 'hourly', { reason: 'KEY' })
    expect(await rejectedOf(engine, 'hourly', { reason: 'else' })).toEqual([])
    expect(await rejectedOf(engine, 'hourly', { from: new Date(logStart + 3_600_000) })).toEqual([])
    expect(await rejectedReasons(engine, 'hourly')).toEqual([
      { reason: 'the key (id) is empty', count: 1 },
    ])
    expect(await takeBack(engine, [Number(rejected?.['id'])])).toBe(1)
    expect(await takeBack(engine, [Number(rejected?.['id'])])).toBe(0)
    expect(
      await hoursOf(engine, 'hourly', { from: new Date(logStart), to: new Date(logStart + 1) }),
    ).toMatchObject({ hours: [{ received: 2, stored: 1, rejected: 0, mended: 1 }] })
    expect(await ledgerOf(engine, 'hourly')).toMatchObject({
      received: 2,
      stored: 1,
      rejected: 0,
      mended: 1,
    })
  })

  test('what is parked can be shown, adopted and forgotten', async () => {
    const parked = (n: number) => ['', 'parked', { writeKey: 'who', message: { n } }] as const
    await log.arrive([], parked(1), parked(2), ['nobody', 'put', { n: 3 }])
    const told = await parkedOf(engine)
    expect(told.find(({ writeKey }) => writeKey === 'who')).toMatchObject({
      stream: '',
      count: 2,
      examples: [{ n: 2 }, { n: 1 }],
    })
    expect(told.find(({ stream }) => stream === 'nobody')).toMatchObject({
      writeKey: '',
      count: 1,
      examples: [{ n: 3 }],
    })
    const lines = await parkedLines(engine, 'who')
    expect(lines.map(({ body }) => body)).toEqual(
      [1, 2].map((n) => ({ writeKey: 'who', message: { n } })),
    )
    expect(await forgetParked(engine, 'who', { upTo: lines[0]?.position ?? 0 })).toBe(1)
    expect(await parkedLines(engine, 'who')).toHaveLength(1)
    expect(await dropParked(engine, { before: new Date(logStart + 86_400_000) })).toBeGreaterThan(1)
    expect(await parkedOf(engine)).toEqual([])
  })
})
