import { type Catalogue, definitionFaults } from '#definitions'
import type { Engine } from '#engine'
import type { Clock } from '#kernel/clock.ts'
import { type Problem, refusal } from '#kernel/fault.ts'
import { storedInstant } from '#kernel/instant.ts'
import type { Log } from '#kernel/log.ts'
import { didYouMean } from '#kernel/near.ts'
import type { Outgoing } from '#outgoing'
import { groundOf } from '#segments'
import type { Secrets, Store } from '#store'
import type { ReachedPage } from './api.ts'
import { type Asking, askingOf } from './asked-consent.ts'
import { activationName, destinationName, type KnownAround, problemsOfActivation } from './check.ts'
import type { Circuit } from './circuit.ts'
import { attributeType } from './compile.ts'
import { columnsOf, cut, lineOf, preview, type Refreshed, type Subject, typesOf } from './cut.ts'
import type { DeadOnes, DeadReason } from './dead.ts'
import type { ActivationBody, DestinationBody, Send } from './definition.ts'
import type { Destination, Guarantee, OutFolders, PayloadRow } from './destination.ts'
import { destinations as allDestinations, destinationOf } from './destinations/index.ts'
import { activationFaults } from './faults.ts'
import type { Counts, DeliveryState } from './kept.ts'
import { needsOf } from './kinds.ts'
import { parquetWriter } from './parquet.ts'
import { type ReachedAsked, reachedBy } from './reached.ts'
import { type BatchRecord, type Ledger, recordsIn } from './records.ts'
import { type Tested, testOf } from './test-destination.ts'
import { makeWork, type Patience, usualPatience, type Work } from './work.ts'

/** What activations need. The tables of `activationMigrations` must be there. */
export interface ActivationTools {
  readonly engine: Engine
  readonly store: Store
  readonly catalogue: () => Promise<Catalogue>
  /** How the other rooms read the definitions that attributes speak of. */
  readonly known: KnownAround
  readonly outgoing: Pick<Outgoing, 'send' | 'receive' | 'connect'>
  readonly secrets: Pick<Secrets, 'get'>
  readonly folders: OutFolders
  /** Where files are made that nobody else sees; inside of the data folder. */
  readonly scratchFolder: string
  /** More members than this are sent only after somebody confirmed the count, unless the activation says otherwise. */
  readonly confirmAbove: number
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
  /** How many members wait until somebody confirms that so many are to be sent. */
  readonly awaiting: number | null
  /** When something was last delivered. */
  readonly deliveredAt: string | null
}

/** A destination with what it is and what it promises. */
export interface DestinationView {
  readonly key: string
  readonly label: string
  readonly type: string
  readonly about: string
  readonly guarantee: Guarantee
  /** Members on their way, and those that were given up. */
  readonly waiting: number
  readonly dead: number
  /** Whether it is spoken to at the moment: closed is yes, open is not before `until`. */
  readonly circuit: Circuit['state']
  readonly failures: number
  readonly until: string | null
  readonly reason: string | null
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
  /** Who would not be sent, by the reason. */
  readonly filtered: Counts
  /** How many the segment has, whether there is anything to tell of them or not. */
  readonly in_segment: number
  /** How many would be sent an attribute that is empty because its formula divided by zero, by its name. */
  readonly undivided: Counts
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
  /** The first rows that an activation would queue that is still being written. */
  readonly draft: (key: string, body: ActivationBody) => Promise<Preview>
  /** Who was queued or sent, and who is held back and why, as of the last cut. */
  readonly people: (key: string, asked: ReachedAsked) => Promise<ReachedPage>
  /** What was given up, by the reason. */
  readonly dead: (key: string) => Promise<readonly DeadReason[]>
  /** Newest first. */
  readonly deliveries: (key: string, page?: DeliveryPage) => Promise<readonly DeliveryView[]>
  /** Tries again what was given up; how many batches. */
  readonly retry: (of: DeadOnes) => Promise<number>
  /** Lets go for good of what was given up; how many batches. */
  readonly cancel: (of: DeadOnes) => Promise<number>
  /** Says yes to sending so many members. */
  readonly confirm: (key: string, members: number) => Promise<void>
  readonly destinations: () => Promise<readonly DestinationView[]>
  /** Whether a destination could be delivered to, by its key or as it is being written; no member is sent. */
  readonly test: (of: string | DestinationBody, signal: AbortSignal) => Promise<Tested>
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
  const parquet = parquetWriter({ engine, folder: tools.scratchFolder })
  const asking = (all: Catalogue, key: string) => askingIn(all, key, destinations)
  const work = makeWork({ ...tools, records, destinations, patience, parquet, asking })
  const inTurn = makeTurns()
  const subject = async (key: string) => {
    const all = await catalogue()
    return subjectOf(all, { key, body: findActivation(all, key) }, { ...tools, destinations })
  }
  const previewOf = async (of: Subject) => {
    const found = await preview({ engine, records, clock }, of, previewRows)
    return { columns: columnsOf(of.body), ...found }
  }
  const checked = async (of: DeadOnes) => {
    const { activation, destination } = of
    const all = await catalogue()
    if (activation !== undefined) findActivation(all, activation)
    if (destination !== undefined) findDestination(all, destination)
    return { ...of, ...storedTimes(of) }
  }
  const atLeastOne = (batches: number, { id }: DeadOnes) => {
    if (id !== undefined && batches === 0) throw activationFaults.unknown_delivery({ id })
    return batches
  }

