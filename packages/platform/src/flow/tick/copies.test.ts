import { expect, onTestFinished, test, vi } from 'vitest'
import { sql } from '#engine'
import { peopleWith, tickHouse } from './testing/house.ts'

test('a tick that runs puts rows of large objects in the order of people, once', async () => {
  const buyers = peopleWith('buyers', { related: 'sales_order' })
  const { engine, tick } = await tickHouse([buyers], { copiedFrom: 1 })
  onTestFinished(() => tick.stop())
  await tick.publish('buyers')
  const copies = () => engine.rows(sql`select name from segment._copy where object = 'sales_order'`)
  tick.start()
  await vi.waitFor(async () => expect(await copies()).toHaveLength(1), 60_000)
  const [first] = await copies()
  const { rounds } = await tick.status()
  tick.note()
  await vi.waitFor(async () => expect((await tick.status()).rounds).toBeGreaterThan(rounds), 60_000)
  expect(await copies()).toEqual([first])
})
