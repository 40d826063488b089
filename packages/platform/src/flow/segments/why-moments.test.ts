import fc from 'fast-check'
import { expect, test } from 'vitest'
import { join, sql, value } from '#engine'
import { memoryEngine } from '#engine/testing'
import { compare } from './compare.ts'
import { type Comparison, units } from './definition.ts'
import { momentsAfter } from './why-moments.ts'

const engine = await memoryEngine()
const dayMs = 86_400_000
const yearMs = 366 * dayMs

const oneOf = <T>(...values: readonly T[]) => fc.constantFrom(...values)
const unit = oneOf(...units)
const asked: fc.Arbitrary<Comparison> = fc.oneof(
  fc.record({
    op: oneOf('today', 'yesterday', 'tomorrow', 'anniversary' as const),
  }) as fc.Arbitrary<Comparison>,
  fc.record({ op: oneOf('this' as const, 'last' as const, 'next' as const), unit }),
  fc.record({
    op: oneOf(
      'within_last' as const,
      'not_within_last' as const,
      'within_next' as const,
      'more_than_ago' as const,
      'more_than_ahead' as const,
      'ago' as const,
      'from_now' as const,
    ),
    value: oneOf(0, 1, 2, 3, 6, 24),
    unit,
  }),
  fc.record({
    op: oneOf(
      'within_last_days' as const,
      'not_within_last_days' as const,
      'within_next_days' as const,
      'anniversary_within_next_days' as const,
    ),
    value: oneOf(0, 1, 7, 30, 300),
  }),
)
const zone = oneOf('UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'America/Havana')

// Ends of months, leap days and the hours at which clocks are put forward and back come often.
const sharp = [
  '2024-02-29T23:59:59.999Z',
  '2025-03-30T00:59:59.999Z',
  '2025-03-30T01:00:00Z',
  '2025-10-26T00:30:00Z',
  '2025-10-26T01:30:00Z',
  '2025-11-02T05:30:00Z',
  '2025-08-31T12:00:00Z',
  '2026-01-31T10:00:00Z',
  '2026-02-28T10:00:00Z',
  '2026-03-29T01:30:00Z',
].map((text) => Date.parse(text))
const instant = fc.oneof(
  oneOf(...sharp),
  fc.integer({ min: Date.parse('2024-01-01'), max: Date.parse('2028-01-01') }),
)

test('the answer to a question to a time changes at no other moments than those that are told', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        question: asked,
        type: oneOf('date' as const, 'timestamp' as const),
        inZone: zone,
        at: instant,
        nowMs: instant,
      }),
      fc.array(fc.integer({ min: 1, max: yearMs }), { minLength: 40, maxLength: 40 }),
      async ({ question, type, inZone, at, nowMs }, spans) => {
        const ms = type === 'date' ? Math.floor(at / dayMs) * dayMs : at
        const time = { ms, type, zone: inZone, asked: question, now: nowMs }
        const told = momentsAfter(time).filter((moment) => moment < nowMs + yearMs)
        const moments = [nowMs, ...told.toSorted((a, b) => a - b)]
        const cell =
          type === 'date'
            ? value(new Date(ms).toISOString().slice(0, 10), 'date')
            : value(new Date(ms))
        const tried = moments.flatMap((from, i) => {
          const to = moments[i + 1] ?? nowMs + yearMs
          const inside = spans.map((span) => nowMs + span).filter((one) => one > from && one < to)
          return [from, to - 1, Math.floor((from + to) / 2), ...inside].map((one) => ({ i, one }))
        })
        const answers = tried.map(
          ({ one }) =>
            sql`(${compare({ of: cell, type, asked: question, now: new Date(one), zone: inZone })})`,
        )
        const [row] = await engine.rows(sql`select [${join(answers)}] as answers`)
        const found = row?.['answers'] as readonly boolean[]
        const first = new Map<number, boolean>()
        for (const [j, { i, one }] of tried.entries()) {
          const expected = first.get(i) ?? found[j]!
          first.set(i, expected)
          expect({ answer: found[j], at: new Date(one).toISOString() }).toEqual({
            answer: expected,
            at: new Date(one).toISOString(),
          })
        }
      },
    ),
    { numRuns: 300 },
  )
}, 120_000)
