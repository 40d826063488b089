import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { noDisk, smallDisk } from '#kernel/testing/small-disk.ts'
import { ask } from './duck.ts'
import { addSite, intakeOf, post, type Sent, untilInLake } from './senders.ts'
import { makeWorld, type Server, type World, worldOfTest } from './world.ts'

// Those who mean harm, and those who cannot help it: a server that takes events stays up, answers others and loses nothing.

const eventOf = (messageId: string, more = {}): Sent => ({
  type: 'track',
  event: 'Clicked',
  anonymousId: 'a1',
  messageId,
  ...more,
})

let world: World
let server: Server
let writeKey: string
let sent = 0

beforeAll(async () => {
  world = makeWorld()
  server = await world.serve()
  writeKey = await addSite(server)
  await good()
}, 60_000)
afterAll(async () => {
  await world.remove()
})

/** Sends a small event, which has to be taken; the milliseconds until its answer. */
async function good(): Promise<number> {
  const since = performance.now()
  const answer = await post(server.address, writeKey, [eventOf(`good-${sent++}`)])
  expect(answer.status).toBe(200)
  expect(await answer.json()).toMatchObject({ results: [{ status: 'stored' }] })
  return performance.now() - since
}

/** The longest that small events wait, one after the other, while something else goes on. */
async function othersDuring<T>(work: Promise<T>): Promise<{ result: T; longestMs: number }> {
  let isOver = false
  const over = work.finally(() => {
    isOver = true
  })
  over.catch(() => {})
  let longestMs = await good()
  while (!isOver) longestMs = Math.max(longestMs, await good())
  return { result: await over, longestMs }
}

const send = (path: string, body: Uint8Array | string, headers = {}) =>
  fetch(`${server.address}${path}`, {
    method: 'POST',
    body,
    headers: { authorization: `Basic ${btoa(`${writeKey}:`)}`, ...headers },
  })

const isOpen = (socket: Socket) => socket.readyState === 'open'

/** What a server has in memory; nothing where the machine does not tell. */
const memoryOf = ({ child }: Server): number => {
  if (!existsSync('/proc/self/status')) return 0
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) * 1024
}

const mebibyte = 1024 * 1024
const patientMs = 3000

test('one event of 10 MB is refused at once and slows nobody; one of 100 KB is kept with its reason', async () => {
  const huge = JSON.stringify({ batch: [eventOf('huge', { name: 'x'.repeat(10 * mebibyte) })] })
  const all = Promise.all(
    Array.from({ length: 10 }, (_, i) =>
      send(i % 2 === 0 ? '/events/v1/batch' : '/v1/batch', huge).then(({ status }) => status),
    ),
  )
  const { result, longestMs } = await othersDuring(all)
  expect(result).toEqual(Array.from({ length: 10 }, () => 413))
  expect(longestMs).toBeLessThan(patientMs)

  const large = JSON.stringify({ batch: [eventOf('large', { name: 'x'.repeat(100_000) })] })
  const answer = await send('/events/v1/batch', large)
  expect(answer.status).toBe(200)
  expect(await answer.json()).toMatchObject({
    results: [{ messageId: 'large', status: 'rejected', reason: /bytes/ }],
  })
})

test('bombs of gzip are refused before they fill the memory', async () => {
  const bomb = gzipSync(Buffer.alloc(200 * mebibyte, ' '), { level: 9 })
  expect(bomb.length).toBeLessThan(300_000)
  const before = memoryOf(server)
  const all = Promise.all(
    Array.from({ length: 60 }, (_, i) =>
      send(i % 2 === 0 ? '/events/v1/batch' : '/v1/batch', bomb, {
        'content-encoding': 'gzip',
      }).then(({ status }) => status),
    ),
  )
  const { result, longestMs } = await othersDuring(all)
  expect(new Set(result)).toEqual(new Set([413]))
  expect(longestMs).toBeLessThan(patientMs)
  expect(memoryOf(server) - before).toBeLessThan(300 * mebibyte)
})

test('what is no JSON is refused a thousand times, and what is sound between it is taken', async () => {
  const bad = [
    '{',
    '[1,',
    '{"batch":[{]}',
    'null',
    '\u0000',
    '{"batch":7}',
    '"',
    '['.repeat(50_000),
  ]
  const all = (async () => {
    const statuses = new Set<number>()
    for (let round = 0; round < 25; round++) {
      const answers = await Promise.all(
        Array.from({ length: 40 }, (_, i) => send('/v1/batch', bad[i % bad.length] ?? '')),
      )
      for (const { status } of answers) statuses.add(status)
    }
    return statuses
  })()
  const { result, longestMs } = await othersDuring(all)
  expect(result).toEqual(new Set([400]))
  expect(longestMs).toBeLessThan(patientMs)
})

