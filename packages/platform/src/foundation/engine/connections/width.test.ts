import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { makeWidth } from './width.ts'

function house(threads: number, lingerMs?: number) {
  const told: number[] = []
  const width = makeWidth(threads, async (wanted) => void told.push(wanted), lingerMs)
  return { told, width }
}

test('large work has all threads until the last of it is done', async () => {
  const { told, width } = house(4)
  const first = Promise.withResolvers<void>()
  const running = width.wide(() => first.promise)
  expect(await width.wide(async () => told.at(-1))).toBe(4)
  first.resolve()
  await running
  await expect.poll(() => told).toEqual([4, 1])
})

test('work that comes in a row does not change the threads each time', async () => {
  const { told, width } = house(2, 60_000)
  for (let i = 0; i < 5; i++) await width.wide(async () => {})
  expect(told).toEqual([2])
})

test('where there is one thread, nothing is ever changed', async () => {
  const { told, width } = house(1)
  expect(await width.wide(async () => 'done')).toBe('done')
  await sleep(120)
  expect(told).toEqual([])
})

test('threads that could not be changed are changed by whoever comes next', async () => {
  let failures = 1
  const width = makeWidth(2, async () => {
    if (failures-- > 0) throw new Error('not now')
  })
  await expect(width.wide(async () => 'first')).rejects.toThrow('not now')
  expect(await width.wide(async () => 'second')).toBe('second')
})

test('once stopped it changes no more, and has waited for the change that was under way', async () => {
  const told: number[] = []
  const change = Promise.withResolvers<void>()
  const width = makeWidth(2, async (wanted) => {
    await change.promise
    told.push(wanted)
  })
  const working = width.wide(async () => 'done')
  // The change has begun once whoever waits for it has had a turn.
  await sleep(1)
  const stopped = width.stop().then(() => [...told])
  change.resolve()
  expect(await working).toBe('done')
  expect(await stopped).toEqual([2])
  await sleep(120)
  expect(told).toEqual([2])
})
