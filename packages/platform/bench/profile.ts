import { fork } from 'node:child_process'
import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { LiveStatus } from '#live/api'
import { type Bench, percentile, rounded } from './bench.ts'
import { type ServedPlatform, startPlatform, untilRefreshed, usageOf } from './events-server.ts'
import { baseSizes, takeBase } from './live-base.ts'

const perSecond = 2000
const whole = 20_000
const few = 3000
/** Beside a million, whoever is not in memory costs a search among all. */
const fewBesideMany = 5000
/** As many as the server reads at once, and as many who wait meanwhile. */
const connectionsBefore = 400
const events = 5
const patienceMs = 240_000

/** How soon a live profile and a decision are answered. */
export const profile: Bench = {
  name: 'profile',
  about:
    'People of an online shop, each with an e-mail address and five events, all of them in memory: live profiles by e-mail address, by user id and by profile id in turn, at 2,000 a second over HTTP, each of somebody else, for ten seconds (the short form: two). Beside a bare Fastify server in a process of its own that answers a text of the same size, asked in the same way. Then decisions on the same people, as fast as 32 connections ask. What asks runs on the same machine. With --long they are five thousand beside a million people with ten million orders and twenty million events.',
  run: async ({ folder, isShort, isLong, kept, say }) => {
    const people = sizeFor(isShort, isLong)
    const seconds = isShort ? 2 : 10
    const data = join(folder, 'data')
    if (isLong) await takeBase({ data, kept, say }, baseSizes.whole)
    const platform = await startPlatform(data, [], { TESSERA_FOLLOW_MS: '2000' })
    try {
      if (isLong) await untilRefreshed(platform)
      await define(platform)
      await fill(platform, people)
      const token = await tokenOf(platform)
      const asker = makeAsker(platform.port, token)
      // Many at once are read by one search; the measured ones come one by one.
      const before = makeAsker(platform.port, token, connectionsBefore)
      const ids = await untilUnified(before, people)
      say(`${people} people are unified`)
      const pathOf = (n: number) => {
        const i = (n * 7919) % people
        const by = [`email=p${i}@shop.example`, `user=u${i}`, `profile=${ids[i]}`][n % 3]
        return { path: `/api/live/profile?${by}` }
      }
      // Each identifier is looked up once before.
      await before.closed(people * 3, pathOf)
      before.close()
      say('each identifier was looked up once')
      const usedBefore = usageOf(platform.pid).seconds
      const live = await asker.open(seconds * perSecond, pathOf)
      const used = usageOf(platform.pid).seconds - usedBefore
      const bare = await besideBare(live.bytes, seconds * perSecond)
      const decided = await asker.closed(seconds * 1000, (n) => ({
        path: '/api/decisions/banner',
        body: JSON.stringify({ identifier: { user: `u${(n * 7919) % people}` } }),
      }))
      // The endpoint answers with this shape; see the room live.
      const memory = (await platform.call('GET', '/live/status')) as LiveStatus
      say(`an answer has ${live.bytes} bytes`)
      const beside = (share: 'p50' | 'p99') => ({
        value: rounded(live[share]),
        unit: 'ms',
        comparedWith: `bare Fastify ${rounded(bare[share])} ms`,
        ratio: rounded(live[share] / bare[share]),
      })
      return [
        { name: 'live profile, p50', ...beside('p50') },
        { name: 'live profile, p99', ...beside('p99'), target: '< 5 ms at 2,000/s' },
        { name: 'live profiles a second', value: Math.round(live.perSecond), unit: 'reads/s' },
        {
          name: 'processor time of a live profile',
          value: Math.round((used / (seconds * perSecond)) * 1e6),
          unit: 'µs',
          comparedWith: `bare Fastify ${Math.round((bare.used / (seconds * perSecond)) * 1e6)} µs`,
          ratio: rounded(used / bare.used),
        },
        { name: 'decisions a second', value: Math.round(decided.perSecond), unit: 'decisions/s' },
        { name: 'decision, p99', value: rounded(decided.p99), unit: 'ms' },
        {
          name: 'memory per person, by its own estimate',
          value: Math.round(memory.bytes / memory.people),
          unit: 'bytes',
        },
      ]
    } finally {
      await platform.stop()
    }
  },
}

function sizeFor(isShort: boolean, isLong: boolean): number {
  if (isShort) return few
  return isLong ? fewBesideMany : whole
}

async function define({ call }: ServedPlatform): Promise<void> {
  const text = `kind: live_counter
key: views
event: site
where: { field: event, op: '=', value: Viewed }
window: 1 hour
---
kind: live_counter
key: ever
event: site
window: total
---
kind: decision
key: banner
offers:
  - { key: many, priority: 2, when: { field: counter.views, op: '>=', value: 100 } }
  - { key: some, priority: 1, when: { field: counter.views, op: '>=', value: 2 }, limits: [{ most: 1000, of: shown, within: day }] }
  - { key: all }
`
  await call('POST', '/definitions/apply', { files: [{ file: 'live.yaml', text }] })
}