/** Connections to the server that say this and no more. */
async function openMany(count: number, say: string): Promise<readonly Socket[]> {
  const port = Number(new URL(server.address).port)
  const sockets: Socket[] = []
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
  })
  const atOnce = 250
  for (let from = 0; from < count; from += atOnce) {
    const some = Array.from({ length: Math.min(atOnce, count - from) }, async () => {
      const socket = connect({ port, host: '127.0.0.1' })
      sockets.push(socket)
      socket.on('error', () => {})
      await new Promise<void>((resolve) => {
        socket.once('connect', resolve)
        socket.once('close', () => resolve())
      })
      socket.write(say)
    })
    await Promise.all(some)
  }
  return sockets
}

// Ten thousand, unless fewer files may be open here.
const openFiles = Number(execFileSync('sh', ['-c', 'ulimit -n']))
const count = Math.max(400, Math.min(10_000, openFiles - 1000))

test(`${count} connections that never finish their question keep nobody waiting`, async () => {
  const before = memoryOf(server)
  const { result, longestMs } = await othersDuring(
    openMany(count, 'POST /v1/track HTTP/1.1\r\nHost: x\r\n'),
  )
  expect(longestMs).toBeLessThan(patientMs)
  expect(result.filter(isOpen).length).toBeGreaterThan(0.99 * count)
  expect(Math.max(await good(), await good(), await good())).toBeLessThan(patientMs)
  expect(memoryOf(server) - before).toBeLessThan(500 * mebibyte)
})

test('bodies that come a byte at a time keep nobody waiting', async () => {
  const head = 'POST /v1/track HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\n{'
  const slow = await openMany(500, head)
  const dripping = (async () => {
    for (let n = 0; n < 15; n++) {
      for (const socket of slow) socket.write(' ')
      await sleep(100)
    }
  })()
  const { longestMs } = await othersDuring(dripping)
  expect(slow.filter(isOpen)).toHaveLength(500)
  expect(longestMs).toBeLessThan(patientMs)
})

test('when the disk stands still, more is refused before the memory grows, and what was taken is kept', async () => {
  const before = memoryOf(server)
  // Who holds the lock of the file keeps the log from writing, as a disk that hangs would.
  const lock = new DatabaseSync(join(world.data, 'log.sqlite'))
  lock.exec('begin immediate')
  const batchOf = (n: number) =>
    Array.from({ length: 16 }, (_, i) => eventOf(`held-${n}-${i}`, { name: 'x'.repeat(28_000) }))
  const sending = Array.from({ length: 220 }, (_, n) => post(server.address, writeKey, batchOf(n)))
  const early = await Promise.race([Promise.any(sending), sleep(4000, undefined)])
  expect(early?.status).toBe(429)
  expect(Number(early?.headers.get('retry-after'))).toBeGreaterThan(0)
  const { log } = await intakeOf(server)
  expect(log.waiting_bytes).toBeLessThan(80 * mebibyte)
  expect(memoryOf(server) - before).toBeLessThan(800 * mebibyte)
  lock.exec('rollback')
  lock.close()
  const statuses = (await Promise.all(sending)).map(({ status }) => status)
  expect(new Set(statuses)).toEqual(new Set([200, 429]))
  for (const [n, status] of statuses.entries())
    if (status === 429) expect((await post(server.address, writeKey, batchOf(n))).status).toBe(200)
  await untilInLake(server)
})

test('after all that, everything that was acknowledged is in the lake once', async () => {
  await untilInLake(server)
  await server.stop()
  await ask(world, async (duck) => {
    const found = await duck.one(`select
        cast(count(*) filter (message_id like 'good-%') as integer) as good,
        cast(count(distinct message_id) filter (message_id like 'good-%') as integer) as good_ids,
        cast(count(*) filter (message_id like 'held-%') as integer) as held,
        cast(count(distinct message_id) filter (message_id like 'held-%') as integer) as held_ids
      from t.lake.site`)
    const held = 220 * 16
    expect(found).toEqual({ good: sent, good_ids: sent, held, held_ids: held })
  })
})

