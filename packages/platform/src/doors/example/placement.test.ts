import { expect, test } from 'vitest'
import { personSources } from './error-rates.ts'
import { drawPlacement } from './placement.ts'
import { randomFrom } from './random.ts'

const random = randomFrom(1)
const placements = Array.from({ length: 5000 }, () => drawPlacement('consumer', random))

test('a person has two to two and a half records, mostly one and sometimes six', () => {
  const records = placements.flat().length / placements.length
  expect(records).toBeGreaterThan(2)
  expect(records).toBeLessThan(2.5)
  const shareOf = (count: number) =>
    placements.filter(({ length }) => length === count).length / placements.length
  expect(shareOf(1)).toBeCloseTo(0.42, 1)
  expect(shareOf(6)).toBeGreaterThan(0.01)
})

test('the shop comes before the desk, which may ask for the number of the customer', () => {
  const places = placements.map((placement) => placement.map((s) => personSources.indexOf(s)))
  for (const order of places) expect(order).toEqual([...order].sort())
})

test('dealers are known to sales before all', () => {
  const sources = Array.from({ length: 1000 }, () => drawPlacement('dealer', random)).flat()
  const inSales = sources.filter((source) => source === 'crm_contacts')
  expect(inSales.length / sources.length).toBeGreaterThan(0.35)
})
