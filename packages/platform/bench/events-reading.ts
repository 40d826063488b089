import { setTimeout as sleep } from 'node:timers/promises'
import { percentile } from './bench.ts'
import type { ServedPlatform } from './events-server.ts'

/** How soon what was accepted could be read, and how far the lake was behind meanwhile. */
export interface Freshness {
  readonly median: number
  readonly p99: number
  /** Lines of the log that were not in the lake, looked at again and again. */
  readonly behind: readonly number[]
}

/** How many lines of the log are not in the lake. */
export async function lagOf({ call }: ServedPlatform): Promise<number> {
  // The endpoint answers with this shape; see the collect room.
  const { lake } = (await call('GET', '/intake')) as { lake: { behind: number } }
  return lake.behind
}

/** Waits until all of the log is in the lake; the milliseconds it took. */
export async function untilCaughtUp(platform: ServedPlatform): Promise<number> {
  const since = performance.now()
  while ((await lagOf(platform)) > 0) await sleep(20)
  return performance.now() - since
}

/** Of a load, every hundredth event is looked for; more than twenty a second would be a load of their own. */
const [eventsPerProbe, mostProbesPerSecond] = [100, 20]

/** Sends events of its own, as long as something else goes on, and asks the lake until all of them are there. */
export async function freshnessOf(
  platform: ServedPlatform,
  during: Promise<unknown>,
  eventsPerSecond: number,
): Promise<Freshness> {
  const pauseMs = 1000 / Math.min(mostProbesPerSecond, eventsPerSecond / eventsPerProbe)
  const waits: number[] = []
  const behind: number[] = []
  const open = new Map<string, Probe>()
  let isOver = false
  const end = () => {
    isOver = true
  }
  const over = during.then(end, end)
  await sleep(500)
  const sending = every(pauseMs, async () => {
    const probe = await sendProbe(platform)
    open.set(probe.id, probe)
  })
  const looking = every(500, async () => void behind.push(await lagOf(platform)))
  while (!isOver || open.size > 0) {
    const found = open.size === 0 ? [] : await idsIn(platform, [...open.values()])
    const now = performance.now()
    for (const id of found) {
      const probe = open.get(id)
      if (probe) waits.push(now - probe.since)
      open.delete(id)
    }
    await sleep(pauseAfter(now - Math.min(...[...open.values()].map(({ since }) => since))))
  }
  await over
  await Promise.all([sending, looking])
  return { median: percentile(waits, 0.5), p99: percentile(waits, 0.99), behind }

  async function every(ms: number, act: () => Promise<void>) {
    const begun = performance.now()
    const acts: Promise<void>[] = []
    for (let n = 1; !isOver; n++) {
      acts.push(act())
      await sleep(Math.max(0, begun + n * ms - performance.now()))
    }
    await Promise.all(acts)
  }
}

/**
 * How long to wait before asking again: a twentieth of what was waited for already. Each question is work for the server; asked all
 * the time, of what takes seconds, they are a tenth of all that is measured.
 */
const pauseAfter = (waitedMs: number) =>
  Math.min(mostPauseMs, Math.max(leastPauseMs, waitedMs / 20))
const [leastPauseMs, mostPauseMs] = [15, 100]

/** An event that was answered, and when. */
interface Probe {
  readonly id: string
  readonly since: number
  readonly sentAt: number
}

async function sendProbe({ port, writeKey }: ServedPlatform): Promise<Probe> {
  const id = `probe-${crypto.randomUUID()}`
  const sentAt = Date.now()
  const answer = await fetch(`http://127.0.0.1:${port}/v1/track`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${writeKey}:`)}` },
    body: JSON.stringify({ event: 'Probe', anonymousId: 'probe', messageId: id }),
  })
  if (answer.status !== 200) throw new Error(`the probe was answered with ${answer.status}`)
  return { id, since: performance.now(), sentAt }
}

/** Which of these the lake has. */
async function idsIn(
  { call }: ServedPlatform,
  probes: readonly Probe[],
): Promise<readonly string[]> {
  const first = Math.min(...probes.map(({ sentAt }) => sentAt)) - 1000
  const since = new Date(first).toISOString().slice(0, 19)
  const sql = `select message_id from lake.site where received_at >= timestamp '${since}' and event = 'Probe'`
  // The endpoint answers with this shape; see the query room.
  const { rows } = (await call('POST', '/query', { sql })) as {
    rows: readonly { message_id: string }[]
  }
  return rows.map(({ message_id: id }) => id)
}
