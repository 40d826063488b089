import type { Collecting } from '#collect'
import type { Engine } from '#engine'
import { type Fault, sentenceOf } from '#kernel/fault.ts'
import type { Ids } from '#kernel/ids.ts'
import type { Log } from '#kernel/log.ts'
import { didYouMean } from '#kernel/near.ts'
import {
  type Counts,
  changePositionOf,
  countOf,
  fieldsOf,
  type LakeField,
  ledgerOf,
  previewOf,
  rejectedOf,
  sameFilesOf,
} from '#lake'
import type { RejectedQuery, RejectedRecord, StreamOverview, StreamRun } from './api.ts'
import type { ConnectionDefinition, StreamDefinition } from './definition.ts'
import { streamFaults } from './faults.ts'
import { noteOn } from './note.ts'
import { type Pulled, type PullTools, pull } from './pull.ts'
import type { RunRecords } from './records.ts'
import { timeIn } from './times.ts'

/** A stream by its key. */
export interface NamedStream {
  readonly key: string
  readonly body: StreamDefinition
}

/** What the streams are given. */
export interface StreamTools extends PullTools {
  /** What comes by itself: it is brought up to date instead of being read. */
  readonly collecting: Pick<Collecting, 'catchUp' | 'waitingOf'>
  readonly runs: RunRecords
  readonly ids: Ids
  readonly log: Log
  /** The streams and connections as they are defined now. */
  readonly streams: () => Promise<readonly NamedStream[]>
  readonly connection: (key: string) => Promise<ConnectionDefinition>
}

/** What a run of a stream tells while it goes on. */
export interface RunProgress {
  readonly signal: AbortSignal
  readonly onBatch?: (counts: Counts, name: string) => void
}

/** The verbs of streams. */
export interface Streams {
  /** Takes what is new; the run is kept whatever becomes of it. */
  readonly run: (
    key: string,
    progress: RunProgress,
  ) => Promise<Pulled & { readonly position: number }>
  readonly list: () => Promise<readonly StreamOverview[]>
  readonly get: (key: string) => Promise<StreamOverview>
  readonly runsOf: (key: string, limit?: number) => Promise<readonly StreamRun[]>
  readonly rejectedOf: (key: string, query: RejectedQuery) => Promise<readonly RejectedRecord[]>
  readonly preview: (
    key: string,
    limit: number,
  ) => Promise<readonly Readonly<Record<string, unknown>>[]>
  readonly fieldsOf: (key: string) => Promise<readonly LakeField[]>
}

/** The streams of a data folder. */
export function makeStreams(tools: StreamTools): Streams {
  const { engine, runs, now } = tools

  const find = async (key: string): Promise<NamedStream> => {
    const all = await tools.streams()
    const found = all.find((stream) => stream.key === key)
    if (found) return found
    throw streamFaults.unknown_stream({
      stream: key,
      near: didYouMean(
        key,
        all.map((s) => s.key),
      ),
    })
  }

  const isReceived = async ({ connection }: StreamDefinition) => {
    const { connector } = await tools.connection(connection)
    return tools.connectors.get(connector).receives !== undefined
  }

  const overview = async (
    { key, body }: NamedStream,
    last: StreamRun | undefined,
  ): Promise<StreamOverview> => {
    const fields = await fieldsOf(engine, key)
    const { position: _, ...ledger } = await ledgerOf(engine, key)
    return {
      key,
      label: body.label ?? key,
      connection: body.connection,
      mode: body.mode,
      category: body.category,
      receives: await isReceived(body),
      rows: fields.length === 0 ? 0 : await countOf(engine, key),
      ledger: { ...ledger, waiting: tools.collecting.waitingOf(key) },
      ...(await copiesOf(engine, key)),
      fields: [...fields],
      ...(last ? { last_run: last } : {}),
    }
  }

  return {
    run: async (key, progress) => {
      const { body } = await find(key)
      const connection = await tools.connection(body.connection)
      const id = tools.ids.next()
      await runs.begin({ id, stream: key, started_at: now().toISOString() })
      try {
        const pulled = (await isReceived(body))
          ? await received(tools, key, progress.signal)
          : await pull(tools, { key, stream: body, connection, ...progress })
        await runs.end(id, {
          ...countsOf(pulled),
          finished_at: now().toISOString(),
          state: 'done',
          note: noteOn(pulled),
        })
        return { ...pulled, position: await changePositionOf(engine, key) }
      } catch (thrown) {
        await runs.end(id, {
          finished_at: now().toISOString(),
          state: 'failed',
          fault: sentenceOf(thrown),
        })
        tools.log.warn('a stream failed', { stream: key, fault: thrown as Fault })
        throw thrown
      }
    },
    list: async () => {
      const latest = await runs.latest()
      const all: StreamOverview[] = []
      for (const stream of await tools.streams())
        all.push(await overview(stream, latest.get(stream.key)))
      return all
    },
    get: async (key) => overview(await find(key), (await runs.list(key, 1))[0]),
    runsOf: async (key, limit = 50) => runs.list((await find(key)).key, limit),
    rejectedOf: async (key, { from, to, ...query }) => {
      const rows = await rejectedOf(engine, (await find(key)).key, {
        ...query,
        ...(from === undefined ? {} : { from: timeOf('from', from) }),
        ...(to === undefined ? {} : { to: timeOf('to', to) }),
      })
      return rows.map((row) => ({
        id: String(row['id']),
        file: String(row['file']),
        record: Number(row['record']),
        reason: String(row['reason']),
        raw: String(row['raw']),
        taken_at: String(row['taken_at']),
        ...(row['event'] === null ? {} : { event: Number(row['event']) }),
      }))
    },
    preview: async (key, limit) => {
      const { key: stream } = await find(key)
      return (await fieldsOf(engine, stream)).length === 0 ? [] : previewOf(engine, stream, limit)
    },
    fieldsOf: (key) => fieldsOf(engine, key),
  }
}

function timeOf(name: string, text: string): Date {
  const at = timeIn(text)
  if (at) return at
  throw streamFaults.bad_time({ name, text })
}

/** The files that hold the same as others, where there are any. */
async function copiesOf(
  engine: Engine,
  stream: string,
): Promise<Pick<StreamOverview, 'same_files'>> {
  const files = await sameFilesOf(engine, stream)
  if (files.length === 0) return {}
  return {
    same_files: files.map(({ sameAs: same_as, takenAt: taken_at, ...file }) => ({
      ...file,
      same_as,
      taken_at,
    })),
  }
}

/** Waits until what is in the log is in the lake; what came since the last run, as the ledger says. */
async function received(
  { engine, collecting, runs }: StreamTools,
  key: string,
  signal: AbortSignal,
): Promise<Pulled> {
  await collecting.catchUp(signal)
  const [ledger, told] = [await ledgerOf(engine, key), await runs.sumOf(key)]
  return {
    received: ledger.received - told.received,
    stored: ledger.stored - told.stored,
    unchanged: ledger.unchanged - told.unchanged,
    rejected: ledger.rejected - told.rejected,
    removed: 0,
    batches: 1,
    widened: [],
    strangers: [],
    copies: [],
    twins: [],
  }
}

const countsOf = ({ received, stored, unchanged, rejected, removed }: Counts): Counts => ({
  received,
  stored,
  unchanged,
  rejected,
  removed,
})
