import { expect, test } from 'vitest'
import { makeRoom } from './room.ts'

test('lets in as many as there is room for, in the order of asking, and never more', async () => {
  const room = makeRoom(10)
  const begun: number[] = []
  const ends = [4, 4, 9, 1, 30].map((bytes, i) => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const done = room.within({ bytes, waitingBytes: 1 }, async () => {
      begun.push(i)
      await promise
    })
    return () => {
      resolve()
      return done
    }
  })
  const settled = () => new Promise((settle) => setImmediate(settle))
  await settled()
  expect(begun).toEqual([0, 1])
  await ends[0]?.()
  await settled()
  // One that is larger is not passed by those behind it.
  expect(begun).toEqual([0, 1])
  await ends[1]?.()
  await settled()
  expect(begun).toEqual([0, 1, 2, 3])
  await ends[2]?.()
  await ends[3]?.()
  await settled()
  expect(begun).toEqual([0, 1, 2, 3, 4])
  await ends[4]?.()
})

test('gives room back after a failure, and refuses when too much waits', async () => {
  const room = makeRoom(10)
  const fails = room.within({ bytes: 10, waitingBytes: 2 }, () => Promise.reject(new Error('no')))
  const waits = room.within({ bytes: 10, waitingBytes: 9 }, async () => 'done')
  await expect(room.within({ bytes: 1, waitingBytes: 2 }, async () => 'too')).rejects.toMatchObject(
    { code: 'wire.crowded', status: 429, details: { retryAfterSeconds: 1 } },
  )
  await expect(fails).rejects.toThrow('no')
  expect(await waits).toBe('done')
})
