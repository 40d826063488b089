import type { SeenEvent } from '@tessera/platform/contract'
import { expect, test } from 'vitest'
import { emptyTail, mostAtOnce, mostShown, withNews } from './tail.ts'

const event = (position: number): SeenEvent => ({
  position,
  status: 'stored',
  stream: 'shop',
  wire: 'events',
  receivedAt: '2026-11-22T10:00:00.000Z',
  value: {},
})
const events = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => event(to - i))
const positions = (of: readonly SeenEvent[]) => of.map(({ position }) => position)

test('what comes stands before what was there, and one asks on from the newest', () => {
  const tail = withNews(withNews(emptyTail, events(1, 2)), events(5, 6))
  expect(positions(tail.events)).toEqual([6, 5, 2, 1])
  expect(tail).toMatchObject({ after: 6, hasGap: false })
})

test('an empty answer is an answer: from now on one waits', () => {
  expect(withNews(emptyTail, [])).toEqual({ events: [], after: 0, hasGap: false })
  const tail = withNews(emptyTail, events(1, 2))
  expect(withNews(tail, [])).toEqual(tail)
})

test('a full answer says that some are missing, but not the first one', () => {
  const first = withNews(emptyTail, events(1, mostAtOnce))
  expect(first.hasGap).toBe(false)
  const second = withNews(first, events(1001, 1000 + mostAtOnce))
  expect(second.hasGap).toBe(true)
  expect(withNews(second, events(5000, 5000)).hasGap).toBe(true)
})

test('the oldest leave the page', () => {
  const tail = [0, 1, 2, 3].reduce(
    (so, i) => withNews(so, events(i * 190 + 1, i * 190 + 190)),
    emptyTail,
  )
  expect(tail.events).toHaveLength(mostShown)
  expect(tail.events[0]?.position).toBe(760)
})
