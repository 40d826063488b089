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

/** Whether a refresh makes it as soon as something it is made from has moved. */
export const isPrompt = ({ freshness }: Pick<GraphNode, 'freshness'>): boolean =>
  freshness === 'live' || (typeof freshness === 'object' && 'atLeastEveryMs' in freshness)

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

/** What takes less than this is made whenever something has moved. */
const dearMs = 2000

/**
 * Until when a node that costs much is left in peace after a good result, whatever has moved: as long as all that rest so took together,
 * so that these take half of the time at most, however many there are. What has times of its own, or waits to be asked, neither
 * rests so nor makes others rest.
 */
export function sparedUntil(node: GraphNode, look: Look): Date | undefined {
  const built = dearResult(node, look)
  if (built === undefined) return undefined
  const madeAt = new Date(built.refreshedAt)
  const until = new Date(madeAt.getTime() + restMsOf(look))
  // Where the clock was put back it is made again at once.
  return until > look.now && madeAt <= look.now ? until : undefined
}

/** How long all that rest because they cost much took together. */
export const restMsOf = (look: Look): number =>
  look.nodes.reduce((ms, one) => ms + (dearResult(one, look)?.durationMs ?? 0), 0)

function dearResult(node: GraphNode, { states }: Look): Built | undefined {
  const { key, rests, definition } = node
  const { state, built } = states.get(key) ?? {}
  const isDear = built !== undefined && built.durationMs >= dearMs
  const isSound = state === 'idle' && built?.definition === definition
  return rests !== undefined && isPrompt(node) && isDear && isSound ? built : undefined
}

/** When time alone next asks for a refresh: a schedule, an age, another try. It has passed where something is due already. */
export function nextMoment(look: Look): Date | undefined {
  const moments = look.nodes.flatMap((node) => {
    const { built } = look.states.get(node.key) ?? {}
    const rested = restsUntil(node, look) ?? sparedUntil(node, look)
    return rested ?? (built && timeOf(node, built)) ?? []
  })
  return moments.toSorted((a, b) => a.getTime() - b.getTime())[0]
}
