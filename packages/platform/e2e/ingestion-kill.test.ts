import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { environment } from '#kernel/config.ts'
import { ask, type Duck } from './duck.ts'
import { addSite, type Sent, sendUntilTaken, untilInLake } from './senders.ts'
import { type World, worldOfTest } from './world.ts'

// A server that is killed without warning while events pour in, by clients that try again until they are answered.

const kills = environment()['TESSERA_LONG'] === undefined ? 3 : 50
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

/** What all clients have sent, by what has to become of it. */
interface Told {
  /** Acknowledged ids of sound events. */
  readonly good: Set<string>
  readonly bad: Set<string>
  readonly strange: Set<string>
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
    ...(random() < 0.05 ? {} : { event: 'Clicked' }),
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
  for (const { messageId, anonymousId, event } of batch) {
    if (isStrange) told.strange.add(messageId)
    else if (event === undefined) told.bad.add(messageId)
    else {
      told.good.add(messageId)
      told.people.add(String(anonymousId))
    }
  }
}

test(`killed ${kills} times while events pour in (seed ${seed})`, {
  timeout: 60_000 + kills * 15_000,
}, async () => {
  const world = worldOfTest()
  const random = randomFrom(seed)
  const first = await world.serve()
  const writeKey = await addSite(first)
  const told: Told = {
    good: new Set(),
    bad: new Set(),
    strange: new Set(),
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
  let caught = 0
  for (let n = 1; n < kills; n++) {
    const before = told.counts.acknowledged
    // Sometimes it does not get so far as to answer.
    const life = world.start('serve', '--port', '0')
    await sleep(800 + random() * 3500)
    await life.kill()
    if (told.counts.acknowledged > before) caught++
  }
  expect(caught).toBeGreaterThan(0)

  const last = await world.serve()
  await sleep(300)
  isOver = true
  await Promise.all(running)
  await untilInLake(last)
  await last.stop()

  expect(told.counts.again).toBeGreaterThan(0)
  expect(told.good.size).toBeGreaterThan(kills * 20)
  await ask(world, async (duck) => {
    await checkOnce(duck, world, told)
    await checkLedger(duck, told)
  })
})

/** Every id that was acknowledged is there once, and nothing that nobody sent. */
async function checkOnce(duck: Duck, world: World, { good, bad, strange, people }: Told) {
  const listed = async (name: string, ids: ReadonlySet<string>) => {
    const file = world.write(`${name}.csv`, `id\n${[...ids].join('\n')}\n`)
    await duck.rows(`create table ${name} as from read_csv('${file}', all_varchar = true)`)
  }
  await listed('good', good)
  await listed('bad', bad)
  await listed('strange', strange)
  await listed('people', people)
  const wrong = (sent: string, found: string, isRight: string) =>
    duck.rows(`select coalesce(s.id, f.id) as id, f.n from ${sent} s
      full join (select id, count(*) as n from (${found}) group by id) f on f.id = s.id
      where s.id is null or f.n is null or not (${isRight})`)

  expect(await wrong('good', 'select message_id as id from t.lake.site', 'f.n = 1')).toEqual([])
  expect(await wrong('people', 'select id from t.lake.site_people', 'f.n = 1')).toEqual([])
  // What has no id that tells repetitions comes as often as it was sent.
  const rejected = `select json_extract_string(raw, '$.messageId') as id from t.lake._rejected`
  expect(await wrong('bad', rejected, 'f.n >= 1')).toEqual([])
  const parked = `select json_extract_string(body, '$.message.messageId') as id from t.lake._parked`
  expect(await wrong('strange', parked, 'f.n >= 1')).toEqual([])
}

/** Every line of the log is accounted for, by stream and by hour. */
async function checkLedger(duck: Duck, { good }: Told) {
  const [site] = await duck.rows(
    `select cast(sum(stored) as integer) as stored from t.lake._hour where stream = 'site'`,
  )
  expect(site).toEqual({ stored: good.size })
  const unbalanced = await duck.rows(`select * from t.lake._hour
    where received <> stored + unchanged + duplicate + rejected + parked + deleted`)
  expect(unbalanced).toEqual([])
  const [all] = await duck.rows(`select cast(sum(received) as integer) as received,
    (select cast(position as integer) from t.lake._log) as position from t.lake._hour`)
  expect(all?.['received']).toBe(all?.['position'])
}
