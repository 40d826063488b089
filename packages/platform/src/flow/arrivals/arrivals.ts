import type { Audit } from '#audit'
import type { Collecting, LiveStream } from '#collect'
import type { Spool } from '#connectors'
import type { Catalogue } from '#definitions'
import type { Engine } from '#engine'
import type { Jobs } from '#jobs'
import type { Caller } from '#kernel/caller.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Ids } from '#kernel/ids.ts'
import { didYouMean } from '#kernel/near.ts'
import type { EventLog } from '#log'
import type { Store } from '#store'
import { type StreamDefinition, streamFaults } from '#streams'
import { alertsOf } from './alerts.ts'
import type {
  Alert,
  ConflictAnswer,
  EventWay,
  FieldConflict,
  RetryAnswer,
  StreamHours,
} from './api.ts'
import { type Decision, decide, fieldConflicts } from './conflicts.ts'
import { arrivalFaults } from './faults.ts'
import { spanOf, streamHours } from './hours.ts'
import { replayRecords } from './records.ts'
import { rejectedWithin } from './rejects.ts'
import { compareReplay, swapReplay } from './replay-run.ts'
import { makeReplays, type Replays } from './replays.ts'
import { type RetryWish, retry } from './retry.ts'
import { wayOf } from './way.ts'

/** What looking after arrivals needs. */
export interface ArrivalTools {
  readonly engine: Engine
  readonly events: Pick<EventLog, 'read' | 'head' | 'knows' | 'figures'>
  readonly clock: Clock
  readonly catalogue: () => Promise<Catalogue>
  readonly collecting: Pick<Collecting, 'intake' | 'waitingOf' | 'waitingAt' | 'catchUp' | 'follow'>
  readonly spool: Spool
  readonly store: Store
  readonly jobs: Jobs
  readonly ids: Ids
  /** The streams that receive, as they are defined now. */
  readonly liveStreams: () => Promise<readonly LiveStream[]>
  readonly audit: Audit
}

/** What has become of what arrived. */
export interface Arrivals {
  readonly hours: (
    stream: string,
    of: { readonly from?: string | undefined; readonly to?: string | undefined },
  ) => Promise<StreamHours>
  readonly alerts: () => Promise<readonly Alert[]>
  readonly way: (position: number) => Promise<EventWay>
  readonly conflicts: (stream: string) => Promise<readonly FieldConflict[]>
  /** Does what was decided about values of a field that do not fit. */
  readonly decide: (
    caller: Caller,
    of: { readonly stream: string; readonly field: string; readonly decision: Decision },
  ) => Promise<ConflictAnswer>
  /** Tries rejected records again, mended or as they were. */
  readonly retry: (
    caller: Caller,
    of: { readonly stream: string; readonly wish: RetryWish; readonly signal: AbortSignal },
  ) => Promise<RetryAnswer>
  readonly replays: Replays
}

/** How long a question waits for the lake. */
const catchUpMs = 30_000

/** The verbs of arrivals. */
export function makeArrivals(tools: ArrivalTools): Arrivals {
  const { engine, events, clock, catalogue, collecting } = tools
  const statementsOf = (stream: string) =>
    Object.values(collecting.intake.targetOf(stream)?.statements ?? {})
  const again = { ...tools, now: clock.now }
  const receiving = async (key: string) => {
    const { key: stream } = streamIn(await catalogue(), key)
    if (collecting.intake.targetOf(stream)) return stream
    throw arrivalFaults.not_received({ stream })
  }
  return {
    replays: makeReplays({
      ...tools,
      records: replayRecords(tools.store),
      receiving,
      rejectedWithin: async (window, signal) => {
        // Who asks right after an event was refused finds it.
        const patience = AbortSignal.timeout(catchUpMs)
        await collecting.catchUp(AbortSignal.any([signal, patience])).catch((thrown: unknown) => {
          if (!patience.aborted) throw thrown
          throw arrivalFaults.lake_behind({ stream: window.stream }, { cause: thrown })
        })
        return rejectedWithin(engine, window)
      },
      compare: (window, signal) => compareReplay(again, window, signal),
      swap: (window, of) => swapReplay(again, window, of),
    }),
    hours: async (key, of) => {
      const { key: stream } = streamIn(await catalogue(), key)
      return streamHours(engine, { stream, span: spanOf(of, clock.now()), collecting })
    },
    alerts: () =>
      alertsOf({
        engine,
        now: clock.now,
        waitingOf: collecting.waitingOf,
        labels: async () => labelsIn(await catalogue()),
      }),
    conflicts: async (key) => fieldConflicts(engine, streamIn(await catalogue(), key).key),
    decide: async (caller, { stream: key, field, decision }) => {
      const { key: stream, body } = streamIn(await catalogue(), key)
      const answer = await decide(engine, { stream, body, field }, decision)
      const { changed, left } = answer
      await tools.audit.record(caller, decision.kind, `stream/${stream}/${field}`, {
        ...decision,
        changed,
        left,
      })
      return answer
    },
    retry: async (caller, { stream: key, wish, signal }) => {
      const { key: stream, body } = streamIn(await catalogue(), key)
      const answer = await retry({ ...tools, now: clock.now }, { stream, body, signal }, wish)
      const taken = answer.results.filter(({ status }) => status !== 'rejected').length
      await tools.audit.record(caller, 'retry', `stream/${stream}`, {
        tried: answer.results.length,
        taken,
      })
      return answer
    },
    way: (position) => wayOf({ engine, events, catalogue, statementsOf }, position),
  }
}

/** A stream as it is defined; refused with the nearest name when it is not. */
function streamIn(all: Catalogue, key: string) {
  const found = all.find<StreamDefinition>('stream', key)
  if (found) return found
  const near = didYouMean(
    key,
    all.list('stream').map((stream) => stream.key),
  )
  throw streamFaults.unknown_stream({ stream: key, near })
}

const labelsIn = (all: Catalogue): ReadonlyMap<string, string> =>
  new Map(all.list<StreamDefinition>('stream').map(({ key, body }) => [key, body.label ?? key]))
