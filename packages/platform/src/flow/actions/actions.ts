import type { Destination, OutFolders, Patience } from '#activation'
import { type Catalogue, fingerprint } from '#definitions'
import type { Clock } from '#kernel/clock.ts'
import { refuseIfAny } from '#kernel/fault.ts'
import { storedInstant } from '#kernel/instant.ts'
import type { Log } from '#kernel/log.ts'
import { didYouMean } from '#kernel/near.ts'
import { fieldsByStream } from '#lake'
import type { EventLog } from '#log'
import type { Secrets, Store } from '#store'
import type { ActionView, Chosen, FiringState, FiringView, Ledger } from './api.ts'
import { type KnownAround, keysIn, membersIn } from './check.ts'
import {
  type Action,
  type ActionBody,
  isEnabled,
  type ProfileTrigger,
  type Trigger,
  type Watch,
  watchesOf,
} from './definition.ts'
import { type DeliverTools, sourceOf } from './deliver.ts'
import type { EventFields } from './evaluate.ts'
import { eventFieldsOf } from './event-fields.ts'
import { actionFaults } from './faults.ts'
import type { BodyForm } from './form.ts'
import { sweepHeld } from './held.ts'
import { actionsIn, problemsOfDraft } from './kinds.ts'
import { type LiveWatch, makeLiveLane, whyNotLiveTrigger } from './live.ts'
import type { Ground } from './look.ts'
import { profilesBegin } from './profile-lane.ts'
import { type FiringRecord, type LaneName, recordsIn } from './records.ts'
import { segmentBegin } from './segment-lane.ts'
import { look } from './set-lane.ts'
import { type Tried, tryAction } from './try.ts'
import { whoOf } from './who.ts'
import { makeWork } from './work.ts'

/** What actions need. The tables of `actionMigrations` and `prepareActions` must be there. */
export interface ActionTools extends Omit<Ground, 'now' | 'membersOf' | 'keysOf'> {
  readonly store: Store
  readonly events: Pick<EventLog, 'read' | 'onAppended' | 'head' | 'consumer' | 'moveConsumer'>
  readonly catalogue: () => Promise<Catalogue>
  /** How the other rooms read the definitions that a rule may speak of. */
  readonly known: KnownAround
  readonly outgoing: DeliverTools['outgoing']
  readonly secrets: Pick<Secrets, 'get'>
  readonly folders: OutFolders
  readonly destinations: readonly Destination[]
  /** Body forms of others. */
  readonly forms: readonly BodyForm[]
  readonly clock: Clock
  /** From 0 to 1. */
  readonly random: () => number
  readonly log: Log
  readonly patience: Patience
}

/** Which firings are listed; `before` is the sequence of the last one seen. */
export interface FiringPage {
  readonly action?: string | undefined
  readonly state?: FiringState | undefined
  readonly person?: string | undefined
  readonly before?: number | undefined
  readonly limit?: number | undefined
}

/** A rule to be tried: over the last days, of everybody or of one profile. */
export interface TryWish {
  readonly key?: string | undefined
  readonly body: ActionBody
  readonly days?: number | undefined
  readonly profile?: string | undefined
}

/** Does something outside when a rule is met. */
export interface Actions {
  readonly list: () => Promise<readonly ActionView[]>
  readonly get: (key: string) => Promise<ActionView>
  /** Lets the set lane look at what came; how many firings are to be sent, and how many were denied. */
  readonly look: (
    key: string,
    signal: AbortSignal,
  ) => Promise<{ readonly fired: number; readonly denied: number }>
  /** Newest first. */
  readonly firings: (page: FiringPage) => Promise<readonly FiringView[]>
  /** Tries again what was given up; how many. */
  readonly retry: (of: Chosen) => Promise<number>
  /** Takes back what waits; how many. */
  readonly cancel: (of: Chosen, by: string) => Promise<number>
  /** What a rule that is still being written would have done; nothing is sent or remembered. */
  readonly tryOut: (of: TryWish, signal: AbortSignal) => Promise<Tried>
  /** Reads anew what is defined; from now on counts what comes. */
  readonly reload: () => Promise<void>
  /** Begins to deliver, and where it is said to look at events as they arrive. */
  readonly start: (of: { readonly live: 'as events arrive' | 'with the set lane' }) => Promise<void>
  /** Delivers all that is due now, and waits until it is settled. */
  readonly drain: (signal: AbortSignal) => Promise<void>
  readonly stop: () => Promise<void>
}

