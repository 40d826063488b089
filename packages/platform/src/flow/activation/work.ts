import { setTimeout as wait } from 'node:timers/promises'
import type { Catalogue } from '#definitions'
import { Fault, sentenceOf } from '#kernel/fault.ts'
import type { Log } from '#kernel/log.ts'
import { backoffMs, type Outgoing } from '#outgoing'
import type { Secrets } from '#store'
import { type AgainTools, askAgain } from './again.ts'
import { activationName, destinationName } from './check.ts'
import { type Breaker, type Circuit, makeCircuits, usualBreaker } from './circuit.ts'
import type { DestinationBody, Limits } from './definition.ts'
import type { DeliveryTools, Destination, Outcome, OutFolders } from './destination.ts'
import { destinationOf } from './destinations/index.ts'
import { leaveOvertaken } from './overtaken.ts'
import { makePace } from './pace.ts'
import { type BatchRecord, batchOf } from './records.ts'

/** How often a batch is tried, how long is waited in between, and when a destination is left alone. */
export interface Patience {
  readonly attempts: number
  readonly firstMs: number
  readonly mostMs: number
  readonly breaker?: Breaker
}

/** What deliveries need. */
export interface WorkTools extends AgainTools {
  readonly catalogue: () => Promise<Catalogue>
  readonly outgoing: Pick<Outgoing, 'send' | 'receive' | 'connect'>
  readonly secrets: Pick<Secrets, 'get'>
  readonly folders: OutFolders
  readonly parquet: DeliveryTools['parquet']
  readonly destinations: readonly Destination[]
  readonly patience: Patience
  /** From 0 to 1. */
  readonly random: () => number
  readonly log: Log
}

/** Delivers what is queued, each destination in a lane of its own. */
export interface Work {
  readonly start: () => void
  /** Says that there may be something to do; waits for nothing. */
  readonly wake: () => void
  /** Delivers until nothing is waiting any more, or the signal says stop. */
  readonly drain: (signal: AbortSignal) => Promise<void>
  /** Breaks off what is under way; it is tried again at the next start, under the same id. */
  readonly stop: () => Promise<void>
  /** Whether a destination is spoken to at the moment. */
  readonly circuit: (destination: string) => Circuit
}

/** The usual patience: about an hour and a half until a batch is given up. */
export const usualPatience: Patience = { attempts: 12, firstMs: 5000, mostMs: 3_600_000 }

// After trouble in our own house, such as a full disk.
const troubleMs = 5000

/** Makes the deliveries; nothing moves before `start`. */
export function makeWork(tools: WorkTools): Work {
  const { records, clock, log, patience, random } = tools
  const circuits = makeCircuits({ breaker: patience.breaker ?? usualBreaker, clock, random })
  const house = { ...tools, circuits, pace: makePace(clock) }
  const lanes = new Map<string, Promise<void>>()
  let stopped = AbortSignal.abort()
  let stopper = new AbortController()
  let woken = new AbortController()
  let wakes = 0

  const paused = async () =>
    (await tools.catalogue())
      .list(activationName)
      .filter(({ body }) => body.paused === true)
      .map(({ key }) => key)

  const pause = (ms: number) =>
    wait(ms, undefined, { signal: AbortSignal.any([stopped, woken.signal]) }).catch(() => {})

  const lane = async (destination: string): Promise<void> => {
    while (!stopped.aborted) {
      const before = wakes
      const batch = await records.next(destination, await paused())
      const dueMs = batch ? Date.parse(batch.due_at) - clock.now().getTime() : 0
      const inMs = Math.max(dueMs, circuits.waitMs(destination))
      if (batch && inMs > 0) await pause(inMs)
      else if (batch) await attempt(house, batch, stopped)
      // Whoever woke us since may have meant this lane.
      else if (before === wakes) break
    }
    lanes.delete(destination)
  }

  const safeLane = async (destination: string): Promise<void> => {
    try {
      await lane(destination)
    } catch (thrown) {
      log.error('deliveries are held up', { destination, why: sentenceOf(thrown) })
      await pause(troubleMs)
      lanes.delete(destination)
      wake()
    }
  }

  const launch = async () => {
    for (const destination of await records.destinationsWithWork(await paused())) {
      if (stopped.aborted || lanes.has(destination)) continue
      lanes.set(destination, safeLane(destination))
    }
  }

  const wake = () => {
    if (stopped.aborted) return
    wakes += 1
    woken.abort()
    woken = new AbortController()
    launch().catch(async (thrown) => {
      log.error('deliveries cannot be looked up', { why: sentenceOf(thrown) })
      await wait(troubleMs, undefined, { signal: stopped }).then(wake, () => {})
    })
  }

  const start = () => {
    if (!stopped.aborted) return
    stopper = new AbortController()
    stopped = stopper.signal
    wake()
  }

  return {
    start,
    wake,
    drain: async (signal) => {
      start()
      while (!stopped.aborted && (await records.destinationsWithWork(await paused())).length > 0) {
        signal.throwIfAborted()
        await launch()
        await settledOrStopped([...lanes.values()], signal)
      }
    },
    stop: async () => {
      stopper.abort()
      await Promise.allSettled(lanes.values())
    },
    circuit: circuits.view,
  }
}

async function settledOrStopped(lanes: readonly Promise<void>[], signal: AbortSignal) {
  const { promise, reject } = Promise.withResolvers<never>()
  const giveUp = () => reject(signal.reason)
  signal.addEventListener('abort', giveUp, { once: true })
  try {
    await Promise.race([Promise.all(lanes), promise])
  } finally {
    signal.removeEventListener('abort', giveUp)
  }
}

