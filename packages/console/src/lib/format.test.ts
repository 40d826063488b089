import { expect, test } from 'vitest'
import {
  counted,
  formatAgo,
  formatClock,
  formatCount,
  formatDuration,
  formatHour,
  formatShare,
  formatShort,
  formatTime,
  formatValue,
  initialsOf,
} from './format.ts'

test('counts keep their thousands apart, and are short only when large', () => {
  expect(formatCount(1_234_567)).toBe('1,234,567')
  expect(formatShort(9_999)).toBe('9,999')
  expect(formatShort(12_345)).toBe('12.3K')
  expect(counted(1, 'row', 'rows')).toBe('1 row')
  expect(counted(0, 'row', 'rows')).toBe('0 rows')
})

test('a share is per cent', () => {
  expect(formatShare(0.3456)).toBe('34.6%')
})

test.each([
  [320, '320 ms'],
  [4_210, '4.2 s'],
  [60_000, '1 min'],
  [61_000, '1 min 1 s'],
  [3_600_000, '1 h'],
  [5_400_000, '1 h 30 min'],
])('%d ms is %s', (ms, said) => {
  expect(formatDuration(ms)).toBe(said)
})

test.each([
  ['2026-01-01T11:59:58Z', 'just now'],
  ['2026-01-01T12:00:09Z', 'just now'],
  ['2026-01-01T12:00:15Z', 'in 15 s'],
  ['2026-01-01T11:59:20Z', '40 s ago'],
  ['2026-01-01T11:30:00Z', '30 min ago'],
  ['2025-12-31T12:00:00Z', '1 d ago'],
  ['2026-01-01T14:00:00Z', 'in 2 h'],
  ['yesterday', 'yesterday'],
])('%s is %s', (time, said) => {
  expect(formatAgo(time, Date.parse('2026-01-01T12:00:00Z'))).toBe(said)
})

test('a time is said in the zone of the reader', () => {
  expect(formatTime('2026-01-01T23:30:00Z', 'Europe/Rome')).toBe('2 Jan 2026, 00:30')
  expect(formatHour('2026-01-01T23:00:00Z', 'Europe/Rome')).toBe('2 Jan, 00:00')
  expect(formatClock('2026-01-01T23:30:05Z', 'Europe/Rome')).toBe('00:30:05')
})

test.each([
  [null, undefined, ''],
  [true, undefined, 'yes'],
  [1234.5, 'decimal', '1,234.50'],
  [1234, 'decimal', '1,234'],
  ['84000.5000', 'decimal', '84,000.50'],
  ['12345678901234567.25', 'decimal', '12,345,678,901,234,567.25'],
  ['0049', 'text', '0049'],
  ['1984-02-29', 'date', '29 Feb 1984'],
  [{ a: 1 }, undefined, '{"a":1}'],
])('%j is shown as %s', (value, type, shown) => {
  expect(formatValue(value, type)).toBe(shown)
})

test.each([
  ['Ada Lovelace', 'AL'],
  ['Jean-Luc van den Berg', 'JB'],
  ['ada@example.com', 'AC'],
  ['', ''],
])('%s is %s for short', (name, initials) => {
  expect(initialsOf(name)).toBe(initials)
})
