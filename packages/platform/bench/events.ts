import { join } from 'node:path'
import { type Bench, type Figure, rounded } from './bench.ts'
import { bulkFigures } from './events-bulk.ts'
import { idFigures } from './events-ids.ts'
import type { LoadReport } from './events-load.ts'
import { type Freshness, freshnessOf, lagOf, untilCaughtUp } from './events-reading.ts'
import {
  type Sender,
  type Served,
  type ServedPlatform,
  startBare,
  startPlatform,
  startSender,
  usageOf,
} from './events-server.ts'

/** How many events the platform takes, beside a web server that only reads JSON and appends it to a file. */
export const events: Bench = {
  name: 'events',
  about:
    'Events of an online shop (40 members, 800 bytes, 20 kinds, a new visitor every ten) through the Segment wire: durable, told from repetitions and brought into the lake. Beside it a bare `node:http` server that reads the JSON and appends it to a file, in turns; 128 connections, one request at a time on each. The best of the passes. What follows from events (model, profiles, segments) is put off for an hour, so that only the way in is measured. How soon an event can be read is asked of every hundredth, at most twenty a second.',
  run: async (tools) => {
    const { folder, isShort, say } = tools
    const sender = startSender()
    const bare = await startBare(join(folder, 'bare'))
    const platform = await startPlatform(join(folder, 'data'))
    const place: Place = { sender, bare, platform, say, isShort }
    try {
      const figures = [
        ...(await burst(place, { eventsPerRequest: 1, aim: 16_000, p99: 30 })),
        ...(await burst(place, { eventsPerRequest: 15, aim: 60_000, p99: 50 })),
        ...(await steady(place, { eventsPerRequest: 1, eventsPerSecond: 10_000 })),
        ...(await steady(place, { eventsPerRequest: 15, eventsPerSecond: 35_000 })),
        ...(await quiet(place)),
      ]
      const { peakBytes } = usageOf(platform.pid)
      const memory = { name: 'memory of the server at most', value: rounded(peakBytes / 2 ** 20) }
      figures.push({ ...memory, unit: 'MiB' })
      await platform.stop()
      return [...figures, ...(await idFigures(tools)), ...(await bulkFigures(tools))]
    } finally {
      sender.stop()
      await bare.stop()
      await platform.stop()
    }
  },
}

interface Place {
  readonly sender: Sender
  readonly bare: Served
  readonly platform: ServedPlatform
  readonly say: (line: string) => void
  readonly isShort: boolean
}

const connections = 128

interface Kind {
  readonly eventsPerRequest: number
}

const nameOf = ({ eventsPerRequest }: Kind) =>
  eventsPerRequest === 1 ? 'one event per request' : `${eventsPerRequest} events per request`

const pathOf = ({ eventsPerRequest }: Kind) => (eventsPerRequest === 1 ? '/v1/track' : '/v1/batch')

const headersOf = ({ writeKey }: ServedPlatform) => [
  `Authorization: Basic ${Buffer.from(`${writeKey}:`).toString('base64')}`,
]

/** What one pass against one server gave. */
interface Pass {
  readonly report: LoadReport
  readonly perSecond: number
}

async function pass(place: Place, to: Served, kind: Kind, seconds: number): Promise<Pass> {
  const { sender, platform } = place
  const order = { port: to.port, path: pathOf(kind), headers: headersOf(platform) }
  const report = await sender.send({ ...order, ...kind, connections, seconds })
  return { report, perSecond: (answeredIn(report) * kind.eventsPerRequest) / report.seconds }
}

/** Processor time of a server for each request of a pass, in microseconds, with all that it put off until after it. */
const costOf = (to: Served, since: number, { report }: Pass): number =>
  ((usageOf(to.pid).seconds - since) / answeredIn(report)) * 1e6

/** How many requests were answered well. Anything else means that the figures are of something else. */
function answeredIn({ statuses }: LoadReport): number {
  const { 200: good = 0, ...others } = statuses
  if (good === 0 || Object.keys(others).length > 0)
    throw new Error(`requests were not taken: ${JSON.stringify(statuses)}`)
  return good
}

