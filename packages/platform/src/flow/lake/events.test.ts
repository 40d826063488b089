import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { sql } from '#engine'
import { folderEngine } from '#engine/testing'
import {
  currentTable,
  fieldsOf,
  ledgerOf,
  logPositionOf,
  pastTable,
  prepareLake,
  rejectedOf,
  type StreamShape,
  takeEvents,
} from './index.ts'

const { engine, folder } = await folderEngine()
await prepareLake(engine)

type Line = readonly [stream: string, kind: string, body: object | string]

const start = Date.UTC(2026, 0, 1, 10)
let head = 0
let files = 0

const shape = (key: string, more: Partial<StreamShape> = {}): StreamShape => ({
  key,
  mode: 'append',
  primaryKey: [],
  fields: [],
  ...more,
})

/** Writes lines at the end of the log and takes them. */
async function arrive(shapes: readonly StreamShape[], ...lines: readonly Line[]) {
  const from = head + 1
  const path = join(folder, `lines${++files}.txt`)
  const text = lines.map(([stream, kind, body]) => {
    const json = typeof body === 'string' ? body : JSON.stringify(body)
    return `${++head}\t${start + head * 1000}\t${stream}\t${kind}\t${json}\n`
  })
  writeFileSync(path, text.join(''))
  const round = {
    path,
    from,
    to: head,
    shapes,
    at: new Date(start),
    signal: AbortSignal.timeout(20_000),
  }
  return { counts: await takeEvents(engine, round), again: () => takeEvents(engine, round) }
}

const rowsOf = (stream: string, table = currentTable) =>
  engine.rows(sql`select * from ${table(stream)} order by _event`)

const typesOf = async (stream: string) =>
  Object.fromEntries((await fieldsOf(engine, stream)).map(({ name, type }) => [name, type]))

describe('takeEvents', () => {
  test('members become columns, by their paths', async () => {
    const { counts, again } = await arrive(
      [shape('web')],
      [
        'web',
        'put',
        { type: 'track', properties: { price: 9.5, tags: ['a'], Näme: true }, empty: {} },
      ],
      ['web', 'put', { type: 'page', count: 3, none: null, properties: null }],
    )
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
    expect(second).toMatchObject({ type: 'page', count: 3, properties_price: null, _event: head })
    expect(await again()).toEqual(new Map())
    expect(await rowsOf('web')).toHaveLength(2)
    expect(await logPositionOf(engine)).toBe(head)
  })

  test('a value that does not fit stands beside its column', async () => {
    const shapes = [shape('odd')]
    await arrive(shapes, ['odd', 'put', { age: 5, at: 'x', n: 1 }])
    await arrive(
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

  test('rows with keys: puts replace, merges add, deletes remove', async () => {
    const shapes = [shape('person', { mode: 'upsert', primaryKey: ['id'] })]
    const { counts } = await arrive(
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
    const { counts: later } = await arrive(
      shapes,
      ['person', 'put', { id: 1, name: 'b', city: 'x' }],
      ['person', 'merge', { id: 1, city: 'y' }],
      ['person', 'delete', { id: 1 }],
    )
    expect(later.get('person')).toMatchObject({ unchanged: 1, stored: 1, deleted: 1 })
    expect(await rowsOf('person')).toEqual([])
    expect(await ledgerOf(engine, 'person')).toMatchObject({ received: 12, stored: 4, batches: 1 })
  })

  test('a line that is no JSON object is rejected, the others are taken', async () => {
    const { counts } = await arrive(
      [shape('torn')],
      ['torn', 'put', '{"a":'],
      ['torn', 'put', { a: 1 }],
    )
    expect(counts.get('torn')).toMatchObject({ received: 2, stored: 1, rejected: 1 })
    expect(await rejectedOf(engine, 'torn')).toMatchObject([
      { reason: 'not a JSON object', raw: '{"a":' },
    ])
  })
})