interface House extends WorkTools {
  readonly circuits: ReturnType<typeof makeCircuits>
  readonly pace: ReturnType<typeof makePace>
}

async function attempt(house: House, queued: BatchRecord, signal: AbortSignal): Promise<void> {
  const { records, clock } = house
  const all = await house.catalogue()
  const limits = limitsOf(house, all.find(destinationName, queued.destination)?.body)
  const news = isOnItsOwn(house, queued, all)
    ? { batch: queued, isOldList: false }
    : await leaveOvertaken(house, queued)
  const batch = await askAgain(house, news.batch, all)
  // A list of everybody may be empty; of changes nothing is left to tell then.
  const isMute = batch.send === 'changes' && batch.members === 0 && queued.members > 0
  if (news.isOldList || isMute) return void (await records.delivered(batch, clock.now()))
  const dueAt = await nextDayWhenFull(house, batch, limits)
  if (dueAt !== undefined) {
    const reason = `the ${limits.members_per_day} members of today were sent`
    return void (await records.putOff(batch, { reason, dueAt }))
  }
  const outcome = await deliver(house, { batch, all, limits, signal }).catch(outcomeOfThrown)
  // What was broken off from our side says nothing about the destination.
  if (signal.aborted && outcome.result !== 'sent') return
  const { state, until } = house.circuits.note(batch.destination, outcome)
  if (state === 'open') {
    const forMs = (until?.getTime() ?? 0) - clock.now().getTime()
    house.log.warn('a destination is left alone for a while', {
      destination: batch.destination,
      forMs,
    })
  }
  await settle(house, batch, outcome)
}

/** Whether a list of everybody stands beside newer ones, as a file of its own name does. */
function isOnItsOwn({ destinations }: House, { send, destination }: BatchRecord, all: Catalogue) {
  const type = all.find(destinationName, destination)?.body.type
  if (send !== 'everything' || type === undefined) return false
  return destinationOf(type, destinations).guarantee === 'once by file name'
}

/** The limits of a destination, its own caps among them. */
function limitsOf({ destinations }: House, of: DestinationBody | undefined): Limits {
  if (of === undefined) return {}
  const { day = Number.POSITIVE_INFINITY } = destinationOf(of.type, destinations).caps(of.settings)
  const most = Math.min(day, of.limits?.members_per_day ?? Number.POSITIVE_INFINITY)
  return { ...of.limits, ...(Number.isFinite(most) ? { members_per_day: most } : {}) }
}

const dayMs = 86_400_000

/** The next day, when the destination has had all that it may have today. */
async function nextDayWhenFull(
  { records, clock }: House,
  { destination, members }: BatchRecord,
  { members_per_day: most }: Limits,
): Promise<Date | undefined> {
  if (most === undefined) return undefined
  const today = Math.floor(clock.now().getTime() / dayMs) * dayMs
  const sent = await records.sentSince(destination, new Date(today))
  return sent + members > most ? new Date(today + dayMs) : undefined
}

interface Delivering {
  readonly batch: BatchRecord
  readonly all: Catalogue
  readonly limits: Limits
  readonly signal: AbortSignal
}

async function deliver(house: House, { batch, all, limits, signal }: Delivering): Promise<Outcome> {
  const { records, outgoing, secrets, folders, clock, parquet, destinations } = house
  const definition = all.find(destinationName, batch.destination)
  if (definition === undefined) return gone(`the destination "${batch.destination}"`)
  if (all.find(activationName, batch.activation) === undefined) {
    return gone(`the activation "${batch.activation}"`)
  }
  const { type, settings } = definition.body
  const rows = () => records.rowsOf(batch.sequence)
  const sent = batchOf(batch, { rows, isLast: await records.isLastOfCut(batch) })
  return destinationOf(type, destinations).deliver(sent, settings, {
    network: outgoing,
    secret: secrets.get,
    folders,
    clock,
    signal,
    parquet,
    pace: (members) => house.pace(batch.destination, { limits, members, signal }),
    dealtWith: (of) => records.dealtWith(batch, of, clock.now()),
  })
}

const gone = (what: string): Outcome => ({
  result: 'refused',
  why: `${what} is not defined any more`,
})

// A fault below 500 will be the same tomorrow, unless somebody puts it right.
function outcomeOfThrown(thrown: unknown): Outcome {
  const why = sentenceOf(thrown)
  const isLasting = thrown instanceof Fault && thrown.status < 500 && thrown.status !== 429
  return { result: isLasting ? 'refused' : 'try again', why }
}

async function settle(tools: WorkTools, batch: BatchRecord, outcome: Outcome): Promise<void> {
  const { records, patience, clock, random } = tools
  const { id, activation, destination } = batch
  const log = tools.log.with({ batch: id, activation, destination })
  const now = clock.now()
  if (outcome.result === 'sent') {
    await records.delivered(batch, now)
    return log.debug('delivered', { members: batch.members })
  }
  const reason = outcome.why
  const attempts = batch.attempts + 1
  if (outcome.result === 'refused' || attempts >= patience.attempts) {
    await records.givenUp(batch, { reason, at: now })
    return log.warn('given up', { reason, attempts })
  }
  const inMs = Math.max(outcome.retryAfterMs ?? 0, backoffMs(attempts, random, patience))
  await records.later(batch, { reason, dueAt: new Date(now.getTime() + inMs) })
  log.info('will be tried again', { reason, attempts, inMs })
}
