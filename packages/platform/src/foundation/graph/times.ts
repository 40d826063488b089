import { nextTime } from '#jobs'
import type { Built, Freshness, GraphNode, Look } from './definition.ts'

const firstRetryMs = 10_000
const lastRetryMs = 3_600_000

/** How often a node is made whether or not anything has moved, where that is said as a length of time. */
export function everyMsOf(freshness: Freshness): number | undefined {
  if (typeof freshness !== 'object') return undefined
  if ('everyMs' in freshness) return freshness.everyMs
  return 'atLeastEveryMs' in freshness ? freshness.atLeastEveryMs : undefined
}

/** Whether it is made at certain times, and not in between. */
export const isScheduled = ({ freshness }: GraphNode): boolean =>
  typeof freshness === 'object' && ('everyMs' in freshness || 'cron' in freshness)

/** When the refresh began that gave a result. */
export const begunOf = ({ refreshedAt, durationMs }: Built): Date =>
  new Date(Date.parse(refreshedAt) - durationMs)

/** When time alone makes a result too old. It counts from when that was begun: what came later is not in it. */
export function timeOf({ freshness }: GraphNode, built: Built): Date | undefined {
  const begun = begunOf(built)
  if (typeof freshness === 'object' && 'cron' in freshness)
    return nextTime(freshness.cron, 'UTC', begun)
  const everyMs = everyMsOf(freshness)
  return everyMs === undefined ? undefined : new Date(begun.getTime() + everyMs)
}

/** Until when a node that failed should be left in peace; longer each time, not after its definition changed. */
export function restsUntil(node: GraphNode, { states, now }: Look): Date | undefined {
  const { state, tried } = states.get(node.key) ?? {}
  if (state !== 'failed' || tried === undefined || tried.definition !== node.definition)
    return undefined
  const restMs = Math.min(lastRetryMs, firstRetryMs * 2 ** (tried.failures - 1))
  const startedAt = new Date(tried.startedAt)
  const until = new Date(startedAt.getTime() + restMs)
  // Where the clock was put back it would rest until it has come so far again.
  return until > now && startedAt <= now ? until : undefined
}

/** When time alone next asks for a refresh: a schedule, an age, another try. It has passed where something is due already. */
export function nextMoment(look: Look): Date | undefined {
  const moments = look.nodes.flatMap((node) => {
    const { built } = look.states.get(node.key) ?? {}
    return restsUntil(node, look) ?? (built && timeOf(node, built)) ?? []
  })
  return moments.toSorted((a, b) => a.getTime() - b.getTime())[0]
}
