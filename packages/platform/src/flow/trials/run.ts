import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Reading } from '#definitions'
import { Fault, joinPlace, type Problem, refuseIfAny } from '#kernel/fault.ts'
import { didYouMean } from '#kernel/near.ts'
import { rowsOfCsv } from './csv-rows.ts'
import { type GivenRow, instantOf, streamOf, type Trial, type TrialStep } from './definition.ts'
import { fieldsOfEvents } from './event-fields.ts'
import { type Failure, failuresOf, type Seen } from './expect.ts'
import { trialFaults } from './faults.ts'
import { type Feeder, makeFeeder } from './files.ts'
import { define, firingsOf, type House, type OpenHouse, type Refreshing, refresh } from './house.ts'
import { type AllRows, type Prepared, prepare, stepsOf } from './prepare.ts'

/** What became of a test. */
export interface TrialResult {
  readonly key: string
  readonly label?: string
  readonly file: string
  readonly ms: number
  readonly failures: readonly PlacedFailure[]
}

/** Something that does not hold, with the step in which it does not. */
export interface PlacedFailure extends Failure {
  /** The instant of the step. */
  readonly now: string
  /** From 0: what stands at the head of the test. */
  readonly step: number
}

/** What running a test needs. */
export interface RunTools {
  readonly definitions: Reading
  readonly open: OpenHouse
  readonly signal: AbortSignal
  /** Milliseconds that only ever rise. */
  readonly elapsed: () => number
}

/** Runs one test in a house of its own; what is wrong with the test itself is told as a failure of it. */
export async function runTrial(trial: Trial, tools: RunTools): Promise<TrialResult> {
  const began = tools.elapsed()
  const { key, file, body } = trial
  const failures = await failuresIn(trial, tools)
  const ms = Math.round(tools.elapsed() - began)
  return { key, file, ms, failures, ...(body.label === undefined ? {} : { label: body.label }) }
}

async function failuresIn(trial: Trial, tools: RunTools): Promise<readonly PlacedFailure[]> {
  const now = new Date(trial.body.now)
  const place = { now: now.toISOString(), step: 0 }
  const house = await tools.open(now)
  try {
    return await live(trial, house, tools)
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown
    return thrown.problems.map(({ at, say }) => ({ ...place, at, say }))
  } finally {
    await house.close()
  }
}

/** The nodes of the graph that the expectations of a test look at. */
function wantedBy(steps: readonly TrialStep[]): readonly string[] {
  const nodes = steps.flatMap(({ expect = {} }) => {
    const { segments = {}, insights = {}, deliveries = {}, actions = {} } = expect
    return [
      ...Object.keys(segments).map((key) => `segment:${key}`),
      ...Object.keys(insights).map((key) => `insight:${key}`),
      ...Object.keys(deliveries).flatMap((key) => [`activation:${key}`, `action:${key}`]),
      ...Object.keys(actions).map((key) => `action:${key}`),
    ]
  })
  // People are named by what identity knows of them.
  return [...new Set(['unified:individual', ...nodes])]
}

/** A test that goes on in its house. */
interface Running {
  readonly house: House
  readonly feeder: Feeder
  readonly prepared: Prepared
  readonly rows: readonly StepRows[]
  readonly refreshing: Refreshing
  /** The keys of definitions, by kind. */
  readonly defined: ReadonlyMap<string, readonly string[]>
}

interface StepRows {
  /** By the stream that brings them. */
  readonly rows: ReadonlyMap<string, readonly GivenRow[]>
  readonly model: ReadonlyMap<string, readonly GivenRow[]>
}

