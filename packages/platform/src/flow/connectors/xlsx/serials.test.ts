import fc from 'fast-check'
import { expect, test } from 'vitest'
import { textOfNumber } from './serials.ts'

// What Excel shows; the days were checked against openpyxl's from_excel.
test.each([
  [1, 'date', 1900, '1900-01-01'],
  [59, 'date', 1900, '1900-02-28'],
  [60, 'date', 1900, '1900-02-28'],
  [61, 'date', 1900, '1900-03-01'],
  [45351, 'date', 1900, '2024-02-29'],
  [45351, 'instant', 1900, '2024-02-29T00:00:00'],
  [45351.57326388889, 'instant', 1900, '2024-02-29T13:45:30'],
  [45351.57326388889, 'date', 1900, '2024-02-29T13:45:30'],
  [45351.00000289352, 'instant', 1900, '2024-02-29T00:00:00.250'],
  [2958465, 'date', 1900, '9999-12-31'],
  [2958466, 'date', 1900, '2958466'],
  [-1, 'date', 1900, '-1'],
  [0, 'date', 1904, '1904-01-01'],
  [43889, 'date', 1904, '2024-02-29'],
  [2957003, 'date', 1904, '9999-12-31'],
  [0.5, 'time', 1900, '12:00:00'],
  [0.5, 'date', 1900, '12:00:00'],
  [1.5, 'time', 1900, '1900-01-01T12:00:00'],
  [1.5, 'elapsed', 1900, '36:00:00'],
  [0, 'elapsed', 1900, '00:00:00'],
  [1.0, 'number', 1900, '1'],
  [0.1 + 0.2, 'number', 1900, '0.30000000000000004'],
  [1e21, 'number', 1900, '1e+21'],
] as const)('%d as %s of %d is %s', (value, kind, epoch, text) => {
  expect(textOfNumber(String(value), kind, epoch)).toBe(text)
})

test.each([
  ['4012345678901234', 'number', '4012345678901234'],
  ['12345678901234567890', 'number', '12345678901234567890'],
  ['-9007199254740993', 'number', '-9007199254740993'],
  ['12345678901234.5678', 'number', '12345678901234.5678'],
  ['0.10000000000000001', 'number', '0.1'],
  ['1.2345678901234568E+16', 'number', '12345678901234568'],
  ['007', 'number', '7'],
  ['1234', { mask: '00000' }, '01234'],
  ['123456', { mask: '00000' }, '123456'],
  ['12345678', { mask: '000-00-0000' }, '012-34-5678'],
  ['99012345678', { mask: '(000) 000' }, '(99012345) 678'],
  ['-5', { mask: '00' }, '-5'],
  ['1.5', { mask: '00' }, '1.5'],
] as const)('%s with the format %j loses no digit', (raw, kind, text) => {
  expect(textOfNumber(raw, kind, 1900)).toBe(text)
})

test('numbers read back as they were, and every moment as the one it was, to the millisecond', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      expect(Number(textOfNumber(String(value), 'number', 1900))).toBe(value + 0)
    }),
  )
  const firstMs = Date.UTC(1900, 2, 1)
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 8000 * 365 * 86_400_000 }), (ms) => {
      const serial = 61 + ms / 86_400_000
      expect(Date.parse(`${textOfNumber(String(serial), 'instant', 1900)}Z`)).toBe(firstMs + ms)
    }),
  )
})
