import { expect, test } from 'vitest'
import { dayMs } from './instants.ts'
import { drawOrders } from './order-history.ts'
import { writeMoney } from './products.ts'
import { randomFrom } from './random.ts'

const random = randomFrom(1)
const histories = Array.from({ length: 3000 }, () => drawOrders('consumer', random))
const shareOf = (holds: (orders: (typeof histories)[number]) => boolean) =>
  histories.filter(holds).length / histories.length

test('most buy once at most, a few again and again', () => {
  expect(shareOf(({ length }) => length <= 1)).toBeGreaterThan(0.45)
  expect(shareOf(({ length }) => length > 10)).toBeGreaterThan(0.03)
})

test('some bought lately, and some have not been seen for a year', () => {
  const lastWithin = (from: number, to: number) =>
    shareOf(([last]) => last !== undefined && last.ageMs >= from * dayMs && last.ageMs < to * dayMs)
  expect(lastWithin(0, 30)).toBeGreaterThan(0.1)
  expect(lastWithin(365, 9999)).toBeGreaterThan(0.25)
})

test('a total is the sum of its lines, to the cent', () => {
  for (const { lines, total } of histories.flat()) {
    expect(total).toBe(lines.reduce((sum, line) => sum + line.quantity * line.unitPrice, 0))
    expect(Number.isInteger(total)).toBe(true)
  }
})

test('dealers buy more at a time, and more often', () => {
  const dealers = Array.from({ length: 300 }, () => drawOrders('dealer', random))
  const middle = (of: readonly number[]) => of.toSorted((a, b) => a - b)[of.length >> 1] ?? 0
  const totals = (of: typeof histories) => of.flat().map(({ total }) => total)
  expect(middle(totals(dealers))).toBeGreaterThan(5 * middle(totals(histories)))
  const counts = (of: typeof histories) => of.map(({ length }) => length)
  expect(middle(counts(dealers))).toBeGreaterThan(3 * middle(counts(histories)))
})

test.each([
  [790, '7.90'],
  [5, '0.05'],
  [749900, '7499.00'],
])('%d cents are %s', (cents, text) => expect(writeMoney(cents)).toBe(text))