/** Sends an e-mail address and some events for each person. */
async function fill({ port, writeKey }: ServedPlatform, people: number): Promise<void> {
  const send = async (batch: readonly object[]) => {
    const body = JSON.stringify({ writeKey, sentAt: new Date().toISOString(), batch })
    const answer = await fetch(`http://127.0.0.1:${port}/events/v1/batch`, { method: 'POST', body })
    if (!answer.ok) throw new Error(await answer.text())
  }
  const timestamp = new Date().toISOString()
  for (let from = 0; from < people; from += 100) {
    const those = Array.from({ length: Math.min(100, people - from) }, (_, i) => from + i)
    await send(
      those.map((i) => ({
        type: 'identify',
        messageId: `i${i}`,
        userId: `u${i}`,
        timestamp,
        traits: { email: `p${i}@shop.example`, firstName: `Name ${i}`, lastName: 'Lovelace' },
      })),
    )
    for (let n = 0; n < events; n++)
      await send(
        those.map((i) => ({
          type: 'track',
          event: n % 2 === 0 ? 'Viewed' : 'Searched',
          messageId: `e${i}-${n}`,
          userId: `u${i}`,
          timestamp,
          properties: { product_id: `p${n}`, category: 'Games', price: 20 + n, currency: 'EUR' },
        })),
      )
  }
}

/** Waits until all people are unified; their profiles by their numbers. Whoever is read is in memory from then on. */
async function untilUnified(asker: Asker, people: number): Promise<readonly string[]> {
  const ids = new Map<number, string>()
  for (const since = Date.now(); ids.size < people; await sleep(500)) {
    if (Date.now() - since > patienceMs) throw new Error(`${ids.size} people were unified`)
    const lacking = Array.from({ length: people }, (_, i) => i).filter((i) => !ids.has(i))
    // While nobody is there, one is asked after.
    const asked = ids.size === 0 ? lacking.slice(-1) : lacking
    await asker.closed(
      asked.length,
      (n) => ({ path: `/api/live/profile?user=u${asked[n]}` }),
      (n, text) => {
        // The endpoint answers with this shape.
        const { profile: id } = JSON.parse(text) as { profile?: string }
        const i = asked[n]
        if (id !== undefined && i !== undefined) ids.set(i, id)
      },
    )
  }
  return Array.from({ length: people }, (_, i) => ids.get(i) ?? '')
}

/** A token that may do what is measured. */
async function tokenOf({ call }: ServedPlatform): Promise<string> {
  const made = await call('POST', '/tokens', { name: 'bench', rights: ['read', 'write'] })
  // The endpoint answers with this shape; see the access room.
  return (made as { secret: string }).secret
}

interface Latencies {
  readonly p50: number
  readonly p99: number
  readonly perSecond: number
  /** Of the last answer. */
  readonly bytes: number
}

interface Wanted {
  readonly path: string
  readonly body?: string
}

type Asker = ReturnType<typeof makeAsker>

/** Asks a server of this machine over connections that stay open, and measures each answer. */
function makeAsker(port: number, token: string, connections = 32) {
  const agent = new Agent({ keepAlive: true, maxSockets: 2 * connections })
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const ask = ({ path, body }: Wanted): Promise<string> =>
    new Promise((resolve, reject) => {
      const method = body === undefined ? 'GET' : 'POST'
      const outgoing = request(
        { port, host: '127.0.0.1', method, path, agent, headers },
        (answer) => {
          const parts: Buffer[] = []
          answer.on('data', (part: Buffer) => parts.push(part))
          answer.once('end', () => {
            const text = Buffer.concat(parts).toString()
            if (answer.statusCode === 200) resolve(text)
            else reject(new Error(`${path} answered ${answer.statusCode}: ${text}`))
          })
        },
      )
      outgoing.once('error', reject)
      outgoing.end(body)
    })
  const measured = (ms: readonly number[], tookMs: number, last: string): Latencies => ({
    p50: percentile(ms, 0.5),
    p99: percentile(ms, 0.99),
    perSecond: (ms.length / tookMs) * 1000,
    bytes: last.length,
  })
  return {
    /** Asks at a steady rate, whatever is answered. */
    open: async (count: number, wantedOf: (n: number) => Wanted): Promise<Latencies> => {
      const [ms, open, since] = [[] as number[], [] as Promise<void>[], performance.now()]
      let last = ''
      const one = async (n: number) => {
        const begun = performance.now()
        last = await ask(wantedOf(n))
        ms.push(performance.now() - begun)
      }
      while (open.length < count) {
        const due = Math.min(count, ((performance.now() - since) / 1000) * perSecond)
        while (open.length < due) open.push(one(open.length))
        await sleep(1)
      }
      await Promise.all(open)
      return measured(ms, performance.now() - since, last)
    },
    /** Asks over its connections, each again as soon as it was answered. */
    closed: async (
      count: number,
      wantedOf: (n: number) => Wanted,
      hear: (n: number, text: string) => void = () => {},
    ): Promise<Latencies> => {
      const [ms, since] = [[] as number[], performance.now()]
      let [next, last] = [0, '']
      const work = async () => {
        while (next < count) {
          const n = next++
          const begun = performance.now()
          last = await ask(wantedOf(n))
          ms.push(performance.now() - begun)
          hear(n, last)
        }
      }
      await Promise.all(Array.from({ length: connections }, work))
      return measured(ms, performance.now() - since, last)
    },
    close: () => agent.destroy(),
  }
}

/** A bare server in a process of its own that answers a text of the same size. */
async function besideBare(
  bytes: number,
  count: number,
): Promise<Latencies & { readonly used: number }> {
  const child = fork(join(import.meta.dirname, 'profile-bare.ts'), [String(bytes)])
  try {
    const [{ port }] = await once(child, 'message')
    const asker = makeAsker(port, 'none')
    await asker.closed(2000, () => ({ path: '/' }))
    const pid = child.pid ?? 0
    const before = usageOf(pid).seconds
    const found = await asker.open(count, () => ({ path: '/' }))
    return { ...found, used: usageOf(pid).seconds - before }
  } finally {
    child.kill()
  }
}