const usualLimit = 100
/** How long it is told what became of a firing. */
const keptMs = 30 * 86_400_000
const sweepMs = 3_600_000
const dayMs = 86_400_000
/** How far back a trial looks. */
const usualDays = 7

/** Makes the verbs of this room, with both lanes and the deliveries. */
export function makeActions(tools: ActionTools): Actions {
  const { store, engine, events, clock, catalogue } = tools
  const records = recordsIn(store)
  const ground: Ground = {
    ...tools,
    now: clock.now,
    membersOf: async (segment) => membersIn(await catalogue(), segment),
    keysOf: async (stream) => keysIn(await catalogue(), stream),
  }
  const inTurn = makeTurns()
  let defined: ReadonlyMap<string, Action> = new Map()
  const work = makeWork({ ...tools, records, action: (key) => defined.get(key) })
  const lanes = mapOfLanes((name) => makeLiveLane({ ...tools, name, records, onFired: work.wake }))

  let sweeping: NodeJS.Timeout | undefined
  const sweep = () => {
    const before = new Date(clock.now().getTime() - keptMs).toISOString()
    records
      .transaction(() => records.forget(before))
      .catch((cause) => tools.log.error('old firings cannot be let go of', { cause }))
  }

  const actions = async () => actionsIn(await catalogue())
  const find = async (key: string): Promise<Action> => {
    const all = await actions()
    const keys = all.map((one) => one.key)
    const found = all.find((one) => one.key === key)
    if (!found) throw actionFaults.unknown({ key, near: didYouMean(key, keys) })
    return found
  }
  /** What a watch has looked at; a new one, or one whose trigger changed, begins with what comes from now on. */
  const begun = async (watch: Watch) => {
    const print = fingerprint(watch.when)
    const found = await records.watch(watch.key)
    if (found?.trigger_print === print) return found
    const since = events.head()
    const position = await beginOf(ground, watch, since)
    if (position === undefined) return undefined
    const row = {
      watch: watch.key,
      action: watch.action.key,
      trigger_print: print,
      since,
      position,
      live_from: null,
    }
    await records.beginWatch(row)
    return row
  }
  const fieldsFor = async (all: readonly Watch[]): Promise<ReadonlyMap<string, EventFields>> => {
    const streams = all.flatMap(({ when }) => ('event' in when ? [when.event] : []))
    const found = await fieldsByStream(engine, [...new Set(streams)])
    return new Map([...found].map(([stream, fields]) => [stream, eventFieldsOf(fields)]))
  }
  const whyNot = ({ when }: Pick<Watch, 'when'>, fields: ReadonlyMap<string, EventFields>) =>
    'event' in when
      ? whyNotLiveTrigger(when, fields.get(when.event) ?? {})
      : `a change of ${watchedWord(when)} is seen by the set lane`

  const reload = async () => {
    const all = await actions()
    defined = new Map(all.map((one) => [one.key, one]))
    const watches = all.filter(isEnabled).flatMap(watchesOf)
    const keys = watches.map(({ key }) => key)
    await records.endWatches(keys)
    await sweepHeld(engine, keys)
    const asked: LiveWatch[] = []
    for (const watch of watches) {
      const { when } = watch
      const at = await inTurn(watch.action.key, () => begun(watch))
      if (!at || !('event' in when)) continue
      // What the set lane has decided of what asks the live profile stands.
      const since = whoOf(watch) === undefined ? at.since : Math.max(at.since, at.position)
      asked.push({ watch, when, since })
    }
    for (const [name, lane] of lanes)
      await lane.watch(asked.filter(({ watch }) => laneOf(watch.action) === name))
    work.wake()
  }

  /** Which events of a watch that asks the live profile the live lane has decided. */
  const standingFor = async (
    { watch, position, live_from: from }: Begun,
    upTo: number,
  ): Promise<(event: number) => boolean> => {
    if (from === null) return () => false
    const unsure = await records.unsureBetween(watch, { after: position, upTo })
    return (event) => event > from && event <= upTo && !unsure.has(event)
  }

  const lookAt = async (action: Action, signal: AbortSignal) => {
    const watches = watchesOf(action)
    const fields = await fieldsFor(watches)
    let [fired, denied] = [0, 0]
    for (const watch of watches) {
      const from = await begun(watch)
      if (!from) continue
      const lane = laneOf(action)
      const upTo = lanes.get(lane)?.position()
      const isLive = 'event' in watch.when && upTo !== undefined && !whyNot(watch, fields)
      const done = await look(
        { ground, records },
        {
          watch,
          after: from.position,
          signal,
          ...(isLive ? { live: { upTo } } : {}),
          stands: await standingFor(from, upTo ?? (await records.lanePosition(lane)) ?? 0),
        },
      )
      fired += done.fired
      denied += done.denied
    }
    if (fired > 0) work.wake([action.key])
    return { fired, denied }
  }

  const list = async (): Promise<readonly ActionView[]> => {
    const all = await actions()
    const fields = await fieldsFor(
      all.map((action) => ({ ...action, action, when: action.body.when })),
    )
    const ledgers = await ledgersOf(records)
    return all.map((action) => {
      const why = whyNot(action.body, fields)
      const held = work.heldUpUntil(action.key)
      return {
        key: action.key,
        label: action.body.label ?? action.key,
        enabled: isEnabled(action),
        when: inWords(action),
        lane: why === undefined ? 'live' : 'set',
        ...(why === undefined ? {} : { why_not_live: why }),
        target: targetOf(action),
        ...(held ? { held_up_until: held.toISOString() } : {}),
        ledger: ledgers.get(action.key) ?? emptyLedger,
      }
    })
  }

  return {
    list,
    get: async (key) => {
      await find(key)
      const found = (await list()).find((one) => one.key === key)
      if (!found) throw new Error(`the action ${key} was found and is not listed`)
      return found
    },
    look: async (key, signal) => {
      const action = await find(key)
      if (!isEnabled(action)) return { fired: 0, denied: 0 }
      return inTurn(key, () => lookAt(action, signal))
    },
    firings: async ({ before, limit = usualLimit, ...filter }) =>
      (await records.firings(filter, { before, limit })).map(viewOf),
    retry: async (of) => {
      const firings = await records.revive(asStored(of), clock.now().toISOString())
      if (of.id !== undefined && firings === 0) throw actionFaults.unknown_firing({ id: of.id })
      work.wake()
      return firings
    },
    cancel: async (of, by) => {
      const at = clock.now().toISOString()
      const firings = await records.cancel(asStored(of), { reason: `taken back by ${by}`, at })
      if (of.id !== undefined && firings === 0) throw actionFaults.unknown_firing({ id: of.id })
      return firings
    },
    tryOut: async ({ key = 'new_action', body, days = usualDays, profile }, signal) => {
      refuseIfAny(problemsOfDraft(body, await catalogue(), tools.known))
      const since = new Date(clock.now().getTime() - days * dayMs)
      return tryAction({ ...tools, ground }, { action: { key, body }, since, profile, signal })
    },
    reload,
    start: async (of) => {
      await reload()
      if (of.live === 'as events arrive') for (const lane of lanes.values()) await lane.start()
      work.start()
      sweep()
      sweeping = setInterval(sweep, sweepMs)
      sweeping.unref()
    },
    drain: work.drain,
    stop: async () => {
      clearInterval(sweeping)
      for (const lane of lanes.values()) await lane.stop()
      await work.stop()
    },
  }
}

