import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openDuckdb } from '#engine'
import { systemClock } from '#kernel/clock.ts'
import { silentLog } from '#kernel/log.ts'
import { prepareEvents, prepareLake } from '#lake'
import { openLog } from '#log'
import { makeOutgoing } from '#outgoing'
import { prepareSegments } from '#segments'
import { openStore } from '#store'
import { actionMigrations } from '../records.ts'
import { prepareActions } from '../tables.ts'
import { houseOf, siteShape, webhookTo } from './house.ts'

// A process of its own, to be killed at any moment: `node crashing-house.ts <folder> <url> <events>`. It lets things happen, fires and
// delivers, goes on where the last one was killed, and ends well once everything has been delivered; with `Infinity` it never ends.

const [folder = '', url = '', count = '0'] = process.argv.slice(2)
const [engine, store, events] = await Promise.all([
  openDuckdb({ folder, threads: 1 }),
  openStore({ file: join(folder, 'store.sqlite'), log: silentLog }),
  openLog({ file: join(folder, 'log.sqlite'), clock: systemClock, log: silentLog }),
])
await prepareLake(engine)
await prepareEvents(engine, [siteShape])
await prepareSegments(engine)
await prepareActions(engine)
await store.migrate('actions', actionMigrations)
const outgoing = makeOutgoing({
  allowPrivate: [new URL(url).host],
  timeoutMs: 1000,
  clock: systemClock,
  log: silentLog,
})
const house = houseOf(
  { engine, store, events, folder },
  { outgoing, patience: { attempts: 1000, firstMs: 5, mostMs: 50 } },
)
await house.define({
  crash: {
    when: { event: 'site', where: { field: 'event', op: '=', value: 'Bought' } },
    often: 'each',
    attributes: [{ as: 'n', field: 'total' }],
    target: webhookTo(url),
  },
})
await house.actions.start({ live: 'as events arrive' })
process.stdout.write('ready\n')
const all = Math.max(Number(count), events.head())
for (let n = events.head(); n < all; n = events.head()) {
  const some = Array.from({ length: Math.min(5, all - n) }, (_, i) => n + i + 1)
  await house.happen(...some.map((total) => ({ event: 'Bought', userId: `u${total}`, total })))
  if (n % 20 === 0) await house.settle()
  if (n % 40 === 0) await house.look('crash')
}
await house.settle()
for (let waiting = -1; waiting !== 0; await sleep(20)) {
  await house.look('crash')
  const { met, ...ledger } = (await house.actions.get('crash')).ledger
  waiting = met < all ? -1 : ledger.waiting
}
await house.actions.stop()
await outgoing.close()
await events.close()
await store.close()
await engine.close()