/** As fast as it goes; the lake may fall behind and catches up afterwards. */
async function burst(
  place: Place,
  { aim, p99, ...kind }: Kind & { readonly aim: number; readonly p99: number },
): Promise<readonly Figure[]> {
  const { bare, platform, isShort, say, sender } = place
  const seconds = isShort ? 6 : 12
  // The first pass only warms up.
  await pass(place, bare, kind, 2)
  await pass(place, platform, kind, 2)
  await untilCaughtUp(platform)
  const passes: Burst[] = []
  for (let n = 0; n < (isShort ? 1 : 4); n++) {
    const bareBefore = usageOf(bare.pid).seconds
    const theirs = await pass(place, bare, kind, seconds)
    const bareUs = costOf(bare, bareBefore, theirs)
    const before = usageOf(platform.pid).seconds
    const ours = await pass(place, platform, kind, seconds)
    const behind = await lagOf(platform)
    const lag = { behind, ms: await untilCaughtUp(platform) }
    passes.push({ bare: theirs, bareUs, ours, oursUs: costOf(platform, before, ours), lag })
    say(
      `${nameOf(kind)}: bare ${Math.round(theirs.perSecond)} /s, ours ${Math.round(ours.perSecond)} /s, ${behind} lines behind`,
    )
  }
  const best = passes.toSorted((a, b) => b.ours.perSecond - a.ours.perSecond)[0]
  if (!best) return []
  const { ours, oursUs, lag } = best
  const bareBest = Math.max(...passes.map((one) => one.bare.perSecond))
  const bareUs = Math.min(...passes.map((one) => one.bareUs))
  const name = nameOf(kind)
  return [
    {
      name: `${name}, sent from ${sender.core}`,
      value: rounded(ours.perSecond),
      unit: 'events/s',
      comparedWith: `bare server: ${rounded(bareBest)} events/s`,
      ratio: rounded(ours.perSecond / bareBest),
      target: `at least ${aim.toLocaleString('en-US')}, ratio 0.5`,
    },
    {
      name: `${name}: answered, 99 of 100`,
      value: rounded(ours.report.latency.p99),
      unit: 'ms',
      comparedWith: `median ${rounded(ours.report.latency.median)} ms`,
      target: `under ${p99} ms`,
    },
    {
      name: `${name}: processor time of a request, the lake included`,
      value: rounded(oursUs),
      unit: 'µs',
      comparedWith: `bare server: ${rounded(bareUs)} µs`,
      ratio: rounded(oursUs / bareUs),
    },
    {
      name: `${name}: the lake catches up afterwards`,
      value: rounded(lag.ms),
      unit: 'ms',
      comparedWith: `${lag.behind.toLocaleString('en-US')} lines behind`,
    },
  ]
}

/** A pass against each of both, what a request cost each, and what was left to do. */
interface Burst {
  readonly bare: Pass
  readonly bareUs: number
  readonly ours: Pass
  readonly oursUs: number
  readonly lag: Lag
}

interface Lag {
  readonly behind: number
  readonly ms: number
}

/** A load that goes on and on: what waits for the lake must not become more. */
async function steady(
  place: Place,
  { eventsPerSecond, ...kind }: Kind & { readonly eventsPerSecond: number },
): Promise<readonly Figure[]> {
  const { seen, report } = await paced(place, { ...kind, eventsPerSecond })
  const half = Math.floor(seen.behind.length / 2)
  const most = (of: readonly number[]) => Math.max(0, ...of)
  const [early, late] = [most(seen.behind.slice(0, half)), most(seen.behind.slice(half))]
  const perSecond = (answeredIn(report) * kind.eventsPerRequest) / report.seconds
  const name = `steady, ${nameOf(kind)}`
  return [
    {
      name,
      value: rounded(perSecond),
      unit: 'events/s',
      comparedWith: `answered, 99 of 100: ${rounded(report.latency.p99)} ms`,
      target: `${eventsPerSecond.toLocaleString('en-US')}`,
    },
    {
      name: `${name}: lines behind at most, in the second half`,
      value: late,
      unit: 'lines',
      comparedWith: `in the first half: ${early.toLocaleString('en-US')}`,
      ratio: rounded(late / Math.max(1, early)),
      target: 'does not grow',
    },
    readableFigure(name, seen, 2000),
  ]
}

/** How soon an event can be read when few come. */
async function quiet(place: Place): Promise<readonly Figure[]> {
  const { seen } = await paced(place, { eventsPerRequest: 1, eventsPerSecond: 500 })
  return [readableFigure('500 events/s', seen, 300)]
}

const readableFigure = (name: string, { p99, median }: Freshness, aim: number): Figure => ({
  name: `${name}: from the answer until it is in the lake, 99 of 100`,
  value: rounded(p99),
  unit: 'ms',
  comparedWith: `median ${rounded(median)} ms`,
  target: `under ${aim} ms`,
})

async function paced(
  place: Place,
  { eventsPerSecond, ...kind }: Kind & { readonly eventsPerSecond: number },
): Promise<{ readonly seen: Freshness; readonly report: LoadReport }> {
  const { platform, sender, isShort, say } = place
  await untilCaughtUp(platform)
  const order = { port: platform.port, path: pathOf(kind), headers: headersOf(platform) }
  const rate = eventsPerSecond / kind.eventsPerRequest
  const sending = sender.send({ ...order, ...kind, connections, rate, seconds: isShort ? 4 : 20 })
  const seen = await freshnessOf(platform, sending, eventsPerSecond)
  const report = await sending
  await untilCaughtUp(platform)
  say(
    `${eventsPerSecond} events/s: in the lake after ${Math.round(seen.p99)} ms, at most ${Math.max(0, ...seen.behind)} lines behind`,
  )
  return { seen, report }
}
