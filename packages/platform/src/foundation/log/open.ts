import { statSync } from 'node:fs'
import type { Clock } from '#kernel/clock.ts'
import { sentenceOf } from '#kernel/fault.ts'
import type { Log } from '#kernel/log.ts'
import { backUp } from './connections/backup.ts'
import { type LogThread, startLogThread } from './connections/log-thread.ts'
import { formatVersion } from './connections/messages.ts'
import type { Chunk, EventLog } from './event-log.ts'
import { logFaults } from './faults.ts'
import { type KnownIds, openKnownIds } from './ids/known-ids.ts'
import { type Intake, makeIntake } from './intake.ts'
import { type LogTime, makeLogTime } from './time.ts'

/** Where a log is, and how much it keeps. */
export interface LogSettings {
  readonly file: string
  readonly clock: Clock
  readonly log: Log
  /** How long what every consumer has passed can still be read; 7 days unless set. */
  readonly retentionMs?: number
  readonly dedup?: {
    /** How long an id is known at least, in the log's running time: 48 hours unless set, at least 24. */
    readonly windowMs?: number
    /** Memory for ids; the oldest beyond it are looked up on disk. 256 MiB unless set. */
    readonly memoryBytes?: number
    /** Where they are; beside the file unless set. It can be made anew from the file. */
    readonly folder?: string
  }
  /** How much may wait for the disk; 64 MiB unless set. */
  readonly mostWaitingBytes?: number
  /** Milliseconds that passed, never going back; the machine's own unless set. */
  readonly elapsedMs?: () => number
}

const hour = 3_600_000
const leastWindowMs = 24 * hour
const mebibyte = 1024 * 1024
const bytesInReadStep = 4 * mebibyte

/** Opens a log of events, making it at the first start; a file written by a newer program is refused. */
export async function openLog(of: LogSettings): Promise<EventLog> {
  const { windowMs = 48 * hour, memoryBytes = 256 * mebibyte } = of.dedup ?? {}
  if (windowMs < leastWindowMs) throw new Error('ids are known for 24 hours at least')
  const thread = startLogThread()
  try {
    const { version, head, at, ran, oldest } = await thread.ask('open', { file: of.file })
    if (version > formatVersion) {
      throw logFaults.too_new({ file: of.file, found: version, known: formatVersion })
    }
    const elapsedMs = of.elapsedMs ?? (() => performance.now())
    const time = makeLogTime({ clock: of.clock, elapsedMs, at, ran })
    const folder = of.dedup?.folder ?? `${of.file}.ids`
    const settings = { folder, memoryBytes, windowMs }
    const ids = await openKnownIds({ settings, thread, log: of.log, head, ran })
    const mostWaitingBytes = of.mostWaitingBytes ?? 64 * mebibyte
    const intake = makeIntake({ thread, ids, time, log: of.log, head, oldest, mostWaitingBytes })
    of.log.debug('log opened', { file: of.file, head, ids: ids.figures().known })
    return logOf({ settings: of, thread, ids, time, intake, windowMs })
  } catch (thrown) {
    of.log.error('the log cannot be opened', { file: of.file, why: sentenceOf(thrown) })
    await thread.ask('close', { now: true }).catch(() => {})
    throw thrown
  }
}

interface Parts {
  readonly settings: LogSettings
  readonly thread: LogThread
  readonly ids: KnownIds
  readonly time: LogTime
  readonly intake: Intake
  readonly windowMs: number
}

function logOf(parts: Parts): EventLog {
  const { settings, thread, ids, intake } = parts
  const { append, head, knows, onAppended } = intake
  const endAll = async () => {
    await intake.close()
    await ids.close()
    await thread.ask('close', { now: true })
  }
  let closed: Promise<void> | undefined
  const close = () => {
    closed ??= endAll()
    return closed
  }
  return {
    append,
    head,
    knows,
    onAppended,
    read: (after, { maxBytes, upTo = Number.MAX_SAFE_INTEGER }) =>
      readInSteps(thread, { after, upTo, maxBytes }),
    consumer: (name) => thread.ask('consumer', { name }),
    moveConsumer: async (name, to) => {
      if (!Number.isSafeInteger(to) || to < 0) throw new Error(`${to} is not a position`)
      intake.liftTo(to)
      await thread.ask('moveConsumer', { name, to })
    },
    dropConsumer: (name) => thread.ask('dropConsumer', { name }),
    retain: () => retain(parts),
    figures: () => ({
      head: head(),
      bytes: bytesOf(settings.file) + bytesOf(`${settings.file}-wal`),
      ...intake.figures(),
      ids: ids.figures(),
    }),
    backupTo: (file) => backUp(settings.file, file),
    close,
    [Symbol.asyncDispose]: close,
  }
}

// In steps, so that commits do not wait for a long reading.
async function readInSteps(
  thread: LogThread,
  of: { readonly after: number; readonly upTo: number; readonly maxBytes: number },
): Promise<readonly Chunk[]> {
  const found: Chunk[] = []
  let left = of.maxBytes
  let after = of.after
  while (found.length === 0 || left > 0) {
    const step = { after, upTo: of.upTo, maxBytes: Math.min(left, bytesInReadStep) }
    const { chunks, isAll } = await thread.ask('read', step)
    found.push(...chunks)
    for (const { lines } of chunks) left -= lines.length
    after = chunks.at(-1)?.last ?? after
    if (isAll || after >= of.upTo) break
  }
  return found
}

async function retain({ settings, thread, time, intake, windowMs }: Parts) {
  const before = time.at() - (settings.retentionMs ?? 7 * 24 * hour)
  const ran = time.ran() - windowMs
  let chunks = 0
  for (;;) {
    const step = await thread.ask('drop', { before, ran })
    chunks += step.chunks
    intake.dropped(step.oldest)
    if (step.isDone) return { chunks }
  }
}

const bytesOf = (file: string) => statSync(file, { throwIfNoEntry: false })?.size ?? 0