  const list = async () => {
    const ledgers = await records.ledgers()
    const waits = await records.awaiting()
    const last = await records.lastDeliveries()
    return (await catalogue()).list(activationName).map(({ key, body }) => ({
      key,
      ...body,
      ledger: ledgers.get(key) ?? emptyLedger,
      awaiting: waits.get(key) ?? null,
      deliveredAt: last.get(key) ?? null,
    }))
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
        // What waited while it was paused may go now.
        work.wake()
        return refreshed
      }),
    preview: async (key) => previewOf(await subject(key)),
    draft: async (key, body) => {
      const all = await catalogue()
      const problems = problemsOfDraft(body, all, tools.known)
      if (problems.length > 0) throw refusal(problems)
      return previewOf(subjectOf(all, { key, body }, { ...tools, destinations }))
    },
    people: async (key, asked) => {
      const of = await subject(key)
      const line = lineOf(of, await records.progressOf(key))
      const known = { model: of.model, insights: [], segments: [] }
      const ground = await groundOf(engine, known, clock.now(), of.on)
      return reachedBy(engine, { line, ground }, asked)
    },
    dead: async (key) => {
      findActivation(await catalogue(), key)
      return records.deadReasons(key)
    },
    deliveries: async (key, { limit = mostMembers, ...page } = {}) => {
      const found = await records.deliveries(key, { limit, ...page })
      // One that was removed is not defined any more, but what it has sent can still be read.
      const isKnown = found.length > 0 || (await records.deliveries(key, { limit: 1 })).length > 0
      if (!isKnown) findActivation(await catalogue(), key)
      return found.map(deliveryView)
    },
    retry: async (of) => {
      const batches = await records.revive(await checked(of), clock.now())
      work.wake()
      return atLeastOne(batches, of)
    },
    cancel: async (of) => atLeastOne(await records.cancel(await checked(of), clock.now()), of),
    confirm: async (key, members) => {
      findActivation(await catalogue(), key)
      const { awaiting } = await records.consentTo(key)
      if (awaiting === null) throw activationFaults.nothing_to_confirm({ key })
      if (members < awaiting) throw activationFaults.other_count({ key, members, awaiting })
      await records.confirm(key, members)
    },
    destinations: async () => {
      const queues = await records.queuesByDestination()
      return (await catalogue()).list(destinationName).map(({ key, body }) => {
        const count = (state: string) =>
          Number(queues.find((one) => one.destination === key && one.state === state)?.members ?? 0)
        const { state, failures, until, reason } = work.circuit(key)
        return {
          ...destinationView(key, body, destinations),
          waiting: count('waiting'),
          dead: count('dead'),
          circuit: state,
          failures,
          until: until?.toISOString() ?? null,
          reason: reason ?? null,
        }
      })
    },
    test: async (of, signal) => {
      const body = typeof of === 'string' ? findDestination(await catalogue(), of) : of
      return testOf(body, { ...tools, destinations, signal })
    },
  }
}

