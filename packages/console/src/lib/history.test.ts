import { expect, test } from 'vitest'
import { changed, type History, redone, undone } from './history.ts'

const start: History<string> = { now: 'a', past: [], future: [], at: 0 }

test('steps are taken back and made again', () => {
  const three = changed(changed(start, 'b', 1_000), 'c', 5_000)
  const back = undone(undone(three))
  expect(back).toMatchObject({ now: 'a', past: [], future: ['b', 'c'] })
  expect(redone(back)).toMatchObject({ now: 'b', past: ['a'], future: ['c'] })
  expect(redone(redone(redone(back)))).toMatchObject({ now: 'c', past: ['a', 'b'], future: [] })
})

test('what is typed in one go is one step', () => {
  const typed = ['V', 'VI', 'VIP'].reduce(
    (of, text, i) => changed(of, text, 1_000 + i * 200),
    start,
  )
  expect(undone(typed).now).toBe('a')
})

test('what is done elsewhere, or otherwise than by typing, is a step of its own however quick', () => {
  const bodies = [
    { label: 'V', all: [{ op: '=', value: 1 }, { op: '>' }] },
    { label: 'VI', all: [{ op: '=', value: 1 }, { op: '>' }] },
    { label: 'VIP', all: [{ op: '=', value: 1 }, { op: '>' }] },
    { label: 'VIP', all: [{ op: '=', value: 12 }, { op: '>' }] },
    { label: 'VIP', all: [{ op: '=', value: 12 }] },
  ].map((body) => ({ over: 1, body }))
  const [first, ...others] = bodies
  const start: History<unknown> = { now: first, past: [], future: [], at: 0 }
  const last = others.reduce((of, body, i) => changed(of, body, 1_000 + i * 10), start)
  expect([...last.past, last.now]).toEqual([bodies[0], bodies[2], bodies[3], bodies[4]])
})

test('a change after a step back is a step of its own, and forgets what was taken back', () => {
  const back = undone(changed(changed(start, 'b', 1_000), 'c', 5_000))
  const other = changed(back, 'd', 5_100)
  expect(other.future).toEqual([])
  expect(undone(other).now).toBe('b')
})

test('there is nothing before the first and after the last', () => {
  expect(undone(start)).toBe(start)
  expect(redone(start)).toBe(start)
})
