import type { Audit } from '#audit'
import type { Catalogue } from '#definitions'
import type { Jobs, JobTools } from '#jobs'
import type { Caller } from '#kernel/caller.ts'
import type { Clock } from '#kernel/clock.ts'
import { Fault, sentenceOf } from '#kernel/fault.ts'
import type { Ids } from '#kernel/ids.ts'
import type { EventLog } from '#log'
import type { NewReplay, Replay } from './api.ts'
import { arrivalFaults } from './faults.ts'
import { timeOf } from './hours.ts'
import type { KeptReplay, ReplayRecords, ReplayResult } from './records.ts'
import type { ReplayWindow } from './replay-lines.ts'
import type { SwapOutcome, SwapWish } from './replay-run.ts'
import { positionAt } from './window.ts'

/** A stretch of the log, both ends included. */
export interface Stretch {
  readonly from: number
  readonly to: number
}

/** What replays need. */
export interface ReplayTools {
  readonly records: ReplayRecords
  readonly jobs: Jobs
  readonly ids: Ids
  readonly clock: Clock
  readonly audit: Audit
  readonly events: Pick<EventLog, 'read' | 'head' | 'figures'>
  readonly catalogue: () => Promise<Catalogue>
  /** Refuses a stream that is not there, or does not receive. */
  readonly receiving: (stream: string) => Promise<string>
  /** The first and the last place in the log, within a stretch, whose event is rejected; nothing when none is. Waits until the lake has brought what came before. */
  readonly rejectedWithin: (
    window: ReplayWindow,
    signal: AbortSignal,
  ) => Promise<Stretch | undefined>
  /** Runs events again beside what is there: how it differs. */
  readonly compare: (window: ReplayWindow, signal: AbortSignal) => Promise<ReplayResult>
  /** Runs events again and puts them in the place of what is there, unless that differs from what the mark stands for. */
  readonly swap: (window: ReplayWindow, wish: SwapWish) => Promise<SwapOutcome>
}

/** The verbs of replays. */
export interface Replays {
  /** Compares in the background; the job to follow. */
  readonly start: (
    caller: Caller,
    of: NewReplay,
    signal: AbortSignal,
  ) => Promise<{ id: string; job: string }>
  readonly list: () => Promise<readonly Replay[]>
  readonly get: (id: string) => Promise<Replay>
  /** Makes it so, in the background. */
  readonly swap: (caller: Caller, id: string) => Promise<{ id: string; job: string }>
  readonly discard: (caller: Caller, id: string) => Promise<void>
}

const kind = 'replay'
const mostListed = 100
const mostAttempts = 3

interface Payload {
  readonly id: string
  readonly step: 'compare' | 'swap'
}

/** Replays as durable jobs: compared at first, swapped when somebody has seen the difference. */
export function makeReplays(tools: ReplayTools): Replays {
  const { records, jobs, ids, clock, audit } = tools
  const now = () => clock.now().toISOString()
  const get = async (id: string) => {
    const found = await records.find(id)
    if (found) return found
    throw arrivalFaults.unknown_replay({ id })
  }
  const enqueue = async (id: string, step: Payload['step']) => {
    const job = await jobs.enqueue({
      kind,
      key: `${step} ${id}`,
      payload: { id, step },
      maxAttempts: mostAttempts,
    })
    await records.setJob(id, job.id)
    return { id, job: job.id }
  }
  // Payloads are those that are queued above.
  jobs.handle(kind, (payload, job) => work(tools, payload as Payload, job))

  return {
    start: async (caller, of, signal) => {
      const window = await windowOf(tools, of, signal)
      const id = ids.next()
      const { stream, from, to } = window
      const rest = { from, to, rejected: of.rejected ?? false }
      const made = { made_at: now(), made_by: caller.name }
      await records.add({ id, stream, window: rest, ...made })
      await audit.record(caller, 'replay', `stream/${stream}`, { id, ...rest })
      return enqueue(id, 'compare')
    },
    list: () => records.list(mostListed),
    get: async (id) => {
      const { mark: _, ...replay } = await get(id)
      return replay
    },
    swap: async (caller, id) => {
      const { stream, state } = await get(id)
      if (state !== 'ready') throw arrivalFaults.not_ready({ id, state })
      await audit.record(caller, 'swap', `stream/${stream}`, { id })
      return enqueue(id, 'swap')
    },
    discard: async (caller, id) => {
      const { stream, state } = await get(id)
      const at = now()
      const isEnded = await records.end(id, ['comparing', 'ready', 'failed'], {
        state: 'discarded',
        at,
      })
      if (!isEnded) throw arrivalFaults.not_ready({ id, state })
      await audit.record(caller, 'discard', `stream/${stream}`, { id })
    },
  }
}

