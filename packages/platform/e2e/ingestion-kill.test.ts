import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { isLong } from '#kernel/testing/long.ts'
import { ask, type Duck } from './duck.ts'
import { addSite, type Sent, sendUntilTaken, untilInLake } from './senders.ts'
import { type Server, type World, worldOfTest } from './world.ts'

// A server that is killed without warning while events pour in, by clients that try again until they are answered.

const kills = isLong ? 50 : 3
const clients = 6
// Printed with every failure, so that a run can be repeated.
const seed = Math.floor(Math.random() * 2 ** 31)

function randomFrom(start: number): () => number {
  let state = start
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

/** What all clients have sent and was acknowledged, by what has to become of it at first; the same in the end. */
interface Told {
  readonly good: Map<string, Sent>
  /** Not as the contract of the stream says. */
  readonly bad: Map<string, Sent>
  /** Under a write key that nobody knows. */
  readonly strange: Map<string, Sent>
  readonly people: Set<string>
  readonly counts: { again: number; acknowledged: number }
}

interface Client {
  readonly world: World
  readonly name: string
  readonly writeKey: string
  readonly random: () => number
  readonly told: Told
  readonly isOver: () => boolean
}

/** Sends batch after batch, each until it is acknowledged; some once more although they were. */
async function runClient(client: Client): Promise<void> {
  const { random, isOver } = client
  for (let n = 0; !isOver(); n++) {
    const isStrange = random() < 0.05
    const batch = batchOf(client, n)
    await deliver(client, isStrange ? 'nobody' : client.writeKey, batch)
    if (random() < 0.1) await deliver(client, isStrange ? 'nobody' : client.writeKey, batch)
    note(client.told, batch, isStrange)
  }
}

function batchOf({ name, random }: Client, n: number): readonly Sent[] {
  return Array.from({ length: 1 + Math.floor(random() * 8) }, (_, i) => ({
    type: 'track',
    messageId: `${name}-${n}-${i}`,
    anonymousId: `${name}-${Math.floor(n / 4)}`,
    event: random() < 0.05 ? 'Refused' : 'Clicked',
    properties: { client: name, n, i },
  }))
}

async function deliver({ world, told }: Client, writeKey: string, batch: readonly Sent[]) {
  const { tries, statuses } = await sendUntilTaken(world, writeKey, batch)
  expect(statuses).toHaveLength(batch.length)
  if (tries > 1) told.counts.again++
  told.counts.acknowledged += batch.length
}

function note(told: Told, batch: readonly Sent[], isStrange: boolean): void {
  for (const sent of batch) {
    const sound = sent['event'] === 'Refused' ? told.bad : told.good
    const kept = isStrange ? told.strange : sound
    kept.set(sent.messageId, sent)
    told.people.add(String(sent['anonymousId']))
  }
}

const define = (server: Server, contract: string) =>
  server.call('POST', '/definitions/apply', {
    files: [
      {
        file: 'site.yaml',
        text: `{ kind: stream, key: site, label: site, connection: site, source: { takes: events }, mode: append,
  category: engagement, contract: ${contract} }`,
      },
    ],
  })

const strict = '{ schema: { properties: { event: { pattern: ^Clicked$ } } } }'

/** Loosens the contract, tries all again that was rejected, adopts all that is parked; then all of it is sent once more. */
async function makeGood(server: Server, world: World, writeKey: string, { bad, strange }: Told) {
  await define(server, '{}')
  await untilInLake(server)
  // A thousand at once; the endpoint answers with this shape, see the arrivals room.
  const retry = () =>
    server.call('POST', '/streams/site/rejected/retry', { all: true }) as Promise<{ left: number }>
  for (let before = Infinity, { left } = await retry(); left > 0; { left } = await retry()) {
    expect(left).toBeLessThan(before)
    before = left
  }
  await server.call('POST', '/parked/adopt', {
    ...{ write_key: 'nobody', connection: 'site', keep_key: false },
  })
  const all = [...bad.values(), ...strange.values()]
  for (let at = 0; at < all.length; at += 100) {
    const { statuses } = await sendUntilTaken(world, writeKey, all.slice(at, at + 100))
    expect(new Set(statuses)).toEqual(new Set(['duplicate']))
  }
}

test(`killed ${kills} times while events pour in (seed ${seed})`, {
  timeout: 60_000 + kills * 40_000,
}, async () => {
  const world = worldOfTest()
  const random = randomFrom(seed)
  const first = await world.serve()
  const writeKey = await addSite(first)
  await define(first, strict)
  const told: Told = {
    good: new Map(),
    bad: new Map(),
    strange: new Map(),
    people: new Set(),
    counts: { again: 0, acknowledged: 0 },
  }
  let isOver = false
  const running = Array.from({ length: clients }, (_, i) =>
    runClient({
      world,
      name: `c${i}`,
      writeKey,
      random: randomFrom(seed + i + 1),
      told,
      isOver: () => isOver,
    }),
  )
  await sleep(300 + random() * 1500)
  await first.kill()
  for (let n = 1; n < kills; n++) {
    const before = told.counts.acknowledged
    const life = world.start('serve', '--port', '0')
    // Every other one dies while it answers; the rest sometimes do not get so far.
    if (n % 2 === 1) {
      await expect
        .poll(() => told.counts.acknowledged, { timeout: 120_000 })
        .toBeGreaterThan(before)
      await sleep(random() * 1500)
    } else await sleep(800 + random() * 3500)
    await life.kill()
  }

  const last = await world.serve()
  await sleep(300)
  isOver = true
  await Promise.all(running)
  expect(told.bad.size).toBeGreaterThan(0)
  expect(told.strange.size).toBeGreaterThan(0)
  await makeGood(last, world, writeKey, told)
  await untilInLake(last)
  await last.stop()

  expect(told.counts.again).toBeGreaterThan(0)
  expect(told.good.size).toBeGreaterThan(kills * 20)
  await ask(world, async (duck) => {
    await checkOnce(duck, world, told)
    await checkLedger(duck, told)
  })
})

/** Every id that was acknowledged is there once, whatever became of it at first, and nothing that nobody sent. */
async function checkOnce(duck: Duck, world: World, { good, bad, strange, people }: Told) {
  const wrong = async (name: string, ids: Iterable<string>, found: string) => {
    const file = world.write(`${name}.csv`, `id\n${[...ids].join('\n')}\n`)
    return duck.rows(`select coalesce(s.id, f.id) as id, f.n
      from read_csv('${file}', all_varchar = true) s
      full join (select id, count(*) as n from (${found}) group by id) f on f.id = s.id
      where s.id is null or f.n is null or f.n <> 1`)
  }
  const events = [...good.keys(), ...bad.keys(), ...strange.keys()]
  expect(await wrong('events', events, 'select message_id as id from t.lake.site')).toEqual([])
  expect(await wrong('people', people, 'select id from t.lake.site_people')).toEqual([])
  expect(await duck.rows('select event from t.lake._rejected')).toEqual([])
  expect(await duck.rows('select event from t.lake._parked')).toEqual([])
}

/** Every line of the log is accounted for, by stream and by hour. */
async function checkLedger(duck: Duck, { good, bad, strange }: Told) {
  const [site] = await duck.rows(
    `select cast(sum(stored) as integer) as stored from t.lake._hour where stream = 'site'`,
  )
  expect(site).toEqual({ stored: good.size + bad.size + strange.size })
  const unbalanced = await duck.rows(`select * from t.lake._hour
    where received <> stored + unchanged + duplicate + rejected + parked + deleted + mended`)
  expect(unbalanced).toEqual([])
  const [all] = await duck.rows(`select cast(sum(received) as integer) as received,
    (select cast(position as integer) from t.lake._log) as position from t.lake._hour`)
  expect(all?.['received']).toBe(all?.['position'])
}
