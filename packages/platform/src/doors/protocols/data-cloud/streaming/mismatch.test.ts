import fc from 'fast-check'
import { expect, test } from 'vitest'
import { testObjects } from '../testing/open-wire.ts'
import { check, isDate, isInstant } from './mismatch.ts'

const two = (n: number) => String(n).padStart(2, '0')

test('a date is one that the calendar has', () => {
  const part = (max: number) => fc.integer({ min: 0, max })
  fc.assert(
    fc.property(fc.integer({ min: 1000, max: 9999 }), part(13), part(32), (year, month, day) => {
      const text = `${year}-${two(month)}-${two(day)}`
      const parsed = new Date(`${text}T00:00:00Z`)
      const isReal = !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(text)
      expect(isDate(text)).toBe(isReal)
    }),
    { numRuns: 500 },
  )
})

test('an instant is one that prints so', () => {
  fc.assert(
    fc.property(fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) }), (at) => {
      expect(isInstant(at.toISOString())).toBe(true)
      expect(isInstant(at.toISOString().replace(/\.\d+/, ''))).toBe(true)
      expect(isInstant(at.toISOString().replace('Z', '+00:00'))).toBe(false)
      expect(isInstant(at.toISOString().replace('T', ' '))).toBe(false)
    }),
  )
})

test.each(['', '2021-1-01', '2021-01-01T', '20210101', ' 2021-01-01', '2021-02-30'])(
  '%j is no date',
  (text) => expect(isDate(text)).toBe(false),
)

test.each(['2021-01-01T24:00:00Z', '2021-01-01T00:60:00Z', '2021-02-30T00:00:00Z', '2021-01-01'])(
  '%j is no instant',
  (text) => expect(isInstant(text)).toBe(false),
)

test('every record is taken whole or refused with a reason, whatever it holds', () => {
  const object = testObjects[0]!
  const member = fc.oneof(fc.jsonValue(), fc.constantFrom('', '2021-01-01', null, 1, true))
  const record = fc.record(Object.fromEntries(object.fields.map(({ label }) => [label, member])), {
    requiredKeys: ['id'],
  })
  fc.assert(
    fc.property(fc.oneof(record, fc.jsonValue()), (sent) => {
      const { value, problems } = check(object, sent)
      if (value === undefined) expect(problems?.length).toBeGreaterThan(0)
      else expect(Object.keys(value)).toEqual(object.fields.map(({ name }) => name))
    }),
    { numRuns: 300 },
  )
})
