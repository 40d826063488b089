import { limits, read, type TesseraEvent, type Written } from './event.ts'
import type { Lease } from './lease.ts'
import type { Pace } from './pace.ts'
import type { Queue } from './queue.ts'
import { bodyOf, canSurvive, post, type Result, survivingBytes, type Wire } from './wire.ts'

/** Sends what waits, again and again until the server has it. */
export interface Sender {
  /** Events wait: sends them when there are enough, or soon. */
  readonly wake: () => void
  /** Tries now, unless the server asked for patience. Settles when nothing waits or the try has failed. */
  readonly flush: () => Promise<void>
  /** Tries until nothing waits or the time is over, and never again. */
  readonly finish: (withinMs: number) => Promise<void>
  /** The page may be gone in a moment: hands over what fits, and hears no answer. */
  readonly leave: () => void
  /** The page lives on after all. */
  readonly back: () => void
  /** Gives up the request that is under way. */
  readonly cancel: () => void
  readonly onTheirWay: () => ReadonlySet<string>
}

/** What a sender works with. */
export interface Means {
  readonly wire: Wire
  readonly queue: Queue
  readonly lease: Lease
  readonly pace: Pace
  readonly isAllowed: () => boolean
  readonly flushAt: number
  readonly flushIntervalMs: number
  readonly beacon?: ((url: string, body: string) => boolean) | undefined
  readonly drop: (event: Partial<TesseraEvent>, reason: string) => void
  readonly delivered: (results: readonly Result[]) => void
}

const none: ReadonlySet<string> = new Set()
const idsOf = (batch: readonly Written[]) => new Set(batch.map(({ id }) => id))
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
// What stands around the events in a request.
const frameBytes = 1000

/** Makes the sender. It does nothing before it is woken. */
export function createSender(means: Means): Sender {
  const { wire, queue, lease, pace, flushIntervalMs } = means
  let mostEvents = limits.events
  let running: Promise<void> | undefined
  let next: { timer: ReturnType<typeof setTimeout>; at: number } | undefined
  let flight: { ids: ReadonlySet<string>; survives: boolean } | undefined
  let canceller = new AbortController()
  let isFinished = false
  let isLeft = false

  const mayGo = () => !isFinished && !isLeft && means.isAllowed()

  function schedule(inMs: number): void {
    const at = wire.clock() + inMs
    if (!mayGo() || (next && next.at <= at)) return
    clearTimeout(next?.timer)
    const timer = setTimeout(() => {
      next = undefined
      whenDue()
    }, inMs)
    next = { timer, at }
  }

  function whenDue(): void {
    if (pace.dueMs() > 0) schedule(pace.dueMs())
    else flush()
  }

  function flush(): Promise<void> {
    running ??= drain()
      .catch(() => pace.fail())
      .finally(() => {
        running = undefined
        if (queue.size() > 0) schedule(Math.max(flushIntervalMs, pace.dueMs()))
      })
    return running
  }

  async function drain(): Promise<void> {
    if (!mayGo() || pace.pauseMs() > 0 || !(await lease.take())) return
    try {
      queue.refresh()
      while (mayGo() && (await sendNext())) lease.renew()
    } finally {
      lease.release()
    }
  }

  /** Sends one batch; says whether there is any use in going on. */
  async function sendNext(): Promise<boolean> {
    const batch = queue.batch({ events: mostEvents, bytes: limits.requestBytes - frameBytes })
    if (batch.length === 0) return false
    const body = bodyOf(batch, wire)
    // The browser's room for what survives a page is small; when it is full, the next try goes without.
    const survives = !pace.hasFailed() && canSurvive(body)
    flight = { ids: idsOf(batch), survives }
    const outcome = await post(body, wire, { signal: canceller.signal, survives })
    flight = undefined
    // Whoever took the consent back meanwhile has taken the events too.
    if (!means.isAllowed()) return false
    switch (outcome.kind) {
      case 'answered':
        return settle(batch, outcome.results)
      case 'too large':
        if (batch.length === 1) dropAll(batch, 'the server finds it too large')
        mostEvents = Math.ceil(batch.length / 2)
        return true
      case 'refused':
        dropAll(batch, outcome.reason)
        return true
      case 'again':
        pace.fail(outcome.afterMs)
        return false
    }
  }

  // What the answer does not name goes once more.
  function settle(batch: readonly Written[], results: readonly Result[]): boolean {
    const sent = new Map(batch.map((event) => [event.id, event]))
    const about = results.filter(({ messageId }) => sent.has(messageId))
    if (about.length === 0) {
      pace.fail()
      return false
    }
    pace.succeed()
    mostEvents = Math.min(limits.events, mostEvents * 2)
    queue.remove(about.map(({ messageId }) => messageId))
    means.delivered(about)
    for (const { messageId, status, reason = 'no reason given' } of about)
      if (status === 'rejected') drop(sent.get(messageId), `the server rejected it: ${reason}`)
    return true
  }

  function dropAll(batch: readonly Written[], reason: string): void {
    queue.remove(idsOf(batch))
    for (const event of batch) drop(event, reason)
  }

  function drop(event: Written | undefined, reason: string): void {
    means.drop(read(event?.text ?? '') ?? {}, reason)
  }

  function cancel(): void {
    canceller.abort()
    canceller = new AbortController()
  }

  function wake(): void {
    if (queue.size() >= means.flushAt) whenDue()
    else if (queue.size() > 0) schedule(flushIntervalMs)
  }

  return {
    wake,
    flush,
    async finish(withinMs) {
      const end = performance.now() + withinMs
      const late = setTimeout(cancel, withinMs)
      const leftMs = () => end - performance.now()
      await flush()
      while (queue.size() > 0 && mayGo() && leftMs() > 0) {
        await sleep(Math.min(leftMs(), Math.max(50, pace.dueMs())))
        if (leftMs() > 0) await flush()
      }
      isFinished = true
      clearTimeout(late)
      clearTimeout(next?.timer)
    },
    leave() {
      lease.release()
      if (!mayGo()) return
      // A page that goes is also hidden, and would begin a request whose answer nobody hears.
      isLeft = true
      const gone = flight?.survives ? flight.ids : none
      const oldest = queue.batch({ events: limits.events, bytes: survivingBytes - frameBytes })
      const batch = pace.pauseMs() > 0 ? [] : oldest.filter(({ id }) => !gone.has(id))
      const isTaken = batch.length > 0 && means.beacon?.(wire.url, bodyOf(batch, wire))
      queue.leave([...gone, ...(isTaken ? idsOf(batch) : none)])
    },
    back() {
      isLeft = false
      wake()
    },
    cancel,
    onTheirWay: () => flight?.ids ?? none,
  }
}
