import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sql } from '#engine'
import { folderEngine } from '#engine/testing'
import { currentTable, fieldsOf, prepareLake, type StreamShape, takeEvents } from '#lake'
import type { Condition } from '#segments'
import { matching } from './asked.ts'
import { valuesOf } from './cells.ts'
import { type EventFields, evaluate } from './evaluate.ts'
import { eventFieldsOf, typesOf } from './event-fields.ts'

const { engine, folder } = await folderEngine()
await prepareLake(engine)
let [head, streams] = [0, 0]

const words = [
  'Rome',
  'rome',
  'ROMA',
  'Città',
  'città',
  'Straße',
  'Ωmega',
  'ωmega',
  'true',
  '',
  ' ',
  '[x',
  'a"b',
  "o'hara",
]
const numbers = [0, 1, -1, 5, 5.5, -0.25, 1.23456, 10_000, 99.99, 1e21, 9007199254740992, 1e-7, 0.1]
const times = [
  '2026-01-31',
  '2026-01-31T00:00:00Z',
  '2026-01-31T10:30:00Z',
  '2026-01-31 10:30',
  '2026-01-31T10:30:00.123456Z',
  '2026-01-31T23:59:59.999Z',
  '2026-02-01T01:30:00+02:00',
  '2026-02-01T01:30:00+0200',
  '2026-13-01',
  '2026-02-30T10:00:00Z',
  1_769_855_400_000,
  '1769855400000',
]
const anything = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...words) },
  { weight: 4, arbitrary: fc.constantFrom(...numbers) },
  { weight: 3, arbitrary: fc.constantFrom(...times) },
  fc.constantFrom('5', '05', '5.0', '1e3', '12.5', '-7', 'inf', 'nan', '123456789012345678901'),
  fc.constantFrom(true, false, null, {}, { a: 1 }, [1, 2]),
)
const event = fc.record(
  {
    kind: fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...words) }, anything),
    count: fc.oneof({ weight: 5, arbitrary: fc.integer({ min: -5, max: 5 }) }, anything),
    price: fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...numbers) }, anything),
    total: anything,
    paid: fc.oneof({ weight: 5, arbitrary: fc.boolean() }, anything),
    day: fc.oneof({ weight: 5, arbitrary: fc.constantFrom('2026-01-31', '2026-02-01') }, anything),
    at: fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...times) }, anything),
    in: fc.record({ city: anything }),
  },
  { requiredKeys: [] },
)

const shape: Omit<StreamShape, 'key'> = {
  mode: 'append',
  primaryKey: [],
  fields: [
    { name: 'kind', label: 'kind', type: 'text' },
    { name: 'count', label: 'count', type: 'integer' },
    { name: 'price', label: 'price', type: 'number' },
    { name: 'total', label: 'total', type: 'decimal' },
    { name: 'paid', label: 'paid', type: 'boolean' },
    { name: 'day', label: 'day', type: 'date' },
    { name: 'at', label: 'at', type: 'timestamp' },
    { name: 'in_city', label: 'in.city', type: 'text' },
  ],
}

const orders = ['=', '<>', '<', '<=', '>', '>='] as const
const leaf = fc.oneof(
  fc.record({
    field: fc.constantFrom('kind', 'in_city'),
    op: fc.constantFrom('=', '<>', 'contains', 'starts_with', 'ends_with'),
    value: fc.constantFrom(...words.filter((word) => word !== '')),
    case_sensitive: fc.boolean(),
  }),
  fc.record({
    field: fc.constantFrom('kind', 'in_city'),
    op: fc.constantFrom('in', 'not in'),
    value: fc.subarray(
      words.filter((word) => word !== ''),
      { minLength: 1 },
    ),
  }),
  fc.record({
    field: fc.constant('count'),
    op: fc.constantFrom(...orders),
    value: fc.integer({ min: -5, max: 5 }),
  }),
  fc.record({
    field: fc.constantFrom('price', 'total'),
    op: fc.constantFrom(...orders),
    value: fc.constantFrom(...numbers),
  }),
  fc.record({
    field: fc.constantFrom('price', 'total', 'count'),
    op: fc.constantFrom('in', 'not in', 'between'),
    value: fc.constantFrom([-1, 5], [0, 1], [5, 10_000]),
  }),
  fc.record({
    field: fc.constant('paid'),
    op: fc.constantFrom('=', '<>'),
    value: fc.boolean(),
  }),
  fc.record({
    field: fc.constantFrom('day', 'at'),
    op: fc.constantFrom(...orders, 'before', 'after', 'on'),
    value: fc.constantFrom('2026-01-31', '2026-02-01'),
  }),
  fc.record({
    field: fc.constant('at'),
    op: fc.constantFrom(...orders, 'before', 'after', 'on'),
    value: fc.constantFrom('2026-01-31T10:30:00Z', '2026-01-31T23:30:00+00:00', '2026-01-31 10:30'),
  }),
  fc.record({
    field: fc.constantFrom('day', 'at'),
    op: fc.constant('between'),
    value: fc.constantFrom(['2026-01-30', '2026-01-31'], ['2026-01-31', '2026-02-01']),
  }),
  fc.record({
    field: fc.constantFrom('kind', 'count', 'price', 'total', 'paid', 'day', 'at', 'in_city'),
    op: fc.constantFrom('is_empty', 'is_filled'),
  }),
)
const { condition } = fc.letrec<{ condition: Condition }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    leaf as fc.Arbitrary<Condition>,
    fc.record({ all: fc.array(tie('condition'), { maxLength: 3 }) }),
    fc.record({ any: fc.array(tie('condition'), { maxLength: 3 }) }),
    fc.record({ not: tie('condition') }),
  ),
}))

test('one event is answered as its row in the lake is', { timeout: 120_000 }, async () => {
  let sure = 0
  let all = 0
  await fc.assert(
    fc.asyncProperty(
      fc.array(event, { minLength: 30, maxLength: 60 }),
      fc.array(condition, { minLength: 40, maxLength: 40 }),
      async (events, conditions) => {
        const stream = `s${++streams}`
        const from = head + 1
        await arrive(stream, events)
        const fields: EventFields = eventFieldsOf(await fieldsOf(engine, stream))
        const now = new Date('2026-02-01T00:00:00Z')
        const rows = sql`(select *, _event as profile from ${currentTable(stream)})`
        for (const one of conditions) {
          const found = await engine.rows(matching(one, { fields: typesOf(fields), rows, now }))
          const holding = new Set(found.map(({ profile }) => Number(profile)))
          for (const [i, value] of events.entries()) {
            const json = JSON.stringify(value)
            const answer = evaluate(one, fields, valuesOf(json))
            all++
            if (answer === undefined) continue
            sure++
            expect(answer, `${JSON.stringify(one)} of ${json}`).toBe(holding.has(from + i))
          }
        }
      },
    ),
    // The message names condition and event; making them smaller takes minutes.
    { numRuns: 12, endOnFailure: true },
  )
  // What is left to the set lane is the exception, even among values made to be odd.
  expect(sure / all).toBeGreaterThan(0.75)
})

async function arrive(stream: string, events: readonly object[]): Promise<void> {
  const path = join(folder, `${stream}.txt`)
  const from = head + 1
  const lines = events.map(
    (one) => `${++head}\t${head * 1000}\t${stream}\tput\t${JSON.stringify(one)}\n`,
  )
  writeFileSync(path, lines.join(''))
  await takeEvents(engine, {
    path,
    from,
    to: head,
    shapes: [{ key: stream, ...shape }],
    at: new Date(0),
    signal: AbortSignal.timeout(60_000),
  })
}
