import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Catalogue } from '#definitions'
import { openDuckdb, sql, value } from '#engine'
import { systemClock } from '#kernel/clock.ts'
import { silentLog } from '#kernel/log.ts'
import { makeOutgoing } from '#outgoing'
import { startReceiver } from '#outgoing/testing'
import { memberTable } from '#segments'
import { storeAt } from '#store/testing'
import { activationMigrations } from '../src/flow/activation/records.ts'
import { activationsOver, definitionsOf, webhookTo } from '../src/flow/activation/testing/house.ts'
import { addPeople, makeTables, profileId } from '../src/flow/activation/testing/world.ts'
import { type Bench, type Figure, rounded, timed } from './bench.ts'

const whole = 1_000_000

/** Sending the members of a segment, with attributes, to a file and to a receiver of webhooks in this process. */
export const activation: Bench = {
  name: 'activation',
  about:
    'Members with three attributes (a field, a measure, an address) from the segment through the queue to a CSV file and, in signed batches of 5,000, to a receiver on this machine; beside a destination that is down and one at ten requests a second.',
  run: async ({ folder, isShort, say }) => {
    const members = isShort ? 50_000 : whole
    const house = await openHouse(folder, members)
    say(`${members} members are there`)
    try {
      const figures: Figure[] = []
      for (const key of ['file', 'webhook'] as const) {
        const before = process.cpuUsage()
        const cutMs = await timed(() => house.refresh(`to_${key}`))
        const sentMs = await timed(() => house.drained(`to_${key}`))
        say(`${key}: queued in ${Math.round(cutMs)} ms, delivered in ${Math.round(sentMs)} ms`)
        figures.push({
          name: `${members.toLocaleString('en-US')} members to a ${key}, from refresh to the last`,
          value: Math.round(members / ((cutMs + sentMs) / 1000)),
          unit: 'members/s',
          comparedWith: `processor time, with the receiver: ${rounded(usedSince(before) / members)} µs a member`,
          target: key === 'file' ? '100,000' : '20,000',
        })
      }
      const lines = house.linesOfFile()
      if (lines !== members) throw new Error(`the file has ${lines} members`)
      if (house.received() !== members) throw new Error(`${house.received()} members were received`)
      return [...figures, await house.mended(members)]
    } finally {
      await house.close()
    }
  },
}

const usedSince = (before: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(before)
  return user + system
}

const attributes = [
  { as: 'name', field: 'first_name' },
  { as: 'worth', insight: 'lifetime_value.total' },
  { as: 'mail', contact_point: 'email' as const },
]

function definitions(url: string): Catalogue {
  const to = (destination: string) => ({
    segment: 'all',
    destination,
    send: 'changes' as const,
    attributes: [...attributes],
  })
  return definitionsOf({
    destinations: {
      file: { type: 'file', settings: { folder: 'out', format: 'csv' } },
      webhook: webhookTo(`${url}/in`, 5000),
      broken: webhookTo(`${url}/broken`, 5000),
      slow: { ...webhookTo(`${url}/slow`, 5000), limits: { requests_per_second: 10 } },
    },
    activations: {
      to_file: to('file'),
      to_webhook: to('webhook'),
      to_broken: to('broken'),
      to_slow: to('slow'),
    },
  })
}

/** Everything that activation needs, on disk, with a receiver that counts members by where they come. */
async function openHouse(folder: string, members: number) {
  const data = join(folder, 'data')
  mkdirSync(data)
  const engine = await openDuckdb({ folder: data, threads: 2 })
  await makeTables(engine)
  await addPeople(engine, 1, members)
  await engine.change('entering', async ({ run, positions }) => {
    const at = value(await positions(1))
    await run(sql`insert into ${memberTable} (segment, profile, entered_position)
      select 'all', ${value(profileId(0))} + n, ${at} from range(1, ${value(members + 1)}) t(n)`)
  })
  const store = await storeAt(join(data, 'store.sqlite'), { activation: activationMigrations })
  const counts = new Map<string, number>()
  let isBroken = true
  const { port, close } = await startReceiver(async (request, response) => {
    const path = request.url ?? ''
    let found = 0
    let rest = ''
    for await (const piece of request) {
      const text = rest + String(piece)
      const parts = text.split('"profile_id"')
      found += parts.length - 1
      rest = (parts.at(-1) ?? '').slice(-11)
    }
    if (path === '/broken' && isBroken) response.writeHead(503)
    else counts.set(path, (counts.get(path) ?? 0) + found)
    response.end()
  })
  const outgoing = makeOutgoing({
    allowPrivate: [`127.0.0.1:${port}`],
    timeoutMs: 30_000,
    clock: systemClock,
    log: silentLog,
  })
  const catalogue = definitions(`http://127.0.0.1:${port}`)
  const activations = activationsOver(
    { engine, store, outgoing, catalogue: () => catalogue },
    {
      folders: { base: join(folder, 'files'), allowed: [] },
      confirmAbove: Number.POSITIVE_INFINITY,
      patience: {
        attempts: 100_000,
        firstMs: 100,
        mostMs: 500,
        breaker: { failures: 5, firstMs: 200, mostMs: 1000 },
      },
    },
  )
  const { signal } = new AbortController()
  const refresh = (key: string) => activations.refresh(key, signal)
  const drained = async (key: string) => {
    while ((await activations.get(key)).ledger.waiting > 0) {
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }
  // What is slow and what is broken have their share from the first moment.
  await refresh('to_broken')
  await refresh('to_slow')
  activations.work.start()
  return {
    refresh,
    drained,
    received: () => counts.get('/in') ?? 0,
    linesOfFile: () => {
      const out = join(folder, 'files', 'out')
      const name = readdirSync(out).find((one) => one.endsWith('.csv')) ?? ''
      return readFileSync(join(out, name)).reduce((sum, byte) => sum + Number(byte === 10), 0) - 1
    },
    /** Lets the broken one recover: how many of its members come then. */
    mended: async (wanted: number): Promise<Figure> => {
      isBroken = false
      await drained('to_broken')
      await drained('to_slow')
      const [late, slow] = [counts.get('/broken') ?? 0, counts.get('/slow') ?? 0]
      if (late !== wanted || slow !== wanted) throw new Error(`${late} and ${slow} came`)
      return {
        name: 'members that came to the destination that was down, once it was up',
        value: late,
        unit: 'members',
        comparedWith: 'members queued for it',
        ratio: late / wanted,
      }
    },
    close: async () => {
      await activations.work.stop()
      await outgoing.close()
      await close()
      await store.close()
      await engine.close()
    },
  }
}
