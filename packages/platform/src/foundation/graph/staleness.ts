import { type Built, type GraphNode, isMade, type Look, type NodeState } from './definition.ts'
import { begunOf, everyMsOf, isPrompt, restMsOf, restsUntil, sparedUntil, timeOf } from './times.ts'

/** Why a node should be refreshed, as a word to decide by and a sentence to read. */
export interface Reason {
  readonly kind:
    | 'never built'
    | 'definition changed'
    | 'input moved'
    | 'too old'
    | 'failed'
    | 'interrupted'
    | 'input first'
    | 'asked'
  readonly say: string
}

/** How far the output of each node has come. */
export function outputsOf({ nodes, states }: Look): ReadonlyMap<string, number> {
  return new Map(
    nodes.map(({ key, position = 0 }) => [key, Math.max(position, states.get(key)?.output ?? 0)]),
  )
}

/** Why a node is not up to date, looked at by itself; empty when it is. What is above it does not count here. */
export function reasonsOf(
  node: GraphNode,
  look: Look,
  outputs: ReadonlyMap<string, number>,
): readonly Reason[] {
  if (!isMade(node)) return []
  const state = look.states.get(node.key)
  return [...resultReasons(node, { look, outputs }, state), ...attemptReasons(state)]
}

function resultReasons(
  node: GraphNode,
  { look, outputs }: { look: Look; outputs: ReadonlyMap<string, number> },
  state: NodeState | undefined,
): readonly Reason[] {
  const built = state?.built
  if (built === undefined) return [{ kind: 'never built', say: 'it was never built' }]
  const reasons: Reason[] = []
  if (built.definition !== node.definition)
    reasons.push({ kind: 'definition changed', say: whatChanged(built.definition, node) })
  for (const input of node.inputs) {
    const [from, to] = [built.worked[input], outputs.get(input) ?? 0]
    if (from === to) continue
    const way = from === undefined ? 'is new here' : `has moved on from ${from} to ${to}`
    reasons.push({ kind: 'input moved', say: `${input} ${way}` })
  }
  const time = timeOf(node, built)
  if (time !== undefined && begunOf(built) > look.now)
    reasons.push({ kind: 'too old', say: 'it was made before the clock was put back' })
  else if (time !== undefined && time <= look.now)
    reasons.push({ kind: 'too old', say: whatTimeSays(node, { time, now: look.now }) })
  return reasons
}

function whatTimeSays(
  { freshness }: GraphNode,
  { time, now }: { readonly time: Date; readonly now: Date },
): string {
  if (typeof freshness === 'object' && 'cron' in freshness)
    return `its time came at ${instantOf(time)}`
  const everyMs = everyMsOf(freshness) ?? 0
  const ageMs = now.getTime() - time.getTime() + everyMs
  return `it is ${inWords(ageMs)} old and should be made every ${inWords(everyMs)}`
}

function whatChanged(before: string, { definition, amended }: GraphNode): string {
  const [was, is] = [before.split('#', 1)[0], definition.split('#', 1)[0]]
  return was === is && amended !== undefined ? amended : 'its definition has changed'
}

function attemptReasons(state: NodeState | undefined): readonly Reason[] {
  if (state?.state === 'failed')
    return [{ kind: 'failed', say: `it failed before: ${state.tried?.fault?.say ?? 'unknown'}` }]
  if (state?.state === 'interrupted')
    return [{ kind: 'interrupted', say: 'it was interrupted before it was done' }]
  return []
}

/** Whether its freshness asks for a refresh now: a node with a schedule lets moved inputs wait, one on demand waits for ever. */
export function isDue(node: GraphNode, reasons: readonly Reason[]): boolean {
  if (node.freshness === 'on demand') return false
  return isPrompt(node) ? reasons.length > 0 : reasons.some(({ kind }) => kind !== 'input moved')
}

/** What a node waits for before it is refreshed by itself. */
export interface Wait {
  readonly for: 'its time' | 'being asked' | 'another try' | 'values'
  readonly until?: Date
  readonly say: string
}

/** What a node waits for that is not up to date, or asks for values; nothing when it is refreshed as soon as somebody looks. */
export function waitOf(node: GraphNode, reasons: readonly Reason[], look: Look): Wait | undefined {
  const { freshness } = node
  if (typeof freshness === 'object' && 'asksFor' in freshness)
    return { for: 'values', say: `it asks for values: ${freshness.asksFor.join(', ')}` }
  if (reasons.length === 0) return undefined
  // Also after a failure: nothing tries it again by itself.
  if (freshness === 'on demand') return { for: 'being asked', say: 'it waits to be asked' }
  const { built } = look.states.get(node.key) ?? {}
  const until = restsUntil(node, look)
  if (until !== undefined)
    return { for: 'another try', until, say: `it is tried again at ${instantOf(until)}` }
  if (isDue(node, reasons)) return spared(node, built, look)
  const time = built && timeOf(node, built)
  if (time === undefined) return { for: 'its time', say: 'it waits for its schedule' }
  const say = `it waits for its schedule until ${instantOf(time)}`
  return { for: 'its time', until: time, say }
}

function spared(node: GraphNode, built: Built | undefined, look: Look): Wait | undefined {
  const until = sparedUntil(node, look)
  if (until === undefined || built === undefined) return undefined
  const [took, restMs] = [inWords(built.durationMs), restMsOf(look)]
  const all = restMs > built.durationMs ? ` and all that rest so ${inWords(restMs)}` : ''
  const say = `it took ${took}${all}, so it rests until ${instantOf(until)}`
  return { for: 'its time', until, say }
}

const instantOf = (time: Date) => `${time.toISOString().slice(0, 19).replace('T', ' ')} UTC`

function inWords(ms: number): string {
  const steps = [
    [86_400_000, 'days'],
    [3_600_000, 'hours'],
    [60_000, 'minutes'],
    [1000, 'seconds'],
  ] as const
  const [size, word] = steps.find(([size]) => ms >= 2 * size) ?? [1, 'ms']
  return `${Math.floor(ms / size)} ${word}`
}
