import { setTimeout as sleep } from 'node:timers/promises'
import type { Engine } from '#engine'
import type { Clock } from '#kernel/clock.ts'
import type { Log } from '#kernel/log.ts'
import type { FieldType } from '#kernel/scalar.ts'
import { fieldsByStream } from '#lake'
import type { Chunk, EventLog } from '#log'
import { everyRow } from './asked.ts'
import { type EventCell, type EventValues, unsure, valuesOf } from './cells.ts'
import { decide, remembersPeople, suppressFor } from './decide.ts'
import type { EventTrigger, Watch } from './definition.ts'
import { type EventFields, evaluate, whyNotLive } from './evaluate.ts'
import { eventFieldsOf } from './event-fields.ts'
import { causeOf, occurrenceOf, personFields } from './event-lane.ts'
import { fieldsToSend } from './look.ts'
import type { Data, Met } from './met.ts'
import { accountsOf, mergedInto, profileData } from './people.ts'
import type { LaneName, Records } from './records.ts'
import { type AsksPeople, asPeopleAre, whoOf } from './who.ts'

/** What the live lane needs. */
export interface LiveTools {
  readonly name: LaneName
  /** Where it is left out, nobody can be asked for. */
  readonly people?: AsksPeople | undefined
  readonly engine: Engine
  readonly records: Records
  readonly events: Pick<EventLog, 'read' | 'onAppended' | 'head' | 'consumer' | 'moveConsumer'>
  readonly profileOf: (stream: string, id: string) => Promise<string | undefined>
  readonly clock: Clock
  readonly log: Log
  /** Something was fired that is to be sent. */
  readonly onFired: (actions: readonly string[]) => void
}

/** Evaluates rules on events as they arrive. */
export interface LiveLane {
  /** Makes these the watches on events, each from a place in the log on. */
  readonly watch: (watches: readonly LiveWatch[]) => Promise<void>
  readonly start: () => Promise<void>
  /** Up to where it has decided; undefined while it is not running. */
  readonly position: () => number | undefined
  readonly stop: () => Promise<void>
}

/** A watch on events, with the place in the log after which they count. */
export interface LiveWatch {
  readonly watch: Watch
  readonly when: EventTrigger
  readonly since: number
}

interface Rule extends LiveWatch {
  readonly fields: EventFields
}

/** Why a trigger on events does not fire as they arrive; nothing when it does. */
export const whyNotLiveTrigger = (
  { where = everyRow, among = everyRow }: EventTrigger,
  fields: EventFields,
): string | undefined => whyNotLive(where, fields) ?? whyNotLive(among, fields)

const consumers: Readonly<Record<LaneName, string>> = { live: 'actions', people: 'actions_people' }
const roundBytes = 1024 ** 2
const gatherMs = 5
/** How often places are noted that only hold back the log, and fields are looked at that new events may have brought. */
const noteMs = 5000

/** Makes the live lane over a log; nothing is read before `start`. */
export function makeLiveLane(tools: LiveTools): LiveLane {
  const { engine, records, events, log, name } = tools
  const consumer = consumers[name]
  const stopping = new AbortController()
  let watches: readonly LiveWatch[] = []
  let rules: ReadonlyMap<string, readonly Rule[]> = new Map()
  let learned: readonly Rule[] | undefined
  let position: number | undefined
  let notedAt = 0
  let wakeUp = () => {}
  let done: Promise<void> = Promise.resolve()

  const learn = async () => {
    const streams = [...new Set(watches.map(({ when }) => when.event))]
    const found = await fieldsByStream(engine, streams)
    const all = watches.map((one): Rule => {
      const fields = eventFieldsOf(found.get(one.when.event) ?? [])
      return { ...one, fields }
    })
    learned = all
  }
  /** Takes what was learned between two rounds: what asks the live profile is decided here from exactly this place on. */
  const adopt = async (all: readonly Rule[], from: number) => {
    const isLive = ({ when, fields }: Rule) => whyNotLiveTrigger(when, fields) === undefined
    for (const rule of all) {
      if (whoOf(rule.watch) === undefined) continue
      if (isLive(rule)) await records.beginLive(rule.watch.key, from)
      else await records.endLive(rule.watch.key)
    }
    rules = Map.groupBy(all.filter(isLive), ({ when }) => when.event)
    if (learned === all) learned = undefined
  }
  const note = async (at: number) => {
    if (performance.now() - notedAt < noteMs) return
    notedAt = performance.now()
    await records.moveLane(name, at)
    await events.moveConsumer(consumer, at)
    if (watches.length > 0) await learn()
  }
  const round = async (from: number): Promise<number> => {
    if (learned) await adopt(learned, from)
    const head = events.head()
    if (head <= from) return from
    // Nobody asks for what is in between.
    if (rules.size === 0) return head
    const chunks = await events.read(from, { maxBytes: roundBytes })
    const last = chunks.at(-1)?.last
    if (last === undefined) return from
    const met = await metIn(tools, linesOf(chunks, { after: from, streams: rules }), rules)
    if (met.some(({ mets, unsure }) => mets.length + unsure.length > 0))
      await keep(tools, met, last)
    return last
  }
  const work = async (from: number) => {
    const { signal } = stopping
    let pauseMs = 100
    let at = from
    while (!signal.aborted) {
      try {
        const reached = await round(at)
        pauseMs = 100
        if (reached > at) {
          at = reached
          position = at
          await note(at)
          // What comes meanwhile goes together: a round costs the same for one event as for ten.
          await sleep(gatherMs, undefined, { signal }).catch(() => {})
        } else await untilMore(at)
      } catch (thrown) {
        log.error('rules on events are held up; trying again', { cause: thrown, pauseMs })
        await sleep(pauseMs, undefined, { signal }).catch(() => {})
        pauseMs = Math.min(10_000, pauseMs * 2)
      }
    }
    await records.moveLane(name, at)
    await events.moveConsumer(consumer, at)
  }
  const untilMore = async (at: number) => {
    const { promise, resolve } = Promise.withResolvers<void>()
    wakeUp = resolve
    if (events.head() <= at && !stopping.signal.aborted) await promise
  }

  return {
    watch: async (all) => {
      watches = all
      await learn()
    },
    start: async () => {
      const from = (await records.lanePosition(name)) ?? events.head()
      await records.moveLane(name, from)
      await events.moveConsumer(consumer, from)
      position = from
      events.onAppended(() => wakeUp())
      done = work(from)
    },
    position: () => position,
    stop: async () => {
      stopping.abort()
      wakeUp()
      await done
      position = undefined
    },
  }
}

