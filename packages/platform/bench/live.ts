import { existsSync } from 'node:fs'
import { cp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Bench, type Figure, percentile, rounded } from './bench.ts'
import { untilCaughtUp } from './events-reading.ts'
import { type ServedPlatform, startPlatform, usageOf } from './events-server.ts'
import { type BasePlace, type BaseSize, baseSizes, keptAt, takeBase } from './live-base.ts'
import { segmentsOf } from './live-segments.ts'

const eventsPerSecond = 500
const eventsPerRequest = 10
const probesPerSecond = 5
const segments = 200

/** How soon an accepted event can be read in the members of the segments that it concerns. */
export const live: Bench = {
  name: 'live',
  about:
    '200 live segments of ten shapes over people, orders and events made in SQL, while 500 events a second of 2,000 people are accepted through HTTP (with --long one million people, ten million orders, twenty million events; otherwise a tenth of that, in the short form a fiftieth). Waited for: somebody whose event was acknowledged is a member. Then every segment is compared with a full run.',
  run: async ({ folder, isShort, isLong, kept, say }) => {
    const size = sizeFor(isShort, isLong)
    const data = join(folder, 'data')
    const adopting = await prepare({ data, kept, say }, size)
    const platform = await startPlatform(data)
    try {
      await warmUp(platform)
      const seconds = isShort ? 10 : 40
      const load = await measure(platform, { seconds, people: size.people })
      const [p50, p99] = [0.5, 0.99].map((share) => Math.round(percentile(load.waits, share)))
      say(
        `${load.events} events; ${load.waits.length} people members after ${p50} ms, ${p99} ms (99 of 100)`,
      )
      await untilCaughtUp(platform)
      await sleep(2000)
      const checked = performance.now()
      // The endpoint answers with this shape; see the tick room.
      const { differences } = (await platform.call('POST', '/tick/check', {})) as {
        differences: number
      }
      const checking = (performance.now() - checked) / 1000
      return figuresOf(size, { ...load, adopting, checking, differences, platform })
    } finally {
      await platform.stop()
    }
  },
}

/** Makes the data with its live segments, or takes what was kept of it; how many seconds it took to make all segments live. */
async function prepare(place: BasePlace, size: BaseSize): Promise<number> {
  const { data, kept, say } = place
  const ready = kept === undefined ? undefined : keptAt(kept, size, 'ready')
  if (ready !== undefined && existsSync(`${ready}/seconds.json`)) {
    await cp(ready, data, { recursive: true })
    say('taken as it was kept, with its segments')
    return Number(await readFile(`${ready}/seconds.json`, 'utf8'))
  }
  await takeBase(place, size)
  const adopting = await makeLive(data)
  say(`${segments} segments live after ${Math.round(adopting)} s`)
  if (ready !== undefined) {
    await cp(data, ready, { recursive: true })
    await writeFile(`${ready}/seconds.json`, String(adopting))
  }
  return adopting
}

async function makeLive(data: string): Promise<number> {
  const platform = await startPlatform(data)
  try {
    const began = performance.now()
    await define(platform)
    await untilLive(platform)
    return (performance.now() - began) / 1000
  } finally {
    await platform.stop()
  }
}

function sizeFor(isShort: boolean, isLong: boolean): BaseSize {
  if (isShort) return baseSizes.short
  return isLong ? baseSizes.whole : baseSizes.middle
}

async function define({ call }: ServedPlatform): Promise<void> {
  const all = segmentsOf(segments)
  const isMade = new Set<string>()
  // Those that ask for others come after them.
  for (const needing of [false, true])
    for (const [key, include] of all) {
      if (JSON.stringify(include).includes('"segment"') !== needing || isMade.has(key)) continue
      isMade.add(key)
      await call('PUT', `/definitions/segment/${key}`, {
        body: { label: key, on: 'individual', include },
      })
    }
}

