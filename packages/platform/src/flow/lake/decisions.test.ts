import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sql, value } from '#engine'
import { folderEngine } from '#engine/testing'
import {
  acceptConflict,
  castConflict,
  conflictsOf,
  currentTable,
  fieldsOf,
  hoursOf,
  ledgerOf,
  pastTable,
  prepareLake,
  rawOf,
  refuseConflict,
  rejectedOf,
} from './index.ts'
import { logStart, shapeOf, testLog } from './testing/lines.ts'

const { engine, folder } = await folderEngine()
await prepareLake(engine)
const log = testLog(engine, folder)

let streams = 0
/** A stream of people whose ages are what is given, each under a key of its own or under the one that is given. */
async function ages(given: readonly unknown[], key?: string) {
  const stream = `s${++streams}`
  const shapes = [shapeOf(stream, { mode: 'upsert', primaryKey: ['id'] })]
  for (const [i, age] of given.entries())
    await log.arrive(shapes, [stream, 'put', { id: key ?? `k${i}`, at: { x: i }, age }])
  return stream
}

const history = (stream: string) =>
  engine.rows(sql`select * exclude (_position), _position as p from (select *, null as _until from ${currentTable(stream)}
    union all by name select * from ${pastTable(stream)}) h order by _event`)

const cells = async (stream: string) =>
  (await history(stream)).map((row) =>
    Object.fromEntries(
      Object.entries(row).filter(([name, cell]) => name.startsWith('age') && cell !== null),
    ),
  )

const typeOf = async (stream: string) =>
  (await fieldsOf(engine, stream)).find(({ name }) => name === 'age')?.type

