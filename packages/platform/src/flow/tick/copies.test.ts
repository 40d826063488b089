import { expect, onTestFinished, test, vi } from 'vitest'
import { sql } from '#engine'
import { peopleWith, tickHouse } from './testing/house.ts'

test('a tick that runs puts rows of large objects in the order of people, once', async () => {
  const buyers = peopleWith('buyers', { related: 'sales_order' })
  const { engine, tick, clock } = await tickHouse([buyers], { copiedFrom: 1 })
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
  await engine.change('many who stray', (writer) =>
    writer.run(
      sql`insert into segment._stray select 'sales_order', i, 1, 9000000 from range(600) t(i)`,
    ),
  )
  const goOn = (ms: number, until: () => Promise<unknown>) => {
    clock.move(ms)
    return vi.waitFor(() => {
      tick.note()
      return until()
    }, 60_000)
  }
  const before = await tick.status()
  await goOn(0, async () => expect((await tick.status()).rounds).toBeGreaterThan(before.rounds + 5))
  expect(await copies(), 'not made again at once').toEqual([first])
  await goOn(60_000, async () => expect(await copies()).not.toEqual([first]))
})
