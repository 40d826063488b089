import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Catalogue, catalogueOf, type Definition } from '#definitions'
import type { Engine } from '#engine'
import { systemClock } from '#kernel/clock.ts'
import { silentLog } from '#kernel/log.ts'
import { logPositionOf, type StreamShape, takeEvents } from '#lake'
import type { EventLog } from '#log'
import { modelOf } from '#model'
import type { Store } from '#store'
import { type ActionTools, makeActions } from '../actions.ts'
import type { ActionBody } from '../definition.ts'
import { signing } from './receiver.ts'

/** The stream of events of these houses. */
export const siteShape: StreamShape = {
  key: 'site',
  mode: 'append',
  primaryKey: [],
  fields: [
    { name: 'event', label: 'event', type: 'text' },
    { name: 'user_id', label: 'userId', type: 'text' },
    { name: 'anonymous_id', label: 'anonymousId', type: 'text' },
    { name: 'total', label: 'total', type: 'decimal' },
  ],
}

/** A webhook on this machine. */
export const webhookTo = (url: string, path = '/in'): ActionBody['target'] => ({
  webhook: { url: `${url}${path}`, secret: { secret: 'now' } },
})

/** Where things are kept. */
export interface Rooms {
  readonly engine: Engine
  readonly store: Store
  readonly events: EventLog
  readonly folder: string
}

/** Actions over real parts, impatient enough for a test. */
export function houseOf(
  { engine, store, events, folder }: Rooms,
  { outgoing, ...more }: Pick<ActionTools, 'outgoing'> & Partial<ActionTools>,
) {
  let definitions: readonly Definition[] = []
  const catalogue = async (): Promise<Catalogue> => catalogueOf(definitions)
  const actions = makeActions({
    engine,
    store,
    events,
    outgoing,
    catalogue,
    known: {
      modelIn: () => modelOf([]),
      shapesIn: () => ({ shapes: new Map(), problems: new Map() }),
      eventFields: () => undefined,
      problemsOfWho: () => [],
      forms: [],
    },
    model: async () => modelOf([]),
    insights: async () => [],
    segmentPositions: async () => new Map(),
    profileOf: async () => undefined,
    secrets: { get: async (name) => (name === 'before' ? signing.before : signing.now) },
    folders: { base: folder, allowed: [] },
    destinations: [],
    forms: [],
    clock: systemClock,
    random: Math.random,
    log: silentLog,
    patience: { attempts: 6, firstMs: 5, mostMs: 50 },
    ...more,
  })
  let files = 0
  return {
    actions,
    /** Makes these the actions, as an apply would. */
    define: async (
      bodies: Readonly<Record<string, ActionBody>>,
      others: readonly Definition[] = [],
    ) => {
      const own = Object.entries(bodies).map(([key, body]) => ({ kind: 'action', key, body }))
      definitions = [...own, ...others]
      await actions.reload()
    },
    /** Something happens on the site. */
    happen: (...values: readonly Readonly<Record<string, unknown>>[]) =>
      events.append(
        values.map((value) => ({
          stream: 'site',
          kind: 'put' as const,
          body: JSON.stringify(value),
        })),
      ),
    /** Brings what is in the log into the lake. */
    settle: async () => {
      const after = await logPositionOf(engine)
      const chunks = await events.read(after, { maxBytes: 1 << 26 })
      const to = chunks.at(-1)?.last
      if (to === undefined) return
      const path = join(folder, `lines-${after}-${++files}.txt`)
      writeFileSync(path, Buffer.concat(chunks.map(({ lines }) => lines)))
      const signal = AbortSignal.timeout(30_000)
      const at = new Date()
      await takeEvents(engine, { path, from: after + 1, to, shapes: [siteShape], at, signal })
    },
    /** The set lane looks. */
    look: (key: string) => actions.look(key, AbortSignal.timeout(30_000)),
    /** The ledger of an action, without what is 0; it must balance. */
    ledger: async (key: string) => {
      const { met, ...states } = (await actions.get(key)).ledger
      const sum = Object.values(states).reduce((a, b) => a + b, 0)
      if (sum !== met) throw new Error(`the ledger does not balance: ${met} met, ${sum} told`)
      const all = Object.entries({ met, ...states }).filter(([, count]) => count > 0)
      return Object.fromEntries(all)
    },
  }
}
