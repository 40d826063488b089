import { expect, test } from 'vitest'
import {
  dayMs,
  writeDate,
  writeInstant,
  writeMillis,
  writeOffset,
  writeSpaced,
} from './instants.ts'

const instants = [
  '2025-04-30T09:15:07.250Z',
  '1961-12-31T23:59:59.999Z',
  '2024-02-29T00:00:00.000Z',
]

test.each(instants)('%s is written as a Date writes it', (text) => {
  const instant = Date.parse(text)
  expect(writeDate(instant)).toBe(text.slice(0, 10))
  expect(writeInstant(instant)).toBe(`${text.slice(0, 19)}Z`)
  expect(writeSpaced(instant)).toBe(text.slice(0, 19).replace('T', ' '))
  expect(writeOffset(instant)).toBe(`${text.slice(0, 19)}+00:00`)
})

test('milliseconds are kept where they are asked for', () => {
  expect(writeMillis(Date.parse('2025-04-30T09:15:07.050Z'))).toBe('2025-04-30T09:15:07.050Z')
  expect(writeMillis(20_000 * dayMs)).toBe('2024-10-04T00:00:00.000Z')
})
