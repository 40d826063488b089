import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { addSite, type Sent, sendUntilTaken, untilInLake } from './senders.ts'
import { type Server, type World, worldOfTest } from './world.ts'

// Segments that follow what comes, through the doors: events, decisions, the end of the process.

const patienceMs = 20_000
const settings = { TESSERA_FOLLOW_MS: '500' }

interface Segment {
  readonly members?: number
  readonly kept?: {
    readonly lane: string
    readonly why?: string
    readonly as_of?: string
    readonly staleness_ms?: number
  }
}

// The endpoints answer with these shapes; see the segments room.
const segment = async ({ call }: Server, key: string) =>
  (await call('GET', `/segments/${key}`)) as Segment
const membersOf = async ({ call }: Server, key: string) =>
  ((await call('GET', `/segments/${key}/members`)) as { total: number }).total

async function until(what: string, holds: () => Promise<boolean>): Promise<number> {
  for (const since = Date.now(); ; await sleep(20)) {
    if (await holds()) return Date.now() - since
    if (Date.now() - since > patienceMs) throw new Error(`${what} has not come about`)
  }
}

const define = ({ call }: Server, key: string, include: unknown) =>
  call('PUT', `/definitions/segment/${key}`, {
    body: { label: key, on: 'individual', include },
  })

const viewed = (n: number) => ({
  related: 'website_engagement',
  where: { field: 'action', op: '=', value: 'Viewed' },
  measure: 'count',
  op: '>=',
  value: n,
})

let sent = 0
const view = (userId: string): Sent => ({
  type: 'track',
  messageId: `m${++sent}`,
  userId,
  event: 'Viewed',
})
const person = (userId: string, email: string): Sent => ({
  type: 'identify',
  messageId: `m${++sent}`,
  userId,
  traits: { email },
})

/** A server with a sender, some people, and segments that are kept live. */
async function open(world: World) {
  const server = await world.serve()
  const writeKey = await addSite(server)
  await sendUntilTaken(world, writeKey, [
    person('ada', 'ada@x.de'),
    person('bob', 'bob@x.de'),
    person('eve', 'both@x.de'),
    { ...person('', 'both@x.de'), userId: undefined, anonymousId: 'device' },
    view('bob'),
  ])
  await untilInLake(server)
  await define(server, 'lookers', viewed(1))
  await define(server, 'keen', viewed(3))
  await define(server, 'keen_lookers', { all: [{ segment: 'lookers' }, { segment: 'keen' }] })
  await define(server, 'recent', {
    related: 'website_engagement',
    measure: 'max',
    of: 'engaged_at',
    op: 'within_last',
    value: 2,
    unit: 'month',
  })
  await server.call('POST', '/run', {})
  await until(
    'a live segment',
    async () => (await segment(server, 'keen_lookers')).kept?.as_of !== undefined,
  )
  return { server, writeKey }
}

test('what is sent is soon in the members, what is taken apart soon is not', async () => {
  const world = worldOfTest(settings)
  const { server, writeKey } = await open(world)
  await until('the first member', async () => (await membersOf(server, 'lookers')) === 1)
  await sendUntilTaken(world, writeKey, [view('ada')])
  await until('another member', async () => (await membersOf(server, 'lookers')) === 2)

  await sendUntilTaken(world, writeKey, [
    view('eve'),
    { ...view(''), userId: undefined, anonymousId: 'device' },
    view('eve'),
  ])
  await until(
    'one person of two records',
    async () => (await membersOf(server, 'keen_lookers')) === 1,
  )
  await server.call('POST', '/identity/people/unlink', {
    record: 'site_people:device',
    why: 'two people at one address',
  })
  await until('two people', async () => (await membersOf(server, 'lookers')) === 4)
  await until('nobody keen', async () => (await membersOf(server, 'keen_lookers')) === 0)

  await until('rest', async () => (await segment(server, 'lookers')).kept?.staleness_ms === 0)
  expect(await segment(server, 'lookers')).toMatchObject({
    members: 4,
    kept: { lane: 'live', difference: 0, differences: 0 },
  })
  expect((await segment(server, 'recent')).kept).toMatchObject({
    lane: 'scheduled',
    why: expect.stringContaining('month'),
    as_of: expect.stringMatching(/^20/),
    staleness_ms: expect.any(Number),
  })
  // The list tells the same of all.
  const list = (await server.call('GET', '/segments')) as readonly Segment[]
  expect(list.map(({ kept }) => kept?.lane).toSorted()).toEqual([
    'live',
    'live',
    'live',
    'scheduled',
  ])
  expect(await server.call('GET', '/tick')).toMatchObject({
    live: 3,
    differences: 0,
    last: { stages: expect.arrayContaining([expect.objectContaining({ stage: 'map' })]) },
  })
  await server.stop()
}, 100_000)

