import { decide, suppressFor } from './decide.ts'
import type { Watch } from './definition.ts'
import { type LookAtMost, lookAtEvents } from './event-lane.ts'
import { dropMet } from './held.ts'
import { lookAtInsight } from './insight-lane.ts'
import { withPeople } from './live.ts'
import type { Ground, Look } from './look.ts'
import { keyOfMet, type Met } from './met.ts'
import { lookAtProfiles } from './profile-lane.ts'
import type { Records } from './records.ts'
import { lookAtRows } from './row-lane.ts'
import { lookAtSegment } from './segment-lane.ts'
import { asPeopleAre } from './who.ts'

/** What the set lane needs. */
export interface SetTools {
  readonly ground: Ground
  readonly records: Records
}

/** One look of the set lane. */
export interface SetLook {
  readonly watch: Watch
  /** Up to where it has looked before. */
  readonly after: number
  readonly signal: AbortSignal
  /** Of watches on events: whether the live lane decides about them, and how far that has got. */
  readonly live?: { readonly upTo: number }
  /** Of watches that ask the live profile: what the live lane has decided, which stands. */
  readonly stands?: (event: number) => boolean
}

/** What a look did. */
export interface SetDone {
  readonly upTo: number
  readonly fired: number
  readonly denied: number
}

/** Looks at all that came since the last look, fires what is new, and moves on. Safe to do twice: keys are the same. */
export async function look(tools: SetTools, of: SetLook): Promise<SetDone> {
  const { ground, records } = tools
  const { watch, after, live } = of
  // Events of a watch that suppresses were looked at as they arrived.
  if (live && watch.withinMs !== undefined) return skip(tools, of, live.upTo)
  const { upTo, mets } = await lookOf(ground, of)
  if (upTo <= after) return { upTo: after, fired: 0, denied: 0 }
  const unconfirmed = live ? await liveFirings(records, of, upTo) : new Map<number, number>()
  let fired = 0
  for await (const some of mets) {
    for (const { event, holds } of some) if (holds && event !== undefined) unconfirmed.delete(event)
    fired += await apply(tools, of, some)
  }
  const denied = [...unconfirmed.values()]
  const at = ground.now().toISOString()
  await records.transaction(async () => {
    await records.deny(denied, { reason: 'in the lake the condition does not hold', at })
    await records.moveWatch(watch.key, upTo)
  })
  if ('row' in watch.when || 'insight' in watch.when) await dropMet(ground.engine, watch.key, upTo)
  return { upTo, fired, denied: denied.length }
}

async function skip({ records }: SetTools, { watch }: SetLook, upTo: number): Promise<SetDone> {
  await records.moveWatch(watch.key, upTo)
  return { upTo, fired: 0, denied: 0 }
}

function lookOf(ground: Ground, of: SetLook): Promise<Look> {
  const { when } = of.watch
  if ('segment' in when) return lookAtSegment(ground, of, when)
  if ('row' in when) return lookAtRows(ground, of, when)
  if ('insight' in when) return lookAtInsight(ground, of, when)
  if ('profile' in when) return lookAtProfiles(ground, of, when)
  const most = of.live?.upTo ?? Number.MAX_SAFE_INTEGER
  return lookAtEvents(ground, { ...of, most } satisfies LookAtMost, when)
}

/** What the live lane fired for these events, as sequences by place in the log. */
async function liveFirings(
  records: Records,
  { watch, after }: SetLook,
  upTo: number,
): Promise<Map<number, number>> {
  const found = await records.liveBetween(watch.action.key, { after, upTo })
  return new Map(
    found.flatMap(({ event, sequence, state }) =>
      event === null || state === 'denied' ? [] : [[event, sequence]],
    ),
  )
}

async function apply(
  { ground, records }: SetTools,
  { watch, live, stands = () => false }: SetLook,
  some: readonly Met[],
): Promise<number> {
  const { action, withinMs } = watch
  // What the live lane has passed it has remembered; here only what it could not say is missing.
  const open = some.filter(({ event }) => event === undefined || !stands(event))
  const asked = await asPeopleAre(ground.people, watch, open)
  // What cannot be told by anybody does not hold.
  const told = asked.map(([met, holds]): Met => ({ ...met, holds: holds === true }))
  const wanted = live ? told.filter(({ holds }) => holds) : told
  const keys = wanted.map((met) => keyOfMet(action.key, met))
  const known = withinMs === undefined ? await records.known(keys) : new Set<string>()
  const fresh = wanted.filter((_, i) => !known.has(keys[i] ?? ''))
  if (fresh.length === 0) return 0
  const mets = await withPeople(ground, watch, fresh)
  const of = { records, action, lane: 'set', now: ground.now() } as const
  return records.transaction(async () => {
    if (withinMs === undefined) return decide(of, mets)
    await suppressFor(of, withinMs, mets)
    return 0
  })
}
