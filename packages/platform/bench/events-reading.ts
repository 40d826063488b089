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

/** Sends an event of its own again and again, as long as something else goes on, and asks the lake for it until it is there. */
export async function freshnessOf(
  platform: ServedPlatform,
  during: Promise<unknown>,
): Promise<Freshness> {
  const waits: number[] = []
  const behind: number[] = []
  let isOver = false
  const over = during.then(
    () => {
      isOver = true
    },
    () => {
      isOver = true
    },
  )
  await sleep(500)
  while (!isOver) {
    waits.push(await probe(platform))
    behind.push(await lagOf(platform))
    await sleep(50 + Math.random() * 100)
  }
  await over
  return { median: percentile(waits, 0.5), p99: percentile(waits, 0.99), behind }
}

/** From the answer to one event until a query for what is new finds it. */
async function probe({ port, writeKey, call }: ServedPlatform): Promise<number> {
  const messageId = `probe-${crypto.randomUUID()}`
  const answer = await fetch(`http://127.0.0.1:${port}/v1/track`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${writeKey}:`)}` },
    body: JSON.stringify({ event: 'Probe', anonymousId: 'probe', messageId }),
  })
  if (answer.status !== 200) throw new Error(`the probe was answered with ${answer.status}`)
  const since = performance.now()
  const lately = new Date(Date.now() - 60_000).toISOString().slice(0, 19)
  const sql = `select message_id from lake.site where received_at > timestamp '${lately}' and message_id = '${messageId}'`
  for (;;) {
    // The endpoint answers with this shape; see the query room.
    const { rows } = (await call('POST', '/query', { sql })) as { rows: readonly unknown[] }
    if (rows.length > 0) return performance.now() - since
    await sleep(15)
  }
}