// Times are compared as text, so what somebody wrote is brought into the form that is stored.
const storedTimes = ({ since, until }: DeadOnes) => ({
  ...(since === undefined ? {} : { since: storedInstant(since) }),
  ...(until === undefined ? {} : { until: storedInstant(until) }),
})

const emptyLedger: Ledger = {
  members: 0,
  queued: 0,
  delivered: 0,
  filtered: {},
  waiting: 0,
  dead: 0,
}

function unknown(key: string, all: readonly { readonly key: string }[]): never {
  const keys = all.map((one) => one.key)
  throw activationFaults.unknown_activation({ key, near: didYouMean(key, keys) })
}

const findActivation = (all: Catalogue, key: string): ActivationBody =>
  all.find(activationName, key)?.body ?? unknown(key, all.list(activationName))

// References are told first: what is not there cannot be looked into.
function problemsOfDraft(
  body: ActivationBody,
  all: Catalogue,
  known: KnownAround,
): readonly Problem[] {
  const missing = needsOf(body).flatMap(({ kind, key, at = '' }) => {
    if (all.find(kind, key)) return []
    const keys = all.list(kind).map((one) => one.key)
    return definitionFaults.unknown_reference({ kind, key, hint: didYouMean(key, keys) }, { at })
      .problems
  })
  return missing.length > 0 ? missing : problemsOfActivation(body, all, known)
}

function findDestination(all: Catalogue, key: string): DestinationBody {
  const found = all.find(destinationName, key)?.body
  if (found) return found
  const keys = all.list(destinationName).map((one) => one.key)
  throw activationFaults.unknown_destination({ key, near: didYouMean(key, keys) })
}

/** An activation with what is asked of its members; nothing where it is not defined any more. */
function askingIn(
  all: Catalogue,
  key: string,
  destinations: readonly Destination[],
): Asking | undefined {
  const body = all.find(activationName, key)?.body
  const there = body && all.find(destinationName, body.destination)?.body
  const on = body && all.find<{ on: string }>('segment', body.segment)?.body.on
  if (!body || !there || on === undefined) return undefined
  if (!destinations.some((one) => one.key === there.type)) return undefined
  return askingOf(body, on, { there, destinations })
}

function subjectOf(
  all: Catalogue,
  { key, body }: Pick<Subject, 'key' | 'body'>,
  of: Pick<ActivationTools, 'known' | 'confirmAbove'> & {
    readonly destinations: readonly Destination[]
  },
): Subject {
  const { known, destinations } = of
  const { on } = all.get<{ on: string }>('segment', body.segment).body
  const there = all.get(destinationName, body.destination).body
  const { type, settings, limits } = there
  const model = known.modelIn(all)
  const { shapes } = known.shapesIn(all)
  const insightKeys = new Map(
    [...shapes].flatMap(
      ([
        key,
        {
          dimensions: [owner],
        },
      ]) => (owner ? [[key, owner] as const] : []),
    ),
  )
  const measures = (insight: string) => shapes.get(insight)?.measures
  const { batchSize, caps } = destinationOf(type, destinations)
  const { run, day } = caps(settings)
  const [most, perDay] = [least(body.most_members, run), least(limits?.members_per_day, day)]
  return {
    key,
    body: askingOf(body, on, { there, destinations }),
    on,
    model,
    insightKeys,
    types: typesOf(body.attributes, (one) => attributeType(one, { on, model, measures })),
    // What may not be sent on one day cannot be sent at once.
    batchSize: least(batchSize(settings), perDay) ?? 1,
    mostMembers: most,
    confirmAbove: body.confirm_above ?? of.confirmAbove,
  }
}

/** The least of what is set; nothing when nothing is. */
function least(...of: readonly (number | undefined)[]): number | undefined {
  const set = of.filter((one) => one !== undefined)
  return set.length === 0 ? undefined : Math.min(...set)
}

function destinationView(
  key: string,
  { type, label }: DestinationBody,
  destinations: readonly Destination[],
): Pick<DestinationView, 'key' | 'label' | 'type' | 'about' | 'guarantee'> {
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