async function live(
  trial: Trial,
  house: House,
  tools: RunTools,
): Promise<readonly PlacedFailure[]> {
  const { signal } = tools
  const steps = stepsOf(trial.body)
  const rows = await Promise.all(steps.map((step) => rowsOf(trial, step)))
  const connectors = house.rooms.connectors.list()
  const receives = (key: string) =>
    connectors.find((one) => one.key === key)?.receives !== undefined
  const prepared = prepare(tools.definitions, together(rows), receives)
  refuseIfAny(prepared.problems)
  for (const [stream, fields] of fieldsOfEvents(steps, tools.definitions))
    house.expected.set(stream, fields)
  await define(house, prepared.reading)
  const feeder = makeFeeder(house.files)
  const refreshing = { streams: [...prepared.feeds.keys()], wanted: wantedBy(steps), signal }
  const { documents } = prepared.reading
  const defined = new Map(
    [...Map.groupBy(documents, ({ kind }) => kind)].map(
      ([kind, of]) => [kind, of.map(({ key }) => key)] as const,
    ),
  )
  const running: Running = { house, feeder, prepared, rows, refreshing, defined }
  await beginEmpty(running)
  const failures: PlacedFailure[] = []
  const firings = new Map<string, string>()
  for (const [step, body] of steps.entries()) {
    const placed = (one: Failure) => ({ ...one, step, now: house.clock.now().toISOString() })
    try {
      failures.push(...(await takeStep(running, { step, body, firings })).map(placed))
    } catch (thrown) {
      if (!(thrown instanceof Fault)) throw thrown
      // What comes after a step that cannot be taken would only repeat it.
      failures.push(...thrown.problems.map(({ at, say }) => placed({ at, say })))
      break
    }
  }
  return failures
}

/**
 * Actions look at who comes, so everything that they watch is made once of nothing: who is there the first time has not come. Whoever is
 * tested without them is spared that.
 */
async function beginEmpty(running: Running): Promise<void> {
  const { house, feeder, prepared, refreshing } = running
  const actions = prepared.reading.documents.flatMap(({ kind, key }) =>
    kind === 'action' ? [`action:${key}`] : [],
  )
  if (!refreshing.wanted.some((node) => actions.includes(node))) return
  for (const feed of prepared.feeds.values()) await feeder.bring(feed, [])
  await refresh(house, running.refreshing)
  house.ledger.take()
}

interface TakenStep {
  readonly step: number
  readonly body: TrialStep
  readonly firings: Map<string, string>
}

async function takeStep(
  running: Running,
  { step, body, firings }: TakenStep,
): Promise<readonly Failure[]> {
  const { house, feeder, prepared, rows } = running
  const at = body.at === undefined ? house.clock.now() : instantOf(body.at, house.clock.now())
  const own = rows[step]
  const brought = new Set<string>()
  const bring = async (stream: string, of: readonly GivenRow[]) => {
    brought.add(stream)
    const feed = prepared.feeds.get(stream)
    if (feed) await feeder.bring(feed, of)
  }
  const [timed, others] = eventsOf(body)
  const refused = [...(await happen(running, timed, at))]
  const isQuiet = others.length + (own?.rows.size ?? 0) + (own?.model.size ?? 0) === 0
  const flipped = await letTimePass(running, at, isQuiet)
  for (const [stream, of] of own?.rows ?? []) await bring(stream, of)
  for (const [object, of] of own?.model ?? []) await bring(streamOf(object), of)
  refused.push(...(await happen(running, others, at)))
  const { failed, rejected } = await refresh(house, running.refreshing)
  const seen: Seen = {
    delivered: house.ledger.take(),
    // A file that holds all rows is read again, with all that is wrong with it.
    rejected: new Map([...rejected].filter(([stream]) => brought.has(stream))),
    firings: new Map(firings),
    defined: running.defined,
  }
  const failures = await failuresOf(house, seen, body.expect ?? {})
  for (const action of Object.keys(body.expect?.actions ?? {}))
    for (const { id, state } of await firingsOf(house, action).catch(() => []))
      firings.set(id, state)
  return [...refused, ...failuresOfFlow([...flipped, ...failed]), ...failures]
}