async function untilLive({ call }: ServedPlatform): Promise<void> {
  await call('POST', '/run', {})
  for (const since = Date.now(); Date.now() - since < 3_600_000; await sleep(500)) {
    // The endpoint answers with this shape; see the tick room.
    const { live: many } = (await call('GET', '/tick')) as { live: number }
    if (many === segments) return
  }
  throw new Error('not all segments became live')
}

let sent = 0
const eventOf = (userId: string, event: string) => ({
  type: 'track',
  messageId: `live-${++sent}`,
  userId,
  event,
  properties: { product_id: `p${sent % 500}` },
})

async function send(
  { port, writeKey }: ServedPlatform,
  batch: readonly ReturnType<typeof eventOf>[],
): Promise<void> {
  const answer = await fetch(`http://127.0.0.1:${port}/events/v1/batch`, {
    method: 'POST',
    body: JSON.stringify({ writeKey, sentAt: new Date().toISOString(), batch }),
  })
  if (!answer.ok) throw new Error(`events were not taken: ${answer.status}`)
  await answer.arrayBuffer()
}

const active = 2000
const activePerson = (i: number) => `u${(i * 7) % active}`

/** Everybody who will be heard of is heard of once, so that it is known that they are there. */
async function warmUp(platform: ServedPlatform): Promise<void> {
  for (let i = 0; i < active + 300; i += 100)
    await send(
      platform,
      Array.from({ length: 100 }, (_, n) => eventOf(`u${i + n}`, 'Searched')),
    )
  await untilCaughtUp(platform)
  await untilAtRest(platform)
}

/**
 * Waits until the server has done what the start and the first events gave it to do: four seconds in which it did next to nothing. One
 * that never rests is measured as it is after ten minutes.
 */
async function untilAtRest({ pid }: ServedPlatform): Promise<void> {
  const since = performance.now()
  for (let [calm, before] = [0, usageOf(pid).seconds]; calm < 4; ) {
    if (performance.now() - since > 600_000) return
    await sleep(1000)
    const { seconds } = usageOf(pid)
    // Where nothing tells of processor time, four seconds have to do.
    calm = seconds - before >= 0.25 ? 0 : calm + 1
    before = seconds
  }
}

interface Stage {
  readonly stage: string
  readonly ms: number
}

interface Load {
  readonly events: number
  /** How many seconds of processor time the server used in each second. */
  readonly busy: number
  /** For each person waited for, the milliseconds from the acknowledgement until they were a member. */
  readonly waits: readonly number[]
  readonly rounds: readonly { readonly ms: number; readonly stages: readonly Stage[] }[]
}

/** Sends at a steady rate, waits for some people to become members, and looks at the rounds meanwhile. */
async function measure(
  platform: ServedPlatform,
  { seconds }: { readonly seconds: number; readonly people: number },
): Promise<Load> {
  const begun = usageOf(platform.pid).seconds
  const end = performance.now() + seconds * 1000
  const isOver = () => performance.now() > end
  const accepted: number[] = []
  const loading = pace(isOver, eventsPerSecond / eventsPerRequest, (n) =>
    send(
      platform,
      Array.from({ length: eventsPerRequest }, (_, i) =>
        eventOf(
          activePerson(n * eventsPerRequest + i),
          i % 2 === 0 ? 'Product Viewed' : 'Product Added',
        ),
      ),
    ),
  )
  const probing = pace(isOver, probesPerSecond, async (n) => {
    await send(platform, [eventOf(`u${active + n}`, 'Probe')])
    accepted.push(performance.now())
  })
  const reading = readMembers(platform, () => isOver() && seenAll())
  let seen: readonly number[] = []
  const seenAll = () => seen.length >= accepted.length
  const watching = readRounds(platform, isOver)
  seen = reading.seen
  await Promise.all([loading, probing])
  const busy = (usageOf(platform.pid).seconds - begun) / seconds
  await reading.done
  const rounds = await watching
  const waits = accepted.map((at, i) => (reading.seen[i] ?? Number.POSITIVE_INFINITY) - at)
  return { events: seconds * eventsPerSecond, busy, waits, rounds }
}

