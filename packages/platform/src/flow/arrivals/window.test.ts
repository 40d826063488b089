import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { stoppedClock } from '#kernel/clock.ts'
import { temporaryLog } from '#log/testing'
import { lineAt, linesBetween } from './lines.ts'
import { positionAt } from './window.ts'

const began = new Date('2026-01-01T00:00:00Z')
const clock = stoppedClock(began)
const log = await temporaryLog({ clock })
afterAll(() => log.close())
const times: number[] = []
for (const count of [1, 3, 2, 5, 1, 1, 4]) {
  const body = `{"a":"tab\\t","n":${count}}`
  await log.append(
    Array.from({ length: count }, () => ({ stream: 's', kind: 'put' as const, body })),
  )
  for (let i = 0; i < count; i++) times.push(clock.now().getTime())
  clock.move(count * 60_000)
}

test('the position of a time is that of the first line which came then or later', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: -5, max: 20 }), async (minutes) => {
      const at = began.getTime() + minutes * 60_000
      const expected = times.findIndex((time) => time >= at)
      expect(await positionAt(log, new Date(at))).toBe(
        expected === -1 ? times.length + 1 : expected + 1,
      )
    }),
  )
})

test('a stretch of lines has both its ends; a line is what was kept', async () => {
  const found: number[] = []
  for await (const { position } of linesBetween(log, { from: 3, to: 9 })) found.push(position)
  expect(found).toEqual([3, 4, 5, 6, 7, 8, 9])
  expect(await lineAt(log, 5)).toMatchObject({ position: 5, stream: 's', kind: 'put' })
  expect(JSON.parse((await lineAt(log, 5))!.body)).toEqual({ a: 'tab\t', n: 2 })
  expect(await lineAt(log, times.length + 1)).toBeUndefined()
})
