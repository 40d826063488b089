import { totalmem } from 'node:os'
import { type Engine, openDuckdb } from '#engine'
import { systemClock } from '#kernel/clock.ts'
import { modelOf } from '#model'
import type { Ruleset } from '../src/flow/identity/definition.ts'
import type { Extent } from '../src/flow/identity/extent.ts'
import { guarded } from '../src/flow/identity/guards.ts'
import { type RunResult, runIdentity } from '../src/flow/identity/run.ts'
import { changePeople, pairsOf, putPeople, stormPeople } from './identity-people.ts'

/** One run as it is told. */
export interface Ran extends Pick<RunResult, 'changed' | 'records' | 'profiles' | 'steps'> {
  readonly mode: RunResult['mode'] | undefined
  readonly looked_at: number | undefined
  readonly ms: number
  /** Of all processors. */
  readonly cpuMs: number
}

/** What is told of people of one size. */
export interface Told {
  readonly first: Ran
  readonly truePairs: number
  readonly found: number
  readonly right: number
  /** The most memory that the process had by the end of the first run. */
  readonly peakBytes: number
  /** What came after the first run; nothing where there are so many people that it would take long. */
  readonly after?: After
}

/** What is told of runs after the first. */
export interface After {
  /** How many records were changed. */
  readonly changes: number
  readonly changed: Ran
  /** A run over everything after the changes: it must find nothing to write. */
  readonly again: Ran
  /** A run after as many came who share nothing. */
  readonly calm: Ran
  /** A run after an address came to be shared by very many. */
  readonly storm: Ran & { readonly size: number; readonly leftOut: number }
}

/** What keeps the process below 8 GB, together with what it needs beside the engine. */
const engineBytes = 6_500_000_000

const [folder = '', size = '0', changes = '0'] = process.argv.slice(2)
const model = modelOf([])
const ruleset: Ruleset = guarded({
  key: 'people',
  on: 'individual',
  match: [
    {
      key: 'email',
      all: [{ object: 'contact_point_email', field: 'email_address', by: 'normalised' }],
    },
    {
      key: 'phone',
      all: [{ object: 'contact_point_phone', field: 'telephone_number', by: 'normalised' }],
    },
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
})

const engine = await openDuckdb({
  folder,
  threads: 2,
  memoryBytes: Math.min(engineBytes, Math.floor(totalmem() / 2)),
})
process.stdout.write(JSON.stringify(await measured(engine, Number(size), Number(changes))))
await engine.close()

async function measured(on: Engine, records: number, changes: number): Promise<Told> {
  await putPeople(on, model, records)
  const first = await ran(on)
  const peakBytes = process.resourceUsage().maxRSS * 1024
  const told = { first, peakBytes, ...(await pairsOf(on, records)) }
  return changes === 0 ? told : { ...told, after: await changed(on, records, changes) }
}

async function changed(on: Engine, records: number, changes: number): Promise<After> {
  await changePeople(on, model, { records, changes })
  const told = { changes, changed: await ran(on), again: await ran(on, 'everything') }
  const size = Math.min(50_000, records / 20)
  await stormPeople(on, model, { records, size, isShared: false })
  const calm = await ran(on)
  await stormPeople(on, model, { records, size, isShared: true })
  const { leftOut, ...storm } = await ran(on)
  return { ...told, calm, storm: { ...storm, size, leftOut } }
}

async function ran(on: Engine, extent?: Extent): Promise<Ran & { readonly leftOut: number }> {
  const [start, cpu] = [performance.now(), process.cpuUsage()]
  const { changed, mode, records, profiles, looked_at, steps, rules } = await runIdentity({
    engine: on,
    model,
    ruleset,
    clock: systemClock,
    extent,
  })
  const { user, system } = process.cpuUsage(cpu)
  const took = { ms: performance.now() - start, cpuMs: (user + system) / 1000 }
  const leftOut = rules.reduce((sum, { left_out_blocks }) => sum + left_out_blocks, 0)
  return { ...took, changed, mode, records, profiles, looked_at, steps, leftOut }
}