// Times are compared as text, so what somebody wrote is brought into the form that is stored.
const asStored = ({ from, until, ...of }: Chosen): Chosen => ({
  ...of,
  ...(from === undefined ? {} : { from: storedInstant(from) }),
  ...(until === undefined ? {} : { until: storedInstant(until) }),
})

type Begun = NonNullable<Awaited<ReturnType<ReturnType<typeof recordsIn>['watch']>>>

const mapOfLanes = <T>(make: (name: LaneName) => T): ReadonlyMap<LaneName, T> =>
  new Map((['live', 'people'] as const).map((name) => [name, make(name)]))

/** The lane of all that is watched for an action. */
const laneOf = (action: Action): LaneName =>
  watchesOf(action).some((watch) => whoOf(watch) !== undefined) ? 'people' : 'live'

/** Where a watch begins; undefined while there is nothing to begin with. */
async function beginOf(ground: Ground, { when }: Watch, head: number): Promise<number | undefined> {
  if ('event' in when) return head
  if ('segment' in when) return segmentBegin(ground, when)
  return 'profile' in when ? profilesBegin(ground, when) : 0
}

function watchedWord(when: Trigger): string {
  if ('segment' in when) return 'a segment'
  return 'profile' in when ? 'profiles' : 'what is kept'
}

