import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Value, value } from '../expression.ts'
import { sql } from '../sql.ts'
import { memoryEngine } from '../testing/index.ts'
import { inText } from './duckdb-text.ts'

const texts = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(`'`, `''; drop table x; --`, '\\', '$1', 'a\0b', '', 'x'.repeat(2000), '🙂', '"'),
)
const values: fc.Arbitrary<Value> = fc.oneof(
  texts.map((of) => value(of)),
  texts.map((of) => value(JSON.stringify({ of }), 'json')),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((of) => value(of)),
  fc.integer().map((of) => value(of)),
  fc.double({ noNaN: true }).map((of) => value(of, 'number')),
  fc.boolean().map((of) => value(of)),
  fc
    .date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
    .map((of) => value(of)),
  fc.constantFrom('text', 'integer', 'number', 'boolean', 'timestamp').map((of) => value(null, of)),
)

test('a value in the text of a statement is the value beside it, of the same type', async () => {
  const engine = await memoryEngine()
  await fc.assert(
    fc.asyncProperty(values, async (of) => {
      const asked = sql`select ${of} as it, typeof(${of}) as kind`
      expect(await engine.rows(asked, { lane: 'tick' })).toEqual(await engine.rows(asked))
    }),
    { numRuns: 300 },
  )
  await engine.close()
})

test('what cannot stand in a text stays beside it', () => {
  expect(inText(value('a\0b'))).toBeUndefined()
  expect(inText(value('x'.repeat(2000)))).toBeUndefined()
  expect(inText(value(`it's`))).toBe(`cast('it''s' as varchar)`)
})
