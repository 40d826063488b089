import { expect, test } from 'vitest'
import { storedLease } from './lease.ts'
import { memoryStore } from './store.ts'

function tabs() {
  const store = memoryStore()
  const time = { now: 1_000_000 }
  const tab = (me: string) =>
    storedLease({
      store: () => store,
      key: 'turn',
      me,
      clock: () => time.now,
      lastsMs: 20_000,
      settleMs: 10,
    })
  return { one: tab('one'), two: tab('two'), time, store }
}

test('one has the turn until it gives it back', async () => {
  const { one, two, store } = tabs()
  expect([await one.take(), await two.take(), await one.take()]).toEqual([true, false, true])
  two.release()
  expect(await two.take()).toBe(false)
  one.release()
  expect(store.keys()).toEqual([])
  expect(await two.take()).toBe(true)
})

test('of two that take it at once, one has it', async () => {
  const { one, two, store } = tabs()
  // Neither sees the other's mark at first, as when two processes write at once.
  const first = one.take()
  store.remove('turn')
  const second = two.take()
  expect([await first, await second]).toEqual([false, true])
})

test('the turn of a tab that was killed ends; that of one that works on does not', async () => {
  const { one, two, time } = tabs()
  await one.take()
  time.now += 15_000
  one.renew()
  time.now += 15_000
  expect(await two.take()).toBe(false)
  time.now += 5000
  expect(await two.take()).toBe(true)
  expect(await one.take()).toBe(false)
})

test('a clock that was set back does not keep the turn for hours', async () => {
  const { one, two, time } = tabs()
  await one.take()
  time.now -= 500_000
  expect(await two.take()).toBe(true)
})