test.skipIf(noDisk !== '')(`a full disk: 503 and later all is well${noDisk}`, async () => {
  const disk = smallDisk(160)
  const small = worldOfTest({ TESSERA_LOG: 'error' }, join(disk, 'data'))
  const onDisk = await small.serve()
  const key = await addSite(onDisk)
  const taken: string[] = []
  const deliver = async (from: number, count: number) => {
    const ids = Array.from({ length: count }, (_, i) => `id-${from + i}`)
    const batch = ids.map((id) => eventOf(id, { name: 'x'.repeat(1000) }))
    const answer = await post(onDisk.address, key, batch)
    const said = await answer.text()
    if (answer.status === 200) taken.push(...ids)
    return { status: answer.status, said, retryAfter: Number(answer.headers.get('retry-after')) }
  }
  expect((await deliver(0, 10)).status).toBe(200)
  await untilInLake(onDisk)

  const filler = join(disk, 'filler')
  const { bavail, bsize } = statfsSync(disk)
  writeFileSync(filler, Buffer.alloc(bavail * bsize - mebibyte))
  let next = 10
  let refused: Awaited<ReturnType<typeof deliver>> | undefined
  for (; next < 10_000 && !refused; next += 100) {
    const answer = await deliver(next, 100)
    if (answer.status !== 200) refused = answer
  }
  expect(refused).toMatchObject({
    status: 503,
    said: expect.stringMatching(/nothing of this was kept/),
  })
  expect(refused?.retryAfter).toBeGreaterThan(0)
  // It goes on refusing, and answers other questions meanwhile. Whatever the lake lets go of is taken from it at once.
  await expect
    .poll(async () => {
      fillUp(disk, filler)
      next += 100
      const { status } = await deliver(next, 100)
      return { status, trouble: (await intakeOf(onDisk)).log.trouble }
    })
    .toEqual({ status: 503, trouble: expect.stringMatching(/full|space/) })

  rmSync(filler)
  await expect
    .poll(async () => (await deliver(next, 100)).status, { timeout: 20_000, interval: 200 })
    .toBe(200)
  await untilInLake(onDisk)
  expect((await intakeOf(onDisk)).log.trouble).toBeUndefined()
  await onDisk.stop()
  await ask(small, async (duck) => {
    const rows = await duck.rows('select message_id as id from t.lake.site order by _event')
    expect(rows.map(({ id }) => id)).toEqual(taken)
  })
})

/** Puts into a file what is left free of a disk; others that write meanwhile may be quicker. */
function fillUp(disk: string, filler: string): void {
  const { bavail, bsize } = statfsSync(disk)
  try {
    appendFileSync(filler, Buffer.alloc(bavail * bsize))
  } catch (caught) {
    if ((caught as NodeJS.ErrnoException).code !== 'ENOSPC') throw caught
  }
}

/** A world whose clock can be moved while its server runs. */
function worldWithClock() {
  const folder = mkdtempSync(join(tmpdir(), 'tessera-clock-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  mkdirSync(folder, { recursive: true })
  const offset = join(folder, 'offset')
  const set = (ms: number) => writeFileSync(offset, String(ms))
  set(0)
  const preload = join(folder, 'clock.mjs')
  writeFileSync(
    preload,
    `import { readFileSync } from 'node:fs'
    const Real = Date
    let offset = 0
    const look = () => { offset = Number(readFileSync(${JSON.stringify(offset)}, 'utf8')) }
    look()
    setInterval(look, 20).unref()
    globalThis.Date = class extends Real {
      constructor(...of) { of.length === 0 ? super(Real.now() + offset) : super(...of) }
      static now() { return Real.now() + offset }
    }`,
  )
  return { moved: worldOfTest({ NODE_OPTIONS: `--import=${preload}` }), set }
}

test('a clock that jumps forth and back loses nothing and lets no repetition through', async () => {
  const { moved, set } = worldWithClock()
  const dayMs = 86_400_000
  let running = await moved.serve()
  const key = await addSite(running)
  const statusesOf = async (...ids: readonly string[]) => {
    const answer = await post(
      running.address,
      key,
      ids.map((id) => eventOf(id)),
    )
    // The wire answers with this shape; see the events wire.
    const { results } = (await answer.json()) as { results: { status: string }[] }
    return results.map(({ status }) => status)
  }
  expect(await statusesOf('a')).toEqual(['stored'])
  set(3 * dayMs)
  await sleep(100)
  expect(await statusesOf('a', 'b')).toEqual(['duplicate', 'stored'])
  set(-2 * dayMs)
  await sleep(100)
  expect(await statusesOf('a', 'b', 'c')).toEqual(['duplicate', 'duplicate', 'stored'])
  await untilInLake(running)
  await running.stop()
  set(400 * dayMs)
  running = await moved.serve()
  expect(await statusesOf('a', 'b', 'c', 'd')).toEqual([
    ...['duplicate', 'duplicate', 'duplicate'],
    'stored',
  ])
  set(0)
  await running.stop()
  running = await moved.serve()
  expect(await statusesOf('d', 'e')).toEqual(['duplicate', 'stored'])
  await untilInLake(running)
  await running.stop()
  await ask(moved, async (duck) => {
    const rows = await duck.rows('select message_id as id from t.lake.site order by _event')
    expect(rows.map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd', 'e'])
    const { days } = await duck.one(
      `select cast(date_diff('day', min(received_at), max(received_at)) as integer) as days from t.lake.site`,
    )
    expect(days).toBeGreaterThan(400)
    const unbalanced = await duck.rows(`select * from t.lake._hour
      where received <> stored + unchanged + duplicate + rejected + parked + deleted`)
    expect(unbalanced).toEqual([])
  })
})