interface Insight {
  readonly rows?: number
  readonly as_of?: string
  readonly staleness_ms?: number
  readonly lastRun?: { readonly how?: string; readonly why?: string }
}

test('what cannot be live follows by itself soon after, and says how far behind it is and why', async () => {
  const world = worldOfTest(settings)
  const { server, writeKey } = await open(world)
  const looks =
    'select profile_id, count(*) as looks from website_engagement where profile_id is not null group by 1'
  const asked = (key: string, body: object) =>
    server.call('PUT', `/definitions/segment/${key}`, {
      body: { label: key, on: 'individual', ...body },
    })
  await server.call('PUT', '/definitions/insight/looks', {
    body: { label: 'Looks', sql: looks, dimensions: ['profile_id'] },
  })
  await define(server, 'by_insight', { insight: 'looks.looks', op: '>=', value: 1 })
  await asked('first', {
    include: viewed(1),
    rank: { first: 100, by: { related: 'website_engagement', measure: 'count' } },
  })
  await asked('in_sql', { sql: looks.replace(', count(*) as looks', '') })
  const notLive = ['by_insight', 'first', 'in_sql']
  const sizes = async () =>
    Promise.all(notLive.map(async (key) => (await segment(server, key)).members))
  const nothingWaits = async () =>
    (await Promise.all(notLive.map((key) => segment(server, key)))).every(
      ({ kept }) => kept?.staleness_ms === 0,
    )
  await until('the first members', async () => String(await sizes()) === '1,1,1')

  // Nobody asks for a run from here on.
  await sendUntilTaken(world, writeKey, [view('ada'), view('eve')])
  await until('more members', async () => String(await sizes()) === '3,3,3')
  await until('rest', nothingWaits)
  const insight = async () => (await server.call('GET', '/insights/looks')) as Insight
  await until('rest of the insight', async () => (await insight()).staleness_ms === 0)
  expect(await insight()).toMatchObject({
    rows: 3,
    as_of: expect.stringMatching(/^20/),
    lastRun: { how: 'full', why: 'SQL written by hand is computed whole' },
  })
  const why = async (key: string) => (await segment(server, key)).kept
  expect(await why('by_insight')).toMatchObject({
    lane: 'scheduled',
    why: 'it asks for the insight "looks.looks", which is made as a whole',
  })
  expect(await why('first')).toMatchObject({
    lane: 'scheduled',
    why: expect.stringContaining('rank'),
  })
  expect(await why('in_sql')).toMatchObject({
    lane: 'scheduled',
    why: expect.stringContaining('sql'),
  })
  const list = await world.tessera('segments')
  expect(list).toMatch(
    /by_insight .* scheduled .* not live: it asks for the insight "looks\.looks"/,
  )
  expect(await world.tessera('insights')).toMatch(/looks +3 .* full +0 ms/)
  await server.stop()
}, 100_000)

test('what a command published without a server is kept live by the next one', async () => {
  const world = worldOfTest(settings)
  const { server, writeKey } = await open(world)
  await server.call('PUT', '/definitions/segment/late', {
    body: { label: 'late', on: 'individual', include: viewed(2) },
  })
  await server.stop()
  await world.tessera('run', 'segment:late')
  const next = await world.serve()
  const live = async () => ((await next.call('GET', '/tick')) as { live: number }).live
  await until('all are kept', async () => (await live()) === 4)
  await sendUntilTaken(world, writeKey, [view('ada'), view('ada')])
  await until('a member', async () => (await membersOf(next, 'late')) === 1)
  expect(await segment(next, 'late')).toMatchObject({ kept: { lane: 'live', differences: 0 } })
  await next.stop()
}, 100_000)

test('members are right after the process was killed again and again', async () => {
  const world = worldOfTest(settings)
  const { server, writeKey } = await open(world)
  let now = server
  const people = Array.from({ length: 12 }, (_, i) => `p${i}`)
  await sendUntilTaken(
    world,
    writeKey,
    people.map((id) => person(id, `${id}@x.de`)),
  )
  for (let n = 0; n < 3; n++) {
    await sendUntilTaken(world, writeKey, people.filter((_, i) => i % 3 >= n).map(view))
    // Somewhere between the log and the members.
    await sleep(40 + 150 * n)
    await now.kill()
    now = await world.serve()
  }
  await until('everybody', async () => (await membersOf(now, 'lookers')) === 13)
  await until('the keen', async () => (await membersOf(now, 'keen')) === 4)
  await until('both', async () => (await membersOf(now, 'keen_lookers')) === 4)
  await now.stop()
}, 100_000)