interface Line {
  readonly position: number
  readonly at: number
  readonly stream: string
  readonly body: string
}

/** The lines that somebody watches: whole values that were taken for the first time. */
function* linesOf(
  chunks: readonly Chunk[],
  { after, streams }: { after: number; streams: ReadonlyMap<string, unknown> },
): Iterable<Line> {
  for (const { lines } of chunks) {
    for (const line of Buffer.from(lines.buffer, lines.byteOffset, lines.byteLength)
      .toString('utf8')
      .split('\n')) {
      const [place = '', at = '', stream = '', kind = ''] = line.split('\t', 4)
      const position = Number(place)
      if (kind !== 'put' || position <= after || !streams.has(stream)) continue
      const body = line.slice(place.length + at.length + stream.length + kind.length + 4)
      yield { position, at: Number(at), stream, body }
    }
  }
}

/** What was met, by rule. */
interface RuleMet {
  readonly rule: Rule
  readonly mets: readonly Met[]
  /** The events of which it could not be told, of what asks the live profile. */
  readonly unsure: readonly number[]
}

async function metIn(
  tools: LiveTools,
  lines: Iterable<Line>,
  rules: ReadonlyMap<string, readonly Rule[]>,
): Promise<readonly RuleMet[]> {
  const found = new Map<Rule, { readonly mets: Met[]; readonly unsure: number[] }>()
  for (const line of lines) {
    const values = valuesOf(line.body)
    for (const rule of rules.get(line.stream) ?? []) {
      if (line.position <= rule.since) continue
      const met = metOf(rule, line, values)
      if (!met) continue
      const of = found.get(rule) ?? { mets: [], unsure: [] }
      found.set(rule, of)
      if (met === 'unsure') of.unsure.push(line.position)
      else of.mets.push(met)
    }
  }
  return Promise.all(
    [...found].map(async ([rule, { mets, unsure }]) => {
      const told = await asPeopleAre(tools.people, rule.watch, mets)
      const isKept = rule.watch.action.body.often === 'first'
      const sure = told.flatMap(([met, holds]) =>
        holds === true || (holds === false && isKept) ? [{ ...met, holds }] : [],
      )
      const untold = told.flatMap(([{ event }, holds]) =>
        holds === undefined && event !== undefined ? [event] : [],
      )
      return {
        rule,
        mets: await withPeople(tools, rule.watch, sure),
        unsure: whoOf(rule.watch) === undefined ? [] : [...unsure, ...untold],
      }
    }),
  )
}

/** What a rule says of an event; nothing where that is of no matter, `unsure` where the set lane must say. */
function metOf(
  { watch, when, fields }: Rule,
  line: Line,
  values: EventValues,
): Met | 'unsure' | undefined {
  const isAmong = evaluate(when.among ?? everyRow, fields, values)
  if (isAmong !== true) return isAmong === undefined ? 'unsure' : undefined
  const holds = evaluate(when.where ?? everyRow, fields, values)
  if (holds === undefined) return 'unsure'
  // What does not hold matters only where that is remembered.
  if (!holds && watch.action.body.often !== 'first') return undefined
  const ids = personFields(when).map((name) => {
    const field = fields[name]
    return field === undefined ? null : values.cell(field.path, 'text')
  })
  if (ids.includes(unsure)) return 'unsure'
  const cause = causeOf(ids)
  return {
    trigger: 'event',
    cause,
    occurrence: occurrenceOf(line.stream, line.position),
    holds,
    at: new Date(line.at),
    event: line.position,
    people: cause === '' ? [] : [cause],
    data: holds ? dataOf(watch, fields, values) : {},
  }
}

