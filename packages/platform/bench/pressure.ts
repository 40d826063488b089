import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Bench, best, type Figure, percentile, rounded, timed } from './bench.ts'
import { definitionsOf, openPlatform, type Platform } from './platform.ts'
import { writeShop } from './shop.ts'
import { startValve, type Valve } from './valve.ts'

/** How long small things take while large questions are asked. */
export const pressure: Bench = {
  name: 'pressure',
  about:
    'Four questions in SQL that each take seconds, asked without a pause; meanwhile a batch is delivered to a webhook, a file is read and a profile is read, again and again. The least disturbed of four passes.',
  run: async ({ folder, isShort, say }) => {
    const size = { people: 5000, customers: 5500, orders: isShort ? 50_000 : 100_000 }
    await writeShop(join(folder, 'files'), size, new Date())
    const file = join(folder, 'megabyte')
    await writeFile(file, Buffer.alloc(1024 ** 2, 'tessera'))
    const valve = await startValve()
    const platform = await openPlatform({
      dataFolder: join(folder, 'data'),
      filesFolder: join(folder, 'files'),
      allowPrivate: [valve.address],
    })
    try {
      await prepare(platform, valve)
      const small = { platform, valve, file, profiles: await someProfiles(platform) }
      await measure(small, 5)
      const published = await best(3, () => publish(platform))
      const passes: Pass[] = []
      for (let n = 0; n < (isShort ? 1 : 4); n++) {
        passes.push(await passOf(small, isShort ? 20 : 50))
        say(told(passes[n]))
      }
      const load = startLoad(platform, 4)
      await sleep(500)
      const waited = await timed(() => publish(platform))
      await load.stop()
      const large = { name: 'for comparison, something large: a segment published', unit: 'ms' }
      const comparedWith = `without load: ${rounded(published)} ms`
      return [
        ...figuresOf(passes),
        { ...large, value: rounded(waited), comparedWith, ratio: rounded(waited / published) },
      ]
    } finally {
      await platform.close()
      valve.close()
    }
  },
}

/** Takes the shop through the flow, then queues a batch for each member of a segment; the first one waits at the valve. */
async function prepare({ client, define, refresh }: Platform, { url, arrived }: Valve) {
  await define(definitionsOf('shop'))
  await refresh()
  await client.call('PUT', '/secrets/webhook', {
    body: { value: `whsec_${'dGVzc2VyYQ'.repeat(4)}` },
  })
  const settings = { url, secret: { secret: 'webhook' }, batch_size: 1 }
  await client.call('PUT', '/definitions/destination/webhook', {
    body: { body: { type: 'webhook', settings } },
  })
  const attributes = [{ as: 'email', contact_point: 'email' }]
  await client.call('PUT', '/definitions/activation/best', {
    body: { body: { segment: 'best', destination: 'webhook', send: 'everything', attributes } },
  })
  await client.call('POST', '/run', { body: { nodes: ['activation:best'] } })
  await arrived()
}

const publish = ({ client }: Platform) => client.call('POST', '/segments/best/publish')

async function someProfiles({ client }: Platform): Promise<readonly string[]> {
  // The endpoint answers with this shape; see the profiles room.
  const { profiles } = (await client.call('GET', '/profiles', { query: { limit: 100 } })) as {
    profiles: readonly { readonly id: string }[]
  }
  return profiles.map(({ id }) => id)
}

interface Small {
  readonly platform: Platform
  readonly valve: Valve
  readonly file: string
  readonly profiles: readonly string[]
}

interface Measured {
  readonly delivery: readonly number[]
  readonly file: readonly number[]
  readonly profile: readonly number[]
}

/** Each small thing once a round, one after the other. */
async function measure(
  { platform, valve, file, profiles }: Small,
  rounds: number,
): Promise<Measured> {
  const [deliveries, files, reads] = [[] as number[], [] as number[], [] as number[]]
  for (let n = 0; n < rounds; n++) {
    // From the answer to one batch to the arrival of the next: noting it, taking, signing and sending the other.
    deliveries.push(
      await timed(() => {
        valve.answer()
        return valve.arrived()
      }),
    )
    files.push(await timed(() => readFile(file)))
    const path = `/profiles/${profiles[n % profiles.length]}`
    reads.push(await timed(() => platform.client.call('GET', path)))
    await sleep(20)
  }
  return { delivery: deliveries, file: files, profile: reads }
}

// Every order beside every other of its channel and month.
const longQuestion = `select count(*) as n from sales_order a
  join sales_order b on a.channel = b.channel
    and date_trunc('month', a.purchased_at) = date_trunc('month', b.purchased_at)
  where a.grand_total_amount < b.grand_total_amount`

interface Load {
  /** Rejects when a question is refused. */
  readonly failed: Promise<never>
  /** Breaks off what is asked. */
  readonly stop: () => Promise<void>
}

/** Asks long questions, so many at once, each again as soon as it is answered. */
function startLoad({ address, token }: Platform, atOnce: number): Load {
  const stopper = new AbortController()
  const { signal } = stopper
  const failed = Promise.withResolvers<never>()
  const ask = async () => {
    while (!signal.aborted) {
      const answer = await fetch(`${address}/api/query`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ sql: longQuestion }),
        signal,
      })
      const text = await answer.text()
      if (answer.status !== 200) throw new Error(`a question was refused: ${text}`)
    }
  }
  const asking = Array.from({ length: atOnce }, () =>
    ask().catch((thrown: unknown) => (signal.aborted ? undefined : failed.reject(thrown))),
  )
  return {
    failed: failed.promise,
    stop: async () => {
      stopper.abort()
      await Promise.all(asking)
    },
  }
}

interface Pass {
  readonly alone: Measured
  readonly loaded: Measured
}

/** Without load, then under it. */
async function passOf(small: Small, rounds: number): Promise<Pass> {
  const alone = await measure(small, rounds)
  const load = startLoad(small.platform, 4)
  await sleep(500)
  try {
    return { alone, loaded: await Promise.race([measure(small, rounds), load.failed]) }
  } finally {
    await load.stop()
  }
}

const longest = (of: readonly number[]) => rounded(percentile(of, 1))

const told = (pass: Pass | undefined) =>
  pass === undefined
    ? ''
    : names.map(([name, of]) => `${name} at most ${longest(pass.loaded[of])} ms`).join(', ')

const names = [
  ['a batch to a webhook', 'delivery'],
  ['a file of 1 MB', 'file'],
  ['a profile over HTTP', 'profile'],
] as const

// What else the machine does only ever adds; the pass that it disturbed least tells most.
function figuresOf(passes: readonly Pass[]): readonly Figure[] {
  return names.flatMap(([name, of]) => {
    const [least] = passes.toSorted((a, b) => longest(a.loaded[of]) - longest(b.loaded[of]))
    if (least === undefined) return []
    const { alone, loaded } = least
    const figure = (share: number) => {
      const [value, before] = [percentile(loaded[of], share), percentile(alone[of], share)]
      const comparedWith = `without load: ${rounded(before)} ms`
      return { value: rounded(value), unit: 'ms', comparedWith, ratio: rounded(value / before) }
    }
    return [
      { name: `${name}, median`, ...figure(0.5) },
      { name: `${name}, 95 of 100`, ...figure(0.95) },
      { name: `${name}, longest`, ...figure(1), target: 'under 100 ms' },
    ]
  })
}
