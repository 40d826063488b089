import { setTimeout as wait } from 'node:timers/promises'
import type { Outcome, Patience } from '#activation'
import { sentenceOf } from '#kernel/fault.ts'
import type { Log } from '#kernel/log.ts'
import { backoffMs } from '#outgoing'
import { type ConsentTools, permitted } from './consent.ts'
import type { Action } from './definition.ts'
import { type DeliverTools, deliver, mostTogether } from './deliver.ts'
import { endOfQuiet } from './quiet.ts'
import type { FiringRecord, Records } from './records.ts'

/** What the deliveries of firings need. */
export interface WorkTools extends DeliverTools, ConsentTools {
  readonly records: Records
  /** An action as it is defined now; nothing when it is no more. */
  readonly action: (key: string) => Action | undefined
  readonly patience: Patience
  /** From 0 to 1. */
  readonly random: () => number
  readonly log: Log
}

/** Delivers what waits, each action in a lane of its own. */
export interface Work {
  readonly start: () => void
  /** Says that there may be something to do, for all actions or for these; waits for nothing. */
  readonly wake: (actions?: readonly string[]) => void
  /** Delivers all that is due, and waits until it is settled. */
  readonly drain: (signal: AbortSignal) => Promise<void>
  /** Until when a target that fails is left alone. */
  readonly heldUpUntil: (action: string) => Date | undefined
  /** Breaks off what is under way; it is tried again at the next start, under the same keys. */
  readonly stop: () => Promise<void>
}

/** So many failures in a row open the breaker: nothing is sent until one firing has got through. */
const failuresUntilOpen = 5
const longestOpenMs = 300_000
const troubleMs = 5000
/** How long a lane waits at most before it looks again. */
const longestPauseMs = 60_000
const drainMs = 5

interface Lane {
  failures: number
  openUntil: number
}

/** Makes the deliveries; nothing moves before `start`. */
export function makeWork(tools: WorkTools): Work {
  const { records, clock, log } = tools
  const running = new Map<string, Promise<void>>()
  const lanes = new Map<string, Lane>()
  let stopper = new AbortController()
  let stopped = AbortSignal.abort()
  let woken = new AbortController()
  let wakes = 0

  const laneOf = (action: string): Lane => {
    const lane = lanes.get(action) ?? { failures: 0, openUntil: 0 }
    lanes.set(action, lane)
    return lane
  }
  const pause = (ms: number, signals: readonly AbortSignal[]) =>
    wait(Math.min(ms, longestPauseMs), undefined, { signal: AbortSignal.any([...signals]) }).catch(
      () => {},
    )
  /** Does the next thing in a lane; `false` when there is nothing more for it to do. */
  const step = async (key: string): Promise<boolean> => {
    const action = tools.action(key)
    if (action?.body.enabled === false) return false
    const lane = laneOf(key)
    const now = clock.now()
    if (lane.openUntil > now.getTime()) {
      await pause(lane.openUntil - now.getTime(), [stopped])
      return true
    }
    const limit = lane.failures >= failuresUntilOpen || !action ? 1 : mostTogether(action)
    const firings = await records.due(key, { now: now.toISOString(), limit })
    if (firings.length > 0) {
      await attempt(tools, { key, action, lane, firings }, stopped)
      return true
    }
    const next = await records.nextDue(key)
    if (next === undefined) return false
    await pause(Math.max(1, Date.parse(next) - now.getTime()), [stopped, woken.signal])
    return true
  }
  const run = async (key: string): Promise<void> => {
    while (!stopped.aborted) {
      const before = wakes
      const hasMore = await step(key)
      // Whoever woke us since may have meant this lane.
      if (!hasMore && before === wakes) break
    }
    running.delete(key)
  }
  const safeRun = async (key: string): Promise<void> => {
    try {
      await run(key)
    } catch (thrown) {
      log.error('firings are held up', { action: key, why: sentenceOf(thrown) })
      await pause(troubleMs, [stopped])
      running.delete(key)
      wake()
    }
  }
  const launch = (keys: readonly string[]) => {
    for (const key of keys)
      if (!stopped.aborted && !running.has(key)) running.set(key, safeRun(key))
  }
  const wake = (keys?: readonly string[]) => {
    if (stopped.aborted) return
    wakes++
    woken.abort()
    woken = new AbortController()
    if (keys) return launch(keys)
    records
      .actionsWithWork()
      .then(launch)
      .catch(async (thrown) => {
        log.error('firings cannot be looked up', { why: sentenceOf(thrown) })
        await wait(troubleMs, undefined, { signal: stopped }).then(
          () => wake(),
          () => {},
        )
      })
  }

  const isDue = async () => {
    const now = clock.now().getTime()
    for (const key of await records.actionsWithWork()) {
      const next = await records.nextDue(key)
      if (next !== undefined && Date.parse(next) <= now) return true
    }
    return false
  }

  return {
    start: () => {
      if (!stopped.aborted) return
      stopper = new AbortController()
      stopped = stopper.signal
      wake()
    },
    wake,
    drain: async (signal) => {
      while (await isDue()) {
        signal.throwIfAborted()
        wake()
        await wait(drainMs)
      }
    },
    heldUpUntil: (action) => {
      const until = lanes.get(action)?.openUntil ?? 0
      return until > clock.now().getTime() ? new Date(until) : undefined
    },
    stop: async () => {
      stopper.abort()
      await Promise.allSettled(running.values())
    },
  }
}