describe('conflicts', () => {
  test('tell what was expected, what was found, since when, with examples', async () => {
    const stream = await ages([5, 'old', 'x'.repeat(300), true, 7])
    const [conflict, ...others] = await conflictsOf(engine, stream)
    expect(others).toEqual([])
    expect(conflict).toMatchObject({
      field: 'age',
      expected: 'integer',
      found: [
        { type: 'text', count: 2 },
        { type: 'boolean', count: 1 },
      ],
      count: 3,
    })
    expect(conflict?.examples.map(({ value }) => value.length)).toEqual([4, 200, 3])
    expect(conflict?.examples.at(-1)).toMatchObject({ value: 'old', event: log.head() - 3 })
    expect(Date.parse(conflict?.lastAt ?? '')).toBe(logStart + (log.head() - 1) * 1000)
  })

  test('accepted, the field is text over all history; cast back, it is as it was', async () => {
    const stream = await ages([5, 'old', true, { b: 1 }, 7])
    const before = await cells(stream)
    expect(await acceptConflict(engine, stream, 'age')).toEqual({ fit: 3, unfit: 0 })
    expect(await cells(stream)).toEqual(
      ['5', 'old', 'true', '{"b":1}', '7'].map((age) => ({ age })),
    )
    expect(await conflictsOf(engine, stream)).toEqual([])
    expect(await fieldsOf(engine, stream)).toHaveLength(3)
    expect(await castConflict(engine, stream, 'age', { type: 'integer' })).toEqual({
      fit: 0,
      unfit: 3,
    })
    expect(await cells(stream)).toEqual([
      ...before.slice(0, 1),
      ...['old', 'true', '{"b":1}'].map((text) => ({ age__text: text })),
      ...before.slice(4),
    ])
    expect((await conflictsOf(engine, stream))[0]?.count).toBe(3)
  })

  test('cast to a wider type, what fits finds its place and the rest stays', async () => {
    const stream = await ages([5, '5.5', 'old', ' 7.25 '], 'one')
    expect(await castConflict(engine, stream, 'age', { type: 'number' })).toEqual({
      fit: 2,
      unfit: 1,
    })
    expect(await typeOf(stream)).toBe('number')
    expect(await cells(stream)).toEqual([
      { age: 5 },
      { age: 5.5 },
      { age__text: 'old' },
      { age: 7.25 },
    ])
  })

  test('by way of decimals and back, whole numbers and times are what they were', async () => {
    const stream = await ages([10, 'old', 100, 7, 0])
    const before = await cells(stream)
    await castConflict(engine, stream, 'age', { type: 'decimal' })
    expect(await acceptConflict(engine, stream, 'age')).toEqual({ fit: 1, unfit: 0 })
    expect(await cells(stream)).toEqual(['10', 'old', '100', '7', '0'].map((age) => ({ age })))
    await castConflict(engine, stream, 'age', { type: 'integer' })
    expect(await cells(stream)).toEqual(before)

    const times = await ages(['2024-01-02T10:00:00Z', '2024-01-02T10:00:00.5Z'])
    await castConflict(engine, times, 'age', { type: 'timestamp' })
    await acceptConflict(engine, times, 'age')
    expect(await cells(times)).toEqual([
      { age: '2024-01-02T10:00:00Z' },
      { age: '2024-01-02T10:00:00.5Z' },
    ])
    const never = await ages(['infinity', '2024-01-02T10:00:00Z'])
    await castConflict(engine, never, 'age', { type: 'timestamp' })
    await acceptConflict(engine, never, 'age')
    expect(await cells(never)).toEqual([{ age: 'infinity' }, { age: '2024-01-02T10:00:00Z' }])
  })

  test('refused, rows leave for the rejected and the version before stands again', async () => {
    const stream = await ages([5, 'old', 'older', 6, 'oldest'], 'one')
    expect(await refuseConflict(engine, stream, 'age')).toBe(3)
    expect(await cells(stream)).toEqual([{ age: 5 }, { age: 6 }])
    expect(await engine.rows(sql`select age from ${currentTable(stream)}`)).toEqual([{ age: 6 }])
    const rejected = await rejectedOf(engine, stream)
    expect(rejected.map((row) => [row['reason'], JSON.parse(String(row['raw']))])).toEqual(
      ['oldest', 'older', 'old'].map((age) => [
        `age: ${age} is not a whole number`,
        { id: 'one', at: { x: ['', 'old', 'older', '', 'oldest'].indexOf(age) }, age },
      ]),
    )
    const ledger = { received: 5, stored: 2, rejected: 3 }
    expect(await ledgerOf(engine, stream)).toMatchObject(ledger)
    const day = { from: new Date(logStart), to: new Date(logStart + 86_400_000) }
    expect(await hoursOf(engine, stream, day)).toMatchObject({ hours: [ledger] })
    expect(await conflictsOf(engine, stream)).toEqual([])
    expect((await fieldsOf(engine, stream)).map(({ name }) => name)).toEqual(['id', 'at_x', 'age'])
  })

  test('numbers that JSON has no word for are texts there, and stay what they are', async () => {
    const stream = await ages([1.5, 2.5, 3.5, 4.5, 'old'])
    const odd = ['nan', 'inf', '-inf']
    await engine.change('as a column of doubles may hold', async (writer) => {
      for (const [i, of] of odd.entries())
        await writer.run(sql`update ${currentTable(stream)}
          set age = cast(${value(of)} as double) where id = ${value(`k${i}`)}`)
    })
    const fields = await fieldsOf(engine, stream)
    const raws = await engine.rows(
      sql`select ${rawOf(fields)} as raw from ${currentTable(stream)} order by id`,
    )
    const words = ['NaN', 'Infinity', '-Infinity', 4.5, 'old']
    expect(raws.map(({ raw }) => JSON.parse(String(raw)).age)).toEqual(words)

    await acceptConflict(engine, stream, 'age')
    expect(await cells(stream)).toEqual(words.map((one) => ({ age: String(one) })))
    expect(await castConflict(engine, stream, 'age', { type: 'number' })).toEqual({
      fit: 0,
      unfit: 4,
    })
    expect(await cells(stream)).toEqual(
      words.map((one) => (one === 4.5 ? { age: 4.5 } : { age__text: one })),
    )
    expect(await refuseConflict(engine, stream, 'age')).toBe(4)
    const rejected = await rejectedOf(engine, stream)
    expect(rejected.map(({ raw }) => JSON.parse(String(raw)).age).toSorted()).toEqual([
      '-Infinity',
      'Infinity',
      'NaN',
      'old',
    ])
  })

  test('a text that names no number is none, however the engine calls it', async () => {
    const texts = ['nan', 'inf', '-inf', 'NaN', 'Infinity', ' inf ']
    const stream = await ages([1.5, ...texts])
    expect(await typeOf(stream)).toBe('number')
    expect(await cells(stream)).toEqual([
      { age: 1.5 },
      ...texts.map((text) => ({ age__text: text })),
    ])
  })

  test('about a field that is not there they are refused', async () => {
    const stream = await ages([1])
    await expect(acceptConflict(engine, stream, 'agee')).rejects.toMatchObject({
      code: 'lake.unknown_field',
    })
  })

  test('no sequence of decisions loses a value', async () => {
    const age = fc.constantFrom<unknown>(1, 2.5, '3', 'x', true, [1], null)
    const decision = fc.constantFrom('text', 'integer', 'number', 'boolean')
    await fc.assert(
      fc.asyncProperty(
        fc.array(age, { minLength: 1, maxLength: 5 }),
        fc.array(decision, { minLength: 1, maxLength: 3 }),
        async (given, types) => {
          const stream = await ages([1, ...given])
          for (const type of types)
            await castConflict(engine, stream, 'age', { type: type as 'text' })
          await acceptConflict(engine, stream, 'age')
          const texts = [1, ...given].map((one) =>
            one === null ? {} : { age: typeof one === 'string' ? one : JSON.stringify(one) },
          )
          expect(await cells(stream)).toEqual(texts)
        },
      ),
      { numRuns: 8 },
    )
  })
})