/** Does something so often a second, whatever it takes; each begins when it is due. */
async function pace(
  isOver: () => boolean,
  perSecond: number,
  work: (n: number) => Promise<void>,
): Promise<void> {
  const begun = performance.now()
  const open = new Set<Promise<void>>()
  for (let n = 0; !isOver(); n++) {
    const due = begun + (n * 1000) / perSecond
    await sleep(Math.max(0, due - performance.now()))
    const one = work(n).finally(() => open.delete(one))
    open.add(one)
  }
  await Promise.all(open)
}

/** Looks again and again how many are members; when the first, the second ... of them was there. */
function readMembers({ call }: ServedPlatform, isOver: () => boolean) {
  const seen: number[] = []
  const read = async () => {
    const since = performance.now()
    while (!isOver() && performance.now() - since < 120_000) {
      // The endpoint answers with this shape; see the query room.
      const { rows } = (await call('POST', '/query', {
        sql: `select count(*) as n from segment_member where segment = 'probed'`,
      })) as { rows: readonly { n: number }[] }
      const now = performance.now()
      while (seen.length < Number(rows[0]?.n ?? 0)) seen.push(now)
      await sleep(15)
    }
  }
  return { seen, done: read() }
}

async function readRounds(
  { call }: ServedPlatform,
  isOver: () => boolean,
): Promise<Load['rounds']> {
  const rounds = new Map<string, Load['rounds'][number]>()
  while (!isOver()) {
    // The endpoint answers with this shape; see the tick room.
    const { last } = (await call('GET', '/tick')) as {
      last?: { at: string; ms: number; stages: readonly Stage[] }
    }
    if (last) rounds.set(last.at, last)
    await sleep(250)
  }
  return [...rounds.values()]
}

interface Found extends Load {
  readonly adopting: number
  readonly checking: number
  readonly differences: number
  readonly platform: ServedPlatform
}

function figuresOf(size: BaseSize, found: Found): readonly Figure[] {
  const { waits, rounds, busy, adopting, checking, differences, platform } = found
  const ms = rounds.map((round) => round.ms)
  const stages = [...new Set(rounds.flatMap((round) => round.stages.map(({ stage }) => stage)))]
  const { peakBytes } = usageOf(platform.pid)
  return [
    {
      name: `${size.people.toLocaleString('en-US')} people: from the answer until they are members, 99 of 100`,
      value: rounded(percentile(waits, 0.99)),
      unit: 'ms',
      comparedWith: `median ${rounded(percentile(waits, 0.5))} ms, of ${waits.length}`,
      target: 'under 1,000 ms',
    },
    {
      name: 'a round, 99 of 100',
      value: rounded(percentile(ms, 0.99)),
      unit: 'ms',
      comparedWith: `median ${rounded(percentile(ms, 0.5))} ms, of ${rounds.length} seen`,
    },
    ...stages.map((stage) => {
      const each = rounds.map((round) =>
        round.stages.filter((one) => one.stage === stage).reduce((sum, one) => sum + one.ms, 0),
      )
      return {
        name: `in it: ${stage}, 99 of 100`,
        value: rounded(percentile(each, 0.99)),
        unit: 'ms',
        comparedWith: `median ${rounded(percentile(each, 0.5))} ms`,
      }
    }),
    { name: 'processor time of the server', value: rounded(busy), unit: 's each second' },
    {
      name: 'members that full runs found in the wrong place',
      value: differences,
      unit: 'members',
      target: '0',
    },
    { name: 'comparing all segments with full runs', value: rounded(checking), unit: 's' },
    { name: 'making all segments live', value: rounded(adopting), unit: 's' },
    { name: 'peak memory of the server', value: rounded(peakBytes / 1024 ** 2), unit: 'MiB' },
  ]
}
