import { setTimeout as rest } from 'node:timers/promises'
import type { Engine } from '#engine'
import {
  identityFaults,
  lastDecided,
  prepareUnified,
  publishedPosition,
  type Ruleset,
} from '#identity'
import type { Clock } from '#kernel/clock.ts'
import { sentenceOf } from '#kernel/fault.ts'
import type { Log } from '#kernel/log.ts'
import { didYouMean } from '#kernel/near.ts'
import type { Model } from '#model'
import type { Store } from '#store'
import type { ResolveBody, Resolved } from './api.ts'
import { makeTidier, type Tidier } from './asked.ts'
import { resolverFaults } from './faults.ts'
import { foretell } from './foretell.ts'
import { bytesOf, type Known } from './known.ts'
import { decided, load } from './load.ts'
import { readRows } from './rows.ts'

/** What the resolver needs from the house. */
export interface ResolverTools {
  readonly engine: Engine
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly model: () => Promise<Model>
  readonly rulesets: () => Promise<readonly Ruleset[]>
  /** Whether one who asks before anything is loaded waits for it (a command that is here for a moment) or is told; told unless set. */
  readonly whoComesEarly?: 'is told' | 'waits'
}

/** What is in memory. */
export interface Memory {
  readonly records: number
  readonly bytes: number
  readonly loaded_ms: number
}

/** Says to which profile one record belongs, from memory. */
export interface Resolver {
  readonly resolve: (ruleset: string, body: ResolveBody) => Promise<Resolved>
  /** Something was published: what is in memory is brought up to date, in the background. */
  readonly note: () => void
  /** What is in memory is up to date when this resolves. */
  readonly settled: () => Promise<void>
  readonly memory: (ruleset: string) => Memory | undefined
  readonly close: () => Promise<void>
}

interface Loaded {
  readonly known: Known
  readonly tidier: Tidier
  readonly model: Model
  readonly loadedMs: number
}

/** After loading, it rests this many times as long: loading takes no more than a part of the machine. */
const restsTimes = 4

/** Makes a resolver; nothing is loaded until something is noted or asked. */
export function makeResolver(tools: ResolverTools): Resolver {
  const loaded = new Map<string, Loaded>()
  const failed = new Map<string, string>()
  const stop = new AbortController()
  let isStale = false
  let working: Promise<void> | undefined

  const loadOne = async (ruleset: Ruleset) => {
    const { engine, store } = tools
    const model = await tools.model()
    await prepareUnified(engine, model, ruleset.on)
    const position = await publishedPosition(engine, ruleset.on)
    const before = loaded.get(ruleset.key)
    if (position === 0) return forget(ruleset.key)
    const startedAt = performance.now()
    const known = await load({
      engine,
      store,
      model,
      ruleset,
      now: tools.clock.now,
      signal: stop.signal,
    })
    const tidier = await makeTidier(engine, known.ruleset, model)
    loaded.set(ruleset.key, { known, tidier, model, loadedMs: performance.now() - startedAt })
    failed.delete(ruleset.key)
    await before?.tidier.close()
  }
  const forget = async (key: string) => {
    const before = loaded.get(key)
    loaded.delete(key)
    failed.delete(key)
    await before?.tidier.close()
  }
  const loadAll = async () => {
    const rulesets = await tools.rulesets()
    for (const key of [...loaded.keys()])
      if (!rulesets.some((ruleset) => ruleset.key === key)) await forget(key)
    for (const ruleset of rulesets) {
      try {
        await loadOne(ruleset)
      } catch (cause) {
        if (stop.signal.aborted) return
        failed.set(ruleset.key, sentenceOf(cause))
        tools.log.error('profiles could not be loaded into memory', { ruleset: ruleset.key, cause })
      }
    }
  }
  const work = async () => {
    while (isStale && !stop.signal.aborted) {
      isStale = false
      const startedAt = performance.now()
      await loadAll().catch((cause) => tools.log.error('rulesets could not be read', { cause }))
      const took = performance.now() - startedAt
      if (isStale) await rest(restsTimes * took, undefined, { signal: stop.signal }).catch(() => {})
    }
    working = undefined
  }
  const note = () => {
    isStale = true
    working ??= work()
  }

  const settled = async () => {
    while (working) await working
  }
  const loadedOf = async (key: string): Promise<Loaded> => {
    const found = loaded.get(key)
    if (found) return found
    if (tools.whoComesEarly !== 'waits') return missing(key)
    note()
    await settled()
    return loaded.get(key) ?? missing(key)
  }
  /** What people decided since it was loaded counts at once, as it does in the next run. */
  const heedDecisions = async (key: string) => {
    const before = loaded.get(key)
    if (!before || before.known.lastDecided === (await lastDecided(tools.store))) return
    const { known } = before
    const now = {
      ...known,
      ...(await decided({ ...tools, ruleset: known.ruleset }, known.records)),
    }
    if (loaded.get(key) === before) loaded.set(key, { ...before, known: now })
  }
  const missing = async (key: string): Promise<never> => {
    const all = await tools.rulesets()
    const ruleset = all.find((of) => of.key === key)
    if (!ruleset) {
      const near = didYouMean(
        key,
        all.map((of) => of.key),
      )
      throw identityFaults.unknown_ruleset({ ruleset: key, near })
    }
    const why = failed.get(key)
    if (why !== undefined) throw resolverFaults.not_loadable({ ruleset: key, why })
    await prepareUnified(tools.engine, await tools.model(), ruleset.on)
    if ((await publishedPosition(tools.engine, ruleset.on)) === 0)
      throw resolverFaults.nothing_published({ ruleset: key })
    note()
    throw resolverFaults.not_loaded({ ruleset: key })
  }

  return {
    resolve: async (key, body) => {
      const startedAt = performance.now()
      await heedDecisions(key)
      // Nothing is awaited in between, or it could be closed.
      const { known, tidier, model } = loaded.get(key) ?? (await loadedOf(key))
      const asked = await tidier.tidy(readRows(model, body))
      return {
        ...foretell(known, asked),
        ...(known.leftOut.length > 0 ? { left_out: [...known.leftOut] } : {}),
        as_of: known.position,
        took_ms: Math.round((performance.now() - startedAt) * 100) / 100,
      }
    },
    note,
    settled,
    memory: (key) => {
      const of = loaded.get(key)
      return (
        of && { records: of.known.records.count, bytes: bytesOf(of.known), loaded_ms: of.loadedMs }
      )
    },
    close: async () => {
      stop.abort()
      await working
      for (const { tidier } of loaded.values()) await tidier.close()
    },
  }
}