interface Attempt {
  readonly key: string
  readonly action: Action | undefined
  readonly lane: Lane
  readonly firings: readonly FiringRecord[]
}

async function attempt(tools: WorkTools, of: Attempt, signal: AbortSignal): Promise<void> {
  const { records, clock } = tools
  const { action, firings } = of
  const sequences = firings.map(({ sequence }) => sequence)
  if (!action) {
    const reason = `the action "${of.key}" is not defined any more`
    await records.settle(sequences, { state: 'dead', reason, at: nowOf(clock), attempts: 0 })
    return
  }
  if (await restsInQuiet(tools, action, sequences)) return
  const allowed = await withConsent(tools, action, firings)
  if (allowed.length > 0) await send(tools, { ...of, action, firings: allowed }, signal)
}

/** Those whom firings are about and who may be reached now; the others are settled, with the reason. */
async function withConsent(
  tools: WorkTools,
  action: Action,
  firings: readonly FiringRecord[],
): Promise<readonly FiringRecord[]> {
  const { allowed, refused } = await permitted(tools, action, firings)
  const at = nowOf(tools.clock)
  for (const [reason, of] of refused)
    await tools.records.settle(
      of.map(({ sequence }) => sequence),
      { state: 'no_consent', reason, at, attempts: 0 },
    )
  return allowed
}

async function send(
  tools: WorkTools,
  of: Attempt & { readonly action: Action },
  signal: AbortSignal,
): Promise<void> {
  const { action, firings, lane } = of
  const outcome = await deliver(tools, { action, firings }, signal)
  // What was broken off from our side says nothing about the target.
  if (signal.aborted && outcome.result !== 'sent') return
  // One that is refused must not take the others with it.
  if (outcome.result === 'refused' && firings.length > 1) {
    for (const firing of firings)
      if (!signal.aborted) await attempt(tools, { ...of, firings: [firing] }, signal)
    return
  }
  judge(tools, lane, outcome)
  await settle(tools, of, outcome)
}

/** Puts off, or drops, what would be sent in quiet hours; whether it was. */
async function restsInQuiet(
  { records, clock }: WorkTools,
  { body: { quiet_hours } }: Action,
  sequences: readonly number[],
): Promise<boolean> {
  const end = quiet_hours && endOfQuiet(quiet_hours, clock.now())
  if (!quiet_hours || !end) return false
  const reason = `quiet hours until ${end.toISOString()}`
  if (quiet_hours.meanwhile === 'wait')
    await records.postpone(sequences, { reason, dueAt: end.toISOString() })
  else await records.settle(sequences, { state: 'quiet', reason, at: nowOf(clock), attempts: 0 })
  return true
}

const nowOf = (clock: WorkTools['clock']): string => clock.now().toISOString()

function judge({ clock, random }: WorkTools, lane: Lane, outcome: Outcome): void {
  if (outcome.result !== 'try again') {
    lane.failures = 0
    lane.openUntil = 0
    return
  }
  lane.failures++
  const over = lane.failures - failuresUntilOpen
  if (over < 0) return
  const openMs = Math.min(longestOpenMs, 1000 * 2 ** over) * (0.5 + random() / 2)
  lane.openUntil = clock.now().getTime() + Math.max(openMs, outcome.retryAfterMs ?? 0)
}

async function settle(tools: WorkTools, of: Attempt, outcome: Outcome): Promise<void> {
  const { records, patience, clock, random } = tools
  const { key, firings } = of
  const log = tools.log.with({ action: key })
  const now = clock.now()
  const at = now.toISOString()
  if (outcome.result === 'sent') {
    await records.sent(
      firings.map(({ sequence }) => sequence),
      at,
    )
    return log.debug('sent', { firings: firings.length })
  }
  const reason = outcome.why
  const isLast = (one: FiringRecord) =>
    outcome.result === 'refused' || one.attempts + 1 >= patience.attempts
  const dead = firings.filter(isLast)
  const others = firings.filter((one) => !isLast(one))
  if (dead.length > 0) {
    const sequences = dead.map(({ sequence }) => sequence)
    await records.settle(sequences, { state: 'dead', reason, at, attempts: 1 })
    log.warn('given up', { reason, firings: dead.length })
  }
  if (others.length === 0 || outcome.result !== 'try again') return
  const attempts = Math.max(...others.map((one) => one.attempts)) + 1
  const inMs = Math.max(outcome.retryAfterMs ?? 0, backoffMs(attempts, random, patience))
  const dueAt = new Date(now.getTime() + inMs).toISOString()
  await records.later(
    others.map(({ sequence }) => sequence),
    { reason, dueAt },
  )
  log.info('will be tried again', { reason, attempts, inMs })
}
