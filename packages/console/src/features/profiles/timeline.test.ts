import type { TimelineEvent } from '@tessera/platform/contract'
import { expect, test } from 'vitest'
import { eventKinds, lookOf, monthsOf } from './timeline.ts'

const event = (at?: string): TimelineEvent => ({
  ...(at === undefined ? {} : { at }),
  object: 'sales_order',
  label: 'Sales Order',
  record: '1',
  stream: 'shop_orders',
  source: 'shop',
  id: '1',
  shows: [],
})

test('events stand together by month, in the zone of the reader; those without a date come last', () => {
  const events = [
    event('2026-02-03T10:00:00Z'),
    event('2026-01-31T23:30:00Z'),
    event('2026-01-02T00:00:00Z'),
    event(),
  ]
  const shape = (zone: string) =>
    monthsOf(events, zone).map((month) => [month.name, month.events.length])
  expect(shape('UTC')).toEqual([
    ['February 2026', 1],
    ['January 2026', 2],
    ['Without a date', 1],
  ])
  expect(shape('Europe/Rome')[0]).toEqual(['February 2026', 2])
})

test('only what happened at some time narrows a timeline', () => {
  const counts = [
    { object: 'individual', label: 'Individual', rows: 1, happens: false },
    { object: 'test_ride', label: 'Test ride', rows: 1, happens: true },
  ]
  expect(eventKinds(counts).map(({ object }) => object)).toEqual(['test_ride'])
})

test('each kind of event has its picture, also one that nobody knows', () => {
  expect(lookOf('sales_order').icon).toBe('order')
  expect(lookOf('email_engagement').icon).toBe('mail')
  expect(lookOf('website_engagement').icon).toBe('engagement')
  expect(lookOf('test_ride').icon).toBe('other')
})
