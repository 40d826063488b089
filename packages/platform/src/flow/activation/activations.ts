import type { Catalogue } from '#definitions'
import type { Engine } from '#engine'
import type { Clock } from '#kernel/clock.ts'
import type { Log } from '#kernel/log.ts'
import { didYouMean } from '#kernel/near.ts'
import type { Outgoing } from '#outgoing'
import type { Secrets, Store } from '#store'
import { columnsOf, cut, preview, type Refreshed, type Subject } from './cut.ts'
import type { ActivationBody, DestinationBody, Send } from './definition.ts'
import type { Destination, Guarantee, OutFolders, PayloadRow } from './destination.ts'
import { destinations as allDestinations, destinationOf } from './destinations/index.ts'
import { activationFaults } from './faults.ts'
import { activationName, destinationName } from './kinds.ts'
import { type BatchRecord, type DeliveryState, type Ledger, recordsIn } from './records.ts'
import { makeWork, type Patience, usualPatience, type Work } from './work.ts'

/** What activations need. The tables of `activationMigrations` must be there. */
export interface ActivationTools {
  readonly engine: Engine
  readonly store: Store
  readonly catalogue: () => Promise<Catalogue>
  readonly outgoing: Pick<Outgoing, 'send'>
  readonly secrets: Pick<Secrets, 'get'>
  readonly folders: OutFolders
  readonly clock: Clock
  /** From 0 to 1. */
  readonly random: () => number
  readonly log: Log
  readonly patience?: Patience
  readonly destinations?: readonly Destination[]
}

/** An activation with what has become of its members. */
export interface ActivationView extends ActivationBody {
  readonly key: string
  readonly ledger: Ledger
}

/** A destination with what it is and what it promises. */
export interface DestinationView {
  readonly key: string
  readonly label: string
  readonly type: string
  readonly about: string
  readonly guarantee: Guarantee
}

/** One batch on its way, or at its end. */
export interface DeliveryView {
  readonly id: string
  /** Names the page that follows this one. */
  readonly sequence: number
  readonly destination: string
  readonly send: Send
  readonly from: number
  readonly to: number
  readonly number: number
  readonly of: number
  readonly members: number
  readonly state: DeliveryState
  readonly attempts: number
  readonly queuedAt: string
  /** When it is tried next; only while it is waiting. */
  readonly dueAt: string | null
  readonly settledAt: string | null
  /** Why the last attempt came to nothing. */
  readonly reason: string | null
}

/** What would be sent. */
export interface Preview {
  readonly columns: readonly string[]
  readonly members: number
  readonly rows: readonly PayloadRow[]
}

/** Which deliveries are asked for; `before` is the sequence of the last one seen. */
export interface DeliveryPage {
  readonly state?: DeliveryState
  readonly before?: number
  readonly limit?: number
}

/** Sends the members of segments somewhere. */
export interface Activations {
  readonly list: () => Promise<readonly ActivationView[]>
  readonly get: (key: string) => Promise<ActivationView>
  /** Queues what is new for an activation; the deliveries take it from there. */
  readonly refresh: (key: string, signal: AbortSignal) => Promise<Refreshed>
  /** The first rows that would be queued now. */
  readonly preview: (key: string) => Promise<Preview>
  /** Newest first. */
  readonly deliveries: (key: string, page?: DeliveryPage) => Promise<readonly DeliveryView[]>
  /** Tries again what was given up, all of it or one; how many batches. */
  readonly retry: (key: string, id?: string) => Promise<number>
  readonly destinations: () => Promise<readonly DestinationView[]>
  readonly work: Work
}

const previewRows = 20
const mostMembers = 100

/** Makes the verbs of this room, and the work that delivers. */
export function makeActivations(tools: ActivationTools): Activations {
  const { store, catalogue, clock, engine } = tools
  const records = recordsIn(store)
  const destinations = tools.destinations ?? allDestinations
  const patience = tools.patience ?? usualPatience
  const work = makeWork({ ...tools, records, destinations, patience })
  const inTurn = makeTurns()
  const subject = async (key: string) => subjectOf(await catalogue(), key, destinations)

  const list = async () => {
    const ledgers = await records.ledgers()
    return (await catalogue())
      .list(activationName)
      .map(({ key, body }) => ({ key, ...body, ledger: ledgers.get(key) ?? emptyLedger }))
  }

  return {
    work,
    list,
    get: async (key) => {
      const all = await list()
      return all.find((one) => one.key === key) ?? unknown(key, all)
    },
    refresh: (key, signal) =>
      inTurn(key, async () => {
        const refreshed = await cut({ engine, records, clock }, await subject(key), signal)
        if (refreshed.changed) work.wake()
        return refreshed
      }),
    preview: async (key) => {
      const of = await subject(key)
      const found = await preview({ engine, records }, of, previewRows)
      return { columns: columnsOf(of.body), ...found }
    },
    deliveries: async (key, { limit = mostMembers, ...page } = {}) =>
      (await records.deliveries(key, { limit, ...page })).map(deliveryView),
    retry: async (key, id) => {
      const at = clock.now()
      const batches = await records.revive(key, { at, ...(id === undefined ? {} : { id }) })
      if (id !== undefined && batches === 0) throw activationFaults.unknown_delivery({ id })
      work.wake()
      return batches
    },
    destinations: async () =>
      (await catalogue())
        .list(destinationName)
        .map(({ key, body }) => destinationView(key, body, destinations)),
  }
}

const emptyLedger: Ledger = { queued: 0, delivered: 0, waiting: 0, dead: 0 }

function unknown(key: string, all: readonly { readonly key: string }[]): never {
  const keys = all.map((one) => one.key)
  throw activationFaults.unknown_activation({ key, near: didYouMean(key, keys) })
}

function subjectOf(all: Catalogue, key: string, destinations: readonly Destination[]): Subject {
  const body = all.find(activationName, key)?.body ?? unknown(key, all.list(activationName))
  const { on } = all.get<{ on: string }>('segment', body.segment).body
  const { type, settings } = all.get(destinationName, body.destination).body
  return { key, body, on, batchSize: destinationOf(type, destinations).batchSize(settings) }
}

function destinationView(
  key: string,
  { type, label }: DestinationBody,
  destinations: readonly Destination[],
): DestinationView {
  const { about, guarantee, label: usual } = destinationOf(type, destinations)
  return { key, label: label ?? usual, type, about, guarantee }
}

const deliveryView = (of: BatchRecord): DeliveryView => ({
  id: of.id,
  sequence: of.sequence,
  destination: of.destination,
  send: of.send,
  from: of.from_position,
  to: of.to_position,
  number: of.number,
  of: of.of,
  members: of.members,
  // Those that are preparing are never listed.
  state: of.state as DeliveryState,
  attempts: of.attempts,
  queuedAt: of.queued_at,
  dueAt: of.state === 'waiting' ? of.due_at : null,
  settledAt: of.settled_at,
  reason: of.reason,
})

/** Lets one refresh of an activation run at a time: a second one would throw away what the first is preparing. */
function makeTurns() {
  const last = new Map<string, Promise<unknown>>()
  return <T>(key: string, work: () => Promise<T>): Promise<T> => {
    const mine = (last.get(key) ?? Promise.resolve()).then(work, work)
    last.set(key, mine)
    return mine
  }
}