const failuresOfFlow = (said: readonly string[]): readonly Failure[] =>
  [...new Set(said)].map((say) => ({ at: 'flow', say }))

/** An event of a step, with its place. */
type PlacedEvent = readonly [event: NonNullable<TrialStep['events']>[number], at: string]

/** The events that say when they happen, and those that happen when the step does. */
function eventsOf({ events = [] }: TrialStep): readonly [PlacedEvent[], PlacedEvent[]] {
  const placed = events.map((event, i): PlacedEvent => [event, `events[${i}]`])
  const isTimed = ([{ at }]: PlacedEvent) => at !== undefined
  return [placed.filter(isTimed), placed.filter((one) => !isTimed(one))]
}

/** Goes on to the time of a step. What time alone brings about comes before what the step brings; steps that failed are told. */
async function letTimePass(
  { house, refreshing }: Running,
  at: Date,
  isQuiet: boolean,
): Promise<readonly string[]> {
  const before = house.clock.now()
  moveTo(house, at)
  if (isQuiet || at.getTime() === before.getTime()) return []
  return (await refresh(house, refreshing)).failed
}

/** Lets time go on to an instant. */
function moveTo({ clock }: House, at: Date): void {
  const now = clock.now()
  if (at.getTime() < now.getTime())
    throw trialFaults.backwards({ at: at.toISOString(), now: now.toISOString() }, { at: 'at' })
  clock.move(at.getTime() - now.getTime())
}

/** Sends events, each at its time. */
async function happen(
  { house, prepared }: Running,
  events: readonly PlacedEvent[],
  until: Date,
): Promise<readonly Failure[]> {
  const failures: Failure[] = []
  const streams = prepared.reading.documents.flatMap(({ kind, key }) =>
    kind === 'stream' ? [key] : [],
  )
  for (const [{ stream, at: moment, ...message }, at] of events) {
    const refuse = (problems: readonly Problem[]) => {
      failures.push(...problems.map(({ say }) => ({ at, say })))
    }
    const key = String(stream ?? '')
    const fetched = prepared.feeds.has(key)
    if (fetched) refuse(trialFaults.takes_no_events({ stream: key }).problems)
    else if (!streams.includes(key))
      refuse(trialFaults.unknown_stream({ stream: key, near: didYouMean(key, streams) }).problems)
    else {
      if (moment !== undefined) moveTo(house, instantOf(String(moment), house.clock.now()))
      const why = await house.rooms.happen(key, message)
      if (why !== undefined) refuse(trialFaults.bad_event({ why }).problems)
    }
  }
  if (house.clock.now().getTime() > until.getTime())
    throw trialFaults.backwards(
      { at: until.toISOString(), now: house.clock.now().toISOString() },
      { at: 'at' },
    )
  return failures
}

async function rowsOf({ file }: Trial, { rows = {}, model = {} }: TrialStep): Promise<StepRows> {
  const read = async (of: Readonly<Record<string, RowsGiven>>, at: string) =>
    new Map(
      await Promise.all(
        Object.entries(of).map(
          async ([name, one]) =>
            [
              name,
              'file' in one
                ? await rowsIn(join(dirname(file), String(one.file)), joinPlace(at, name))
                : one,
            ] as const,
        ),
      ),
    )
  return { rows: await read(rows, 'rows'), model: await read(model, 'model') }
}

type RowsGiven = readonly GivenRow[] | { readonly file: string }

async function rowsIn(file: string, at: string): Promise<readonly GivenRow[]> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw trialFaults.no_file({ file }, { at, cause })
  })
  return rowsOfCsv(text)
}

function together(steps: readonly StepRows[]): AllRows {
  const all = (of: 'rows' | 'model') => {
    const found = new Map<string, GivenRow[]>()
    for (const step of steps)
      for (const [name, rows] of step[of]) found.set(name, [...(found.get(name) ?? []), ...rows])
    return found
  }
  return { rows: all('rows'), model: all('model') }
}
