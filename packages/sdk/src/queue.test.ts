import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Draft, write } from './event.ts'
import { createQueue } from './queue.ts'
import { memoryStore } from './store.ts'

const day = 24 * 60 * 60 * 1000

function shelf() {
  const store = memoryStore()
  const time = { now: Date.UTC(2026, 0, 1) }
  const drops: string[] = []
  const open = () =>
    createQueue({
      store: () => store,
      prefix: 'p.',
      clock: () => time.now,
      drop: ({ messageId }, reason) => void drops.push(`${messageId}: ${reason}`),
    })
  return { store, time, drops, open }
}

const event = (messageId: string, more: Draft = {}) =>
  write({ type: 'track', event: 'e', userId: 'ada', messageId, ...more })
const all = { events: 1000, bytes: 1_000_000 }
const idsIn = (queue: ReturnType<typeof createQueue>, most = all) =>
  queue.batch(most).map(({ id }) => id)

test('gives the oldest first, as many as fit, and at least one', () => {
  const { open, time } = shelf()
  const queue = open()
  for (const id of ['a.1', 'b', 'c']) {
    queue.add(event(id))
    time.now += 1
  }
  expect(idsIn(queue)).toEqual(['a.1', 'b', 'c'])
  expect(idsIn(queue, { events: 2, bytes: 1_000_000 })).toEqual(['a.1', 'b'])
  expect(idsIn(queue, { events: 9, bytes: event('b').bytes * 2 + 10 })).toEqual(['a.1', 'b'])
  expect(idsIn(queue, { events: 9, bytes: 1 })).toEqual(['a.1'])
  expect(idsIn(open())).toEqual([])
})

test('whatever two tabs do, the store ends as one list would, and no event is lost', () => {
  const step = fc.record({
    tab: fc.constantFrom(0, 1),
    act: fc.constantFrom('add', 'add', 'add', 'send', 'refresh', 'leave'),
    count: fc.integer({ min: 1, max: 3 }),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const { open, time, drops } = shelf()
      const tabs = [open(), open()]
      const model: string[] = []
      steps.forEach(({ tab, act, count }, i) => {
        const queue = tabs[tab]!
        time.now += 1
        if (act === 'add') {
          queue.add(event(`e${i}`))
          model.push(`e${i}`)
        }
        if (act === 'refresh') queue.refresh()
        if (act === 'leave') queue.leave(idsIn(queue, { ...all, events: count }))
        if (act === 'send') {
          queue.refresh()
          const sent = idsIn(queue, { ...all, events: count })
          expect(sent).toEqual(model.splice(0, count))
          queue.remove(sent)
        }
      })
      const last = open()
      last.refresh()
      expect(idsIn(last)).toEqual(model)
      expect(drops).toEqual([])
    }),
  )
})

test('what left with a closing page goes again within a day, and is let go after', () => {
  const { open, time, drops } = shelf()
  const page = open()
  page.add(event('a'))
  page.add(event('b'))
  page.leave(['a'])
  time.now += day - 1
  const soon = open()
  soon.refresh()
  expect(idsIn(soon)).toEqual(['a', 'b'])
  time.now += 1
  const late = open()
  late.refresh()
  expect([idsIn(late), late.size()]).toEqual([['b'], 1])
  expect(drops).toEqual([
    'a: it left with a closing page more than a day ago, and no answer was seen',
  ])
})

test('what is no event does not spoil the batch of others', () => {
  const { open, store, drops } = shelf()
  const queue = open()
  for (const id of ['a', 'b', 'c']) queue.add(event(id))
  const [, second = '', third = ''] = store.keys()
  store.set(second, '{"messageId":')
  store.set(third, '{"messageId":"another"}')
  expect(idsIn(queue)).toEqual(['a'])
  expect(drops).toEqual(['b', 'c'].map((id) => `${id}: what was stored of it is no event`))
  expect(queue.size()).toBe(1)
})
