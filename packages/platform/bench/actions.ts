import { createHash } from 'node:crypto'
import { Agent, createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Bench, percentile, rounded } from './bench.ts'
import { type ServedPlatform, startPlatform, untilRefreshed } from './events-server.ts'
import { baseSizes, takeBase } from './live-base.ts'

const perSecond = 1000
const patienceMs = 60_000

/** How soon a webhook has what an event fired. */
export const actions: Bench = {
  name: 'actions',
  about:
    'Events of an online shop at 1,000 a second, one per request through the Segment wire; every one meets the rule of an action, whose webhook is a receiver in the process that sends. From the answer to a request (the event is durable) until the body with its firing has been received, and from the moment at which the request was sent. With --long beside a million people with ten million orders and twenty million events.',
  run: async ({ folder, isShort, isLong, kept, say }) => {
    const data = join(folder, 'data')
    if (isLong) await takeBase({ data, kept, say }, baseSizes.whole)
    const receiver = await startReceiver()
    const platform = await startPlatform(data, [], {
      TESSERA_ALLOW_PRIVATE: `127.0.0.1:${receiver.port}`,
      // As it is unless set: the flow is refreshed, and confirms, beside it.
      TESSERA_FOLLOW_MS: '10000',
    })
    try {
      if (isLong) await untilRefreshed(platform)
      await define(platform, receiver.port)
      const sender = makeSender(platform)
      await sender.send(2 * perSecond, 0)
      await until(() => receiver.had.size >= 2 * perSecond)
      const count = (isShort ? 5 : 20) * perSecond
      const first = 1_000_000
      const took = await sender.send(count, first)
      await until(() => receiver.had.size >= 2 * perSecond + count)
      const waits = (from: ReadonlyMap<number, number>) =>
        Array.from(
          { length: count },
          (_, i) =>
            (receiver.had.get(first + i) ?? Number.NaN) - (from.get(first + i) ?? Number.NaN),
        )
      const [accepted, sent] = [waits(sender.answered), waits(sender.begun)]
      say(`${count} events in ${rounded(took / 1000)} s, ${receiver.repeated()} firings twice`)
      const figure = (name: string, values: readonly number[], share: number, target?: string) => ({
        name,
        value: rounded(percentile(values, share)),
        unit: 'ms',
        ...(target === undefined ? {} : { target }),
      })
      return [
        figure('accepted to body received, median', accepted, 0.5),
        figure('accepted to body received, p99', accepted, 0.99, '< 150 ms'),
        figure('sent to body received, median', sent, 0.5),
        figure('sent to body received, p99', sent, 0.99),
        { name: 'events a second', value: rounded((count / took) * 1000), unit: 'events/s' },
      ]
    } finally {
      await platform.stop()
      receiver.close()
    }
  },
}

/** Defines the action, once a first event has brought the field that is sent along. */
async function define(platform: ServedPlatform, port: number): Promise<void> {
  const { call } = platform
  await makeSender(platform).send(1, -1)
  const ask = () => call('POST', '/query', { sql: 'select properties_n from lake.site' })
  await until(() =>
    ask().then(
      () => true,
      () => false,
    ),
  )
  await call('POST', '/run', { nodes: ['stream:site'] })
  await sleep(500)
  const key = `whsec_${createHash('sha256').update('bench').digest('base64')}`
  await call('PUT', '/secrets/hook', { value: key })
  const body = `kind: action
key: viewed
when: { event: site, where: { field: event, op: '=', value: Product Viewed } }
often: each
attributes: [{ as: n, field: properties_n }]
target: { webhook: { url: 'http://127.0.0.1:${port}/in', secret: { secret: hook } } }
`
  await call('POST', '/definitions/apply', { files: [{ file: 'viewed.yaml', text: body }] })
  // What is defined counts from the moment at which it has been read.
  await sleep(1000)
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (const since = performance.now(); performance.now() - since < patienceMs; await sleep(20))
    if (await holds()) return
  throw new Error('it did not come about in time')
}

/** A receiver that knows when it had the body with each number. */
async function startReceiver() {
  const had = new Map<number, number>()
  let twice = 0
  const server = createServer(async (incoming, response) => {
    const body = await text(incoming)
    const at = performance.now()
    // What the platform sends in its own form.
    const { firings } = JSON.parse(body) as { firings: readonly { data: { n: number } }[] }
    for (const { data } of firings) {
      if (had.has(data.n)) twice++
      else had.set(data.n, at)
    }
    response.end()
  })
  server.listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  // It listens on a port.
  const { port } = server.address() as AddressInfo
  return {
    port,
    had: had as ReadonlyMap<number, number>,
    repeated: () => twice,
    close: () => server.close(),
  }
}

/** Sends events at a steady rate, whatever is answered, and knows when. */
function makeSender({ port, writeKey }: ServedPlatform) {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 })
  const [begun, answered] = [new Map<number, number>(), new Map<number, number>()]
  const headers = {
    authorization: `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}`,
    'content-type': 'application/json',
  }
  const post = (n: number): Promise<void> =>
    new Promise((resolve, reject) => {
      const body = JSON.stringify(eventOf(n))
      const outgoing = request(
        { port, host: '127.0.0.1', method: 'POST', path: '/v1/track', agent, headers },
        (answer) => {
          answered.set(n, performance.now())
          answer.resume().once('end', resolve)
          if (answer.statusCode !== 200) reject(new Error(`answered ${answer.statusCode}`))
        },
      )
      outgoing.once('error', reject)
      begun.set(n, performance.now())
      outgoing.end(body)
    })
  return {
    begun: begun as ReadonlyMap<number, number>,
    answered: answered as ReadonlyMap<number, number>,
    /** Sends so many, numbered from `first`; the milliseconds it took. */
    send: async (count: number, first: number): Promise<number> => {
      const since = performance.now()
      const open: Promise<void>[] = []
      while (open.length < count) {
        const due = Math.min(count, Math.ceil(((performance.now() - since) / 1000) * perSecond))
        while (open.length < due) open.push(post(first + open.length))
        await sleep(1)
      }
      await Promise.all(open)
      return performance.now() - since
    },
  }
}

const eventOf = (n: number) => ({
  event: 'Product Viewed',
  messageId: `bench-${n}`,
  anonymousId: `a-${n % 5000}`,
  ...(n % 2 === 0 ? { userId: `u-${n % 5000}` } : {}),
  timestamp: new Date().toISOString(),
  properties: {
    n,
    product_id: `p${n % 100}`,
    category: 'Games',
    name: 'Go',
    price: 20 + (n % 50),
    currency: 'EUR',
  },
  context: {
    page: { path: '/games/go', url: 'https://shop.example/games/go', title: 'Go' },
    library: { name: 'bench', version: '1' },
  },
})
