import { describe, expect, test } from 'vitest'
import { sql } from '#engine'
import { folderEngine } from '#engine/testing'
import {
  castConflict,
  compareShadow,
  conflictsOf,
  currentTable,
  ledgerOf,
  originOf,
  pastTable,
  prepareLake,
  rejectedOf,
  type StreamShape,
  shadowOf,
  swapShadow,
} from './index.ts'
import { type Lines, shapeOf, testLog } from './testing/lines.ts'

const { engine, folder } = await folderEngine()
await prepareLake(engine)
const log = testLog(engine, folder)

const source = (shape: StreamShape, lines: Lines) => ({
  ...lines,
  shape,
  signal: AbortSignal.timeout(20_000),
})

const compare = (shape: StreamShape, lines: Lines) =>
  shadowOf(engine, source(shape, lines), (shadow) => compareShadow(engine, shadow))

const swap = (shape: StreamShape, lines: Lines) =>
  shadowOf(engine, source(shape, lines), (shadow) =>
    swapShadow(engine, shadow, { at: new Date(0), as: 'test' }),
  )

const none = { same: 0, changed: 0, onlyInShadow: 0, onlyInLake: 0, fields: [] }

describe('a shadow', () => {
  test('is what is there as long as nothing is defined anew', async () => {
    for (const mode of ['append', 'upsert', 'merge'] as const) {
      const shape = shapeOf(`same_${mode}`, { mode, primaryKey: mode === 'append' ? [] : ['id'] })
      const lines = log.write([
        [shape.key, 'put', { id: 'a', n: 1 }],
        [shape.key, 'put', { id: 'b', n: 'x' }],
        [shape.key, 'put', { id: 'a', n: 2, more: true }],
        [shape.key, 'merge', { id: 'b', n: 3 }],
        [shape.key, 'merge', { id: 'b', n: null, more: false }],
        ...(mode === 'append' ? [] : [[shape.key, 'delete', { id: 'a' }] as const]),
      ])
      await log.take([shape], lines)
      expect(await compare(shape, lines)).toEqual({ ...none, same: mode === 'append' ? 5 : 1 })
      expect(await swap(shape, lines)).toEqual({ replaced: 0, added: 0, removed: 0 })
      const later = log.write([[shape.key, 'merge', { id: 'b', more: null }]])
      await log.take([shape], later)
      expect(await compare(shape, later)).toEqual({ ...none, same: 1 })
    }
  })

  test('shows and brings what a stream would take otherwise today', async () => {
    const strict = shapeOf('mended', { onConflict: 'reject' })
    const lines = log.write([
      ['mended', 'put', { n: 1, at: 'x' }],
      ['mended', 'put', { n: 'two', at: 'y' }],
      ['mended', 'put', { n: '3', at: 'z' }],
    ])
    await log.take([strict], lines)
    expect(await ledgerOf(engine, 'mended')).toMatchObject({ stored: 2, rejected: 1 })
    const lenient = shapeOf('mended')
    expect(await compare(lenient, lines)).toEqual({ ...none, same: 2, onlyInShadow: 1 })
    expect(await swap(lenient, lines)).toEqual({ replaced: 0, added: 1, removed: 0 })
    expect(await ledgerOf(engine, 'mended')).toMatchObject({ received: 3, stored: 3, rejected: 0 })
    expect(await rejectedOf(engine, 'mended')).toEqual([])
    expect(await conflictsOf(engine, 'mended')).toMatchObject([{ field: 'n', count: 1 }])
    const rows = await engine.rows(
      sql`select n, n__text, _event, _position from ${currentTable('mended')} order by _event`,
    )
    expect(rows.map((row) => [row['n'], row['n__text'], row['_event']])).toEqual([
      [1, null, lines.from],
      [null, 'two', lines.from + 1],
      [3, null, lines.from + 2],
    ])
    const position = Number(rows[1]?.['_position'])
    expect(await originOf(engine, { stream: 'mended', position })).toEqual({
      event: lines.from + 1,
    })
    expect(await compare(lenient, lines)).toEqual({ ...none, same: 3 })
  })

  test('tells which fields differ, and keeps what was', async () => {
    const shape = shapeOf('changed', { mode: 'upsert', primaryKey: ['id'] })
    const lines = log.write([
      ['changed', 'put', { id: 'a', n: 1 }],
      ['changed', 'put', { id: 'b', n: 2 }],
      ['changed', 'put', { id: 'c', n: 3 }],
    ])
    await log.take([shape], lines)
    await log.arrive([shape], ['changed', 'put', { id: 'c', n: 4 }])
    await engine.change('a test', (writer) =>
      writer.run(sql`update ${currentTable('changed')} set n = 20 where id = 'b'`),
    )
    expect(await compare(shape, lines)).toEqual({
      ...none,
      same: 1,
      changed: 1,
      fields: [
        {
          field: 'n',
          differing: 1,
          examples: [{ event: lines.from + 1, lake: '20', shadow: '2' }],
        },
      ],
    })
    expect(await swap(shape, lines)).toEqual({ replaced: 1, added: 0, removed: 0 })
    expect(
      await engine.rows(sql`select id, n from ${currentTable('changed')} order by id`),
    ).toEqual([
      { id: 'a', n: 1 },
      { id: 'b', n: 2 },
      { id: 'c', n: 4 },
    ])
    expect(await engine.rows(sql`select id, n from ${pastTable('changed')} order by id`)).toEqual([
      { id: 'b', n: 20 },
      { id: 'c', n: 3 },
    ])
    expect(await ledgerOf(engine, 'changed')).toMatchObject({ received: 4, stored: 4 })
  })

  test('is refused when the fields changed meanwhile', async () => {
    const shape = shapeOf('moving')
    const lines = log.write([['moving', 'put', { n: 1 }]])
    await log.take([shape], lines)
    const swapping = shadowOf(engine, source(shape, lines), async (shadow) => {
      await castConflict(engine, 'moving', 'n', { type: 'number' })
      return swapShadow(engine, shadow, { at: new Date(0), as: 'test' })
    })
    await expect(swapping).rejects.toMatchObject({ code: 'lake.stream_moved' })
  })

  test('of a stream that has nothing yet is all new', async () => {
    const shape = shapeOf('fresh', { mode: 'merge', primaryKey: ['id'] })
    const lines = log.write([['fresh', 'put', { id: 1, n: 'x' }]])
    expect(await compare(shape, lines)).toEqual({ ...none, onlyInShadow: 1 })
    expect(await swap(shape, lines)).toEqual({ replaced: 0, added: 1, removed: 0 })
    expect(await engine.rows(sql`select id, n from ${currentTable('fresh')}`)).toEqual([
      { id: '1', n: 'x' },
    ])
  })
})
