import { join } from 'node:path'
import { openDuckdb, sql } from '#engine'
import { systemClock } from '#kernel/clock.ts'
import { silentLog } from '#kernel/log.ts'
import { makeOutgoing } from '#outgoing'
import { openStore } from '#store'
import { activationMigrations } from '../records.ts'
import { activationsOver, definitionsOf, webhookTo } from './house.ts'
import { addPeople, enter, leave, makeTables, opt } from './world.ts'

// A process of its own, to be killed at any moment: `node crashing-house.ts <folder> <url> <steps>`. It lets people come
// and go, queues and delivers, goes on where the last one was killed, and ends well once everything is delivered; with `Infinity`
// it never ends.

const [folder = '', url = '', steps = '0'] = process.argv.slice(2)
const [engine, store] = await Promise.all([
  openDuckdb({ folder, threads: 1 }),
  openStore({ file: join(folder, 'store.sqlite'), log: silentLog }),
])
await makeTables(engine)
await store.migrate('activation', activationMigrations)
const outgoing = makeOutgoing({
  allowPrivate: [new URL(url).host],
  timeoutMs: 1000,
  clock: systemClock,
  log: silentLog,
})
const catalogue = definitionsOf({
  destinations: { shop: webhookTo(url, 2) },
  activations: {
    crash: {
      segment: 'crash',
      destination: 'shop',
      attributes: [],
      send: 'changes',
      consent: { channel: 'email', basis: 'unless_refused' },
    },
  },
})
const { refresh, work } = activationsOver({ engine, store, outgoing, catalogue: () => catalogue })
const signal = AbortSignal.timeout(120_000)

work.start()
process.stdout.write('ready\n')
for (let step = await stepsDone(); step < Number(steps); step++) {
  const first = step * 5
  await addPeople(engine, first + 2, first + 2)
  await opt(engine, first + 2, true)
  await enter(
    engine,
    'crash',
    [1, 2, 3, 4, 5].map((n) => first + n),
  )
  await refresh('crash', signal)
  // While their batch waits, or after it went.
  await opt(engine, first + 2, false)
  await leave(engine, 'crash', [first + 1])
}
await refresh('crash', signal)
await work.drain(signal)
await work.stop()
await outgoing.close()
await store.close()
await engine.close()

async function stepsDone(): Promise<number> {
  const [row] = await engine.rows(sql`select count(distinct entered_position) as steps from
    (select entered_position from segment.member union all select entered_position from segment.history) stays`)
  return Number(row?.['steps'])
}