const emptyLedger: Ledger = {
  met: 0,
  waiting: 0,
  sent: 0,
  suppressed: 0,
  no_consent: 0,
  repeated: 0,
  cooled: 0,
  quiet: 0,
  capped: 0,
  dead: 0,
  denied: 0,
  cancelled: 0,
}

async function ledgersOf(
  records: ReturnType<typeof recordsIn>,
): Promise<ReadonlyMap<string, Ledger>> {
  const [met, counts] = await Promise.all([records.met(), records.counts()])
  const ledgers = new Map(met.map((one) => [one.action, { ...emptyLedger, met: one.met }]))
  for (const { action, state, n } of counts)
    ledgers.set(action, { ...(ledgers.get(action) ?? emptyLedger), [state]: Number(n) })
  return ledgers
}

function inWords({ body: { when, often } }: Action): string {
  const how = often === 'first' ? 'when it turns true' : 'each time'
  if ('event' in when) return `event of ${sourceOf(when)}, ${how}`
  if ('segment' in when) return `${when.change} the segment ${when.segment}`
  if ('row' in when) {
    const change = when.was === undefined ? when.change : `${when.change} from what was asked`
    return `row of ${when.row}: ${change}, ${how}`
  }
  if ('profile' in when) return profileWords(when)
  return `insight ${when.insight}, ${how}`
}

const profileWords = ({ profile, on = 'individual' }: ProfileTrigger): string =>
  `${on === 'individual' ? 'people' : 'accounts'} ${profile === 'any' ? 'merged or split' : profile}`

/** Where it goes, without path and query: those often hold secrets. */
function targetOf({ body: { target } }: Action): string {
  if ('destination' in target) return `destination ${target.destination}`
  const { url } = target.webhook
  return typeof url === 'string' ? (URL.parse(url)?.origin ?? 'webhook') : `secret ${url.secret}`
}

const viewOf = (of: FiringRecord): FiringView => ({
  id: of.key,
  sequence: of.sequence,
  action: of.action,
  trigger: of.trigger,
  lane: of.lane,
  ...(of.person === null ? {} : { person: of.person }),
  ...(of.profile === null ? {} : { profile: of.profile }),
  occurrence: of.occurrence,
  state: of.state,
  ...(of.reason === null ? {} : { reason: of.reason }),
  attempts: of.attempts,
  happened_at: of.happened_at,
  met_at: of.met_at,
  ...(of.state === 'waiting' ? { due_at: of.due_at } : {}),
  ...(of.sent_at === null ? {} : { sent_at: of.sent_at }),
  ...(of.change === null ? {} : { change: of.change }),
  data: JSON.parse(of.data),
  ...(of.was === null ? {} : { was: JSON.parse(of.was) }),
})

/** Lets one look of an action run at a time. */
function makeTurns() {
  const last = new Map<string, Promise<unknown>>()
  return <T>(key: string, work: () => Promise<T>): Promise<T> => {
    const mine = (last.get(key) ?? Promise.resolve()).then(work, work)
    last.set(key, mine)
    return mine
  }
}