function dataOf(watch: Watch, fields: EventFields, values: EventValues): Data {
  return Object.fromEntries(
    fieldsToSend(watch).map(({ as, field }) => {
      const of = fields[field]
      if (of === undefined) return [as, null]
      const cell = values.cell(of.path, of.type)
      return [as, cell === unsure ? values.raw(of.path) : told(cell, of.type)]
    }),
  )
}

/** A value of an event as the set lane would send it. */
function told(
  cell: Exclude<EventCell, typeof unsure>,
  type: FieldType,
): string | number | boolean | null {
  if (typeof cell !== 'bigint') return cell
  if (type === 'timestamp') return new Date(Number(cell / 1000n)).toISOString()
  if (type === 'decimal') return Number(cell) / 10_000
  return Number.isSafeInteger(Number(cell)) ? Number(cell) : String(cell)
}

/** Whether it must be known who somebody is. */
function needsProfile({ action }: Watch): boolean {
  const { attributes = [], suppress, target, consent } = action.body
  const asks = attributes.some((one) => 'profile' in one)
  return (
    asks ||
    consent !== undefined ||
    suppress !== undefined ||
    'destination' in target ||
    remembersPeople(action)
  )
}

/** What was met, with the profiles of those whom events name, where these are needed, and with what is known of them. */
export async function withPeople(
  { engine, profileOf }: Pick<LiveTools, 'engine' | 'profileOf'>,
  watch: Watch,
  mets: readonly Met[],
): Promise<readonly Met[]> {
  const { when } = watch
  if (!('event' in when)) return enriched(engine, watch, mets)
  if (!needsProfile(watch)) return mets
  const known = await Promise.all(
    mets.map(({ cause }) => (cause === '' ? undefined : profileOf(when.event, cause))),
  )
  const told = mets.map((met, i) => {
    const profile = known[i]
    return profile === undefined ? met : { ...met, profile, people: [profile, ...met.people] }
  })
  return enriched(engine, watch, told)
}

/** What was met, with the ids that were merged into its people and with the fields of their profiles. */
async function enriched(
  engine: Engine,
  { action, withinMs }: Watch,
  mets: readonly Met[],
): Promise<readonly Met[]> {
  const profiles = [...new Set(mets.flatMap(({ profile }) => profile ?? []))]
  const isOfAccount = ({ profile, account }: Met) => profile === undefined && account !== undefined
  const named = [...new Set(mets.filter(isOfAccount).flatMap(({ account }) => account ?? []))]
  if (profiles.length + named.length === 0) return mets
  const isAsked = remembersPeople(action) || withinMs !== undefined
  const attributes = withinMs === undefined ? (action.body.attributes ?? []) : []
  const [merged, data, accounts] = await Promise.all([
    isAsked ? mergedInto(engine, profiles) : new Map<string, readonly string[]>(),
    profileData(engine, profiles, attributes),
    accountsOf(engine, named),
  ])
  return mets.map((met) => {
    const { profile, account = '' } = met
    if (profile === undefined) {
      const people = accounts.get(account)
      return people ? { ...met, people, subject: people[0] } : met
    }
    const people = [...met.people, ...(merged.get(profile) ?? [])]
    return { ...met, people, data: { ...met.data, ...data.get(profile) } }
  })
}

/** Decides about all that was met and moves on, both or neither. */
async function keep(tools: LiveTools, all: readonly RuleMet[], upTo: number): Promise<void> {
  const { records, clock } = tools
  // What fires first, then what suppresses: either may come first among the events of a round.
  const ordered = all.toSorted((a, b) => order(a) - order(b))
  const fired = await records.transaction(async () => {
    const keys = new Set<string>()
    for (const { rule, mets, unsure } of ordered) {
      await records.addUnsure(rule.watch.key, unsure)
      const { action, withinMs } = rule.watch
      const of = { records, action, lane: 'live', now: clock.now() } as const
      if (withinMs !== undefined) await suppressFor(of, withinMs, mets)
      else if ((await decide(of, mets)) > 0) keys.add(action.key)
    }
    await records.moveLane(tools.name, upTo)
    return [...keys]
  })
  if (fired.length > 0) tools.onFired(fired)
}

const order = ({ rule }: RuleMet) => (rule.watch.withinMs === undefined ? 0 : 1)
