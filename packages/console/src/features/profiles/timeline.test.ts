import { expect, test } from 'vitest'
import type { TimelineEntry } from '../../lib/api-types.ts'
import { lookOf, monthsOf } from './timeline.ts'

const entry = (at: string): TimelineEntry => ({
  id: at,
  object: 'sales_order',
  label: 'Sales Order',
  at,
  shows: [],
  from: { record: '1', stream: 'shop', source: 'shop' },
})

test('entries stand together by month, in the zone of the reader', () => {
  const entries = ['2026-02-03T10:00:00Z', '2026-01-31T23:30:00Z', '2026-01-02T00:00:00Z'].map(
    entry,
  )
  const shape = (zone: string) =>
    monthsOf(entries, zone).map((month) => [month.name, month.entries.length])
  expect(shape('UTC')).toEqual([
    ['February 2026', 1],
    ['January 2026', 2],
  ])
  expect(shape('Europe/Rome')).toEqual([
    ['February 2026', 2],
    ['January 2026', 1],
  ])
})

test('each kind of event has its picture, also one that nobody knows', () => {
  expect(lookOf('sales_order').icon).toBe('order')
  expect(lookOf('email_engagement').icon).toBe('mail')
  expect(lookOf('website_engagement').icon).toBe('engagement')
  expect(lookOf('test_ride').icon).toBe('other')
})
