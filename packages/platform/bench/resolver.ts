import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { totalmem } from 'node:os'
import { join } from 'node:path'
import { accessMigrations, firstTokenIn, makeAccess } from '#access'
import { auditMigrations, makeAudit } from '#audit'
import { openDuckdb } from '#engine'
import { identityMigrations, makeIdentity, type Ruleset } from '#identity'
import { systemClock } from '#kernel/clock.ts'
import { randomIds } from '#kernel/ids.ts'
import { silentLog } from '#kernel/log.ts'
import { modelOf } from '#model'
import {
  makeResolver,
  type ResolveBody,
  type Resolved,
  type Resolver,
  resolverRoutes,
} from '#resolver'
import { makeApp } from '#server'
import { openStore, type Store } from '#store'
import { type Bench, type Figure, middleOf, percentile, rounded } from './bench.ts'
import { putPeople } from './identity-people.ts'

const rule = (key: string, object: string, field: string) => ({
  key,
  all: [{ object, field, by: 'normalised' as const }],
})

const ruleset: Ruleset = {
  key: 'people',
  on: 'individual',
  match: [
    rule('email', 'contact_point_email', 'email_address'),
    rule('phone', 'contact_point_phone', 'telephone_number'),
    {
      key: 'loyalty',
      all: [
        {
          object: 'party_identification',
          field: 'identification_number',
          by: 'exact',
          per: 'identification_name',
        },
      ],
    },
  ],
  reconcile: { default: 'last_updated' },
  limits: {
    identifiers: [
      {
        object: 'party_identification',
        field: 'identification_number',
        per: 'identification_name',
      },
    ],
  },
}

const whole = 1_000_000
const rounds = 3
/** How many are looked up in a round, and in the short form. */
const [times, fewTimes] = [2000, 300]

/** One record among many, from memory. */
export const resolver: Bench = {
  name: 'resolver',
  about:
    'One record (an e-mail address, a telephone number, a loyalty number) is looked up among a million published ones: which profile it belongs to, with the guards of a run. The median (by p99) of three rounds of 2000 records each, one after the other.',
  run: async ({ folder, isShort, say }) => {
    const records = isShort ? whole / 20 : whole
    const model = modelOf([])
    mkdirSync(folder, { recursive: true })
    const engine = await openDuckdb({ folder, threads: 2, memoryBytes: Math.floor(totalmem() / 2) })
    const clock = systemClock
    const store = await openStore({ file: join(folder, 'store.sqlite'), log: silentLog, clock })
    await store.migrate('audit', auditMigrations)
    await store.migrate('access', accessMigrations)
    await store.migrate('identity', identityMigrations)
    const house = {
      engine,
      store,
      clock,
      model: async () => model,
      rulesets: async () => [ruleset],
    }
    await putPeople(engine, model, records)
    const { profiles } = await makeIdentity(house).run('people')
    say(`${records} records are ${profiles} profiles`)
    const of = makeResolver({ ...house, log: silentLog })
    of.note()
    await of.settled()
    const memory = of.memory('people')
    const asked = { records, times: isShort ? fewTimes : times }
    const inProcess = await latencies(asked, async (body) => {
      const { state } = await of.resolve('people', body)
      return state
    })
    const overHttp = await http({ store, resolver: of, asked, folder })
    await of.close()
    await engine.close()
    await store.close()
    return [
      ...figures('in process', inProcess, 'p99 under 5 ms'),
      ...figures('over HTTP', overHttp, ''),
      { name: 'loading', value: rounded((memory?.loaded_ms ?? 0) / 1000), unit: 's' },
      {
        name: 'memory per million records',
        value: Math.round(((memory?.bytes ?? 0) / 1024 ** 2 / records) * 1e6),
        unit: 'MiB',
      },
    ]
  },
}

const personOf = (i: number): ResolveBody => ({
  rows: {
    individual: [{ first_name: 'Ada', last_name: 'Lovelace' }],
    contact_point_email: [{ email_address: `Person.${i}@mail${i % 40}.example` }],
    contact_point_phone: [{ telephone_number: `+49 ${1_510_000_000 + i}`, country: 'DE' }],
    party_identification: [
      { identification_name: 'loyalty', identification_number: `L${10_000_000 + i}` },
    ],
  },
})

/** Among how many records is looked up, and how often. */
interface Asked {
  readonly records: number
  readonly times: number
}

interface Latencies {
  readonly p50: number
  readonly p99: number
  readonly known: number
}

/** The round in the middle. Half of those who are looked up are there. */
async function latencies(
  { records, times }: Asked,
  ask: (body: ResolveBody) => Promise<string>,
): Promise<Latencies> {
  const all: Latencies[] = []
  for (let round = 0; round < rounds; round++) {
    const ms: number[] = []
    let known = 0
    for (let i = 0; i < times; i++) {
      const body = personOf((i * 7919 + round * 104_729) % (2 * records))
      const startedAt = performance.now()
      if ((await ask(body)) === 'known') known++
      ms.push(performance.now() - startedAt)
    }
    all.push({ p50: percentile(ms, 0.5), p99: percentile(ms, 0.99), known: known / times })
  }
  return middleOf(all, ({ p99 }) => p99) ?? { p50: 0, p99: 0, known: 0 }
}

async function http(of: {
  readonly store: Store
  readonly resolver: Resolver
  readonly asked: Asked
  readonly folder: string
}): Promise<Latencies> {
  const { store, resolver, folder } = of
  const ids = randomIds(systemClock.now, randomBytes)
  const audit = makeAudit({ store, clock: systemClock })
  const access = makeAccess({ store, audit, clock: systemClock, ids })
  await access.ensureFirstToken(folder)
  const routes = resolverRoutes(resolver)
  const app = await makeApp({ routes, access, ids, log: silentLog, version: 'bench' })
  const address = await app.listen({ host: '127.0.0.1', port: 0 })
  const headers = {
    authorization: `Bearer ${await firstTokenIn(folder)}`,
    'content-type': 'application/json',
  }
  const found = await latencies(of.asked, async (body) => {
    const url = `${address}/api/identity/people/resolve`
    const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
    if (!answer.ok) throw new Error(await answer.text())
    // The endpoint answers with this shape.
    return ((await answer.json()) as Resolved).state
  })
  await app.close()
  return found
}

const figures = (name: string, { p50, p99, known }: Latencies, target: string): Figure[] => [
  { name: `${name}, p50 (${Math.round(known * 100)} % known)`, value: rounded(p50), unit: 'ms' },
  { name: `${name}, p99`, value: rounded(p99), unit: 'ms', ...(target ? { target } : {}) },
]