/**
 * The stretch of the log that is meant, as far as the log still keeps it and something has come. Of rejected events: from the
 * first to the last of them, with what came in between, so that nothing is looked at apart from what it stands beside.
 */
async function windowOf(
  tools: ReplayTools,
  of: NewReplay,
  signal: AbortSignal,
): Promise<ReplayWindow> {
  const { events } = tools
  const stream = await tools.receiving(of.stream)
  const oldest = events.figures().oldest?.position ?? 1
  const asked = of.positions ?? (await stretchOf(events, of, oldest))
  const kept = { from: Math.max(asked.from, oldest), to: Math.min(asked.to, events.head()) }
  const found = of.rejected ? await tools.rejectedWithin({ stream, ...kept }, signal) : kept
  if (!found && kept.from <= kept.to) throw arrivalFaults.nothing_rejected({ stream, ...kept })
  if (!found || found.from > found.to)
    throw arrivalFaults.nothing_to_replay({ stream, ...asked, oldest })
  return { stream, ...found }
}

const stretchOf = async (
  events: ReplayTools['events'],
  { from, to }: NewReplay,
  oldest: number,
): Promise<Stretch> => ({
  from: from === undefined ? oldest : await positionAt(events, timeOf('from', from)),
  to: to === undefined ? events.head() : (await positionAt(events, timeOf('to', to))) - 1,
})

async function work(
  tools: ReplayTools,
  { id, step }: Payload,
  { signal, progress, attempt }: JobTools,
): Promise<unknown> {
  const replay = await tools.records.find(id)
  const isDue = replay?.state === (step === 'compare' ? 'comparing' : 'ready')
  if (!replay || !isDue) return { id, state: replay?.state ?? 'discarded' }
  progress({ done: 0, total: 1, note: step === 'compare' ? 'running again' : 'swapping' })
  try {
    const result = await (step === 'compare' ? compare : swap)(tools, replay, signal)
    progress({ done: 1, total: 1 })
    return result
  } catch (thrown) {
    const isFinal = attempt >= mostAttempts || (thrown instanceof Fault && thrown.status < 500)
    if (isFinal && !signal.aborted && step === 'compare')
      await tools.records.end(id, ['comparing'], {
        state: 'failed',
        at: tools.clock.now().toISOString(),
        fault: sentenceOf(thrown),
      })
    throw thrown
  }
}

async function compare(tools: ReplayTools, of: KeptReplay, signal: AbortSignal) {
  const found = await tools.compare(windowIn(of), signal)
  await tools.records.setResult(of.id, found, tools.clock.now().toISOString())
  return { id: of.id, state: 'ready' }
}

async function swap(tools: ReplayTools, of: KeptReplay, signal: AbortSignal) {
  const { id, mark = '' } = of
  const at = () => tools.clock.now().toISOString()
  const done = await tools.swap(windowIn(of), { id, mark, signal })
  if (done.state === 'moved') {
    await tools.records.setResult(id, done.now, at())
    throw arrivalFaults.replay_moved({ id })
  }
  await tools.records.end(id, ['ready'], { state: 'swapped', at: at() })
  return { id, state: 'swapped' }
}

const windowIn = ({ stream, window: { from, to } }: Replay): ReplayWindow => ({ stream, from, to })
