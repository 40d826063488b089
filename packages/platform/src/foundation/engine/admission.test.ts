import { expect, test } from 'vitest'
import { makeGate } from './admission.ts'

test('never more are in than there are places, whoever comes when', async () => {
  const gate = makeGate(2)
  let inside = 0
  let most = 0
  const stay = async () => {
    most = Math.max(most, ++inside)
    await Promise.resolve()
    inside--
  }
  const come = async (left: number): Promise<unknown> =>
    gate.enter(stay).then(() => (left > 0 ? come(left - 1) : undefined))
  await Promise.all([5, 6, 7, 8, 9].map(come))
  expect(most).toBe(2)
  expect(gate.load()).toEqual({ running: 0, waiting: 0 })
})

test('is empty once the last who was in or waited has left', async () => {
  const gate = makeGate(1)
  const left: string[] = []
  const first = Promise.withResolvers<void>()
  const second = Promise.withResolvers<void>()
  const both = [
    gate.enter(() => first.promise).then(() => left.push('first')),
    gate.enter(() => second.promise).then(() => left.push('second')),
  ]
  const empty = gate.empty().then(() => left.push('empty'))
  first.resolve()
  await both[0]
  second.resolve()
  await Promise.all([...both, empty])
  expect(left).toEqual(['first', 'second', 'empty'])
  await gate.empty()
})

test('whoever gives up while waiting takes no place with them', async () => {
  const gate = makeGate(1)
  const first = Promise.withResolvers<string>()
  const stays = gate.enter(() => first.promise)
  const giving = new AbortController()
  const gone = gate.enter(async () => 'never', giving.signal)
  giving.abort(new Error('no longer'))
  await expect(gone).rejects.toThrow('no longer')
  const next = gate.enter(async () => 'next')
  first.resolve('first')
  expect(await Promise.all([stays, next])).toEqual(['first', 'next'])
})
