import type { GraphNode, Look, NodeState } from './definition.ts'

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
  if (node.freshness === 'by itself') return []
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
  const ageMs = look.now.getTime() - Date.parse(built.refreshedAt)
  if (typeof node.freshness === 'object' && ageMs >= node.freshness.everyMs) {
    const [age, every] = [inWords(ageMs), inWords(node.freshness.everyMs)]
    reasons.push({ kind: 'too old', say: `it is ${age} old and should be made every ${every}` })
  }
  return reasons
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

const firstRetryMs = 10_000
const lastRetryMs = 3_600_000

/** Whether a node that failed should be left in peace for a while; longer each time, not after its definition changed. */
export function isResting(node: GraphNode, { states, now }: Look): boolean {
  const { state, tried } = states.get(node.key) ?? {}
  if (state !== 'failed' || tried === undefined || tried.definition !== node.definition)
    return false
  const restMs = Math.min(lastRetryMs, firstRetryMs * 2 ** (tried.failures - 1))
  return now.getTime() < Date.parse(tried.startedAt) + restMs
}

/** Whether its freshness asks for a refresh now: a node at intervals lets moved inputs wait, one on demand waits for ever. */
export function isDue(node: GraphNode, reasons: readonly Reason[], look: Look): boolean {
  if (node.freshness === 'on demand' || isResting(node, look)) return false
  if (node.freshness === 'live') return reasons.length > 0
  return reasons.some(({ kind }) => kind !== 'input moved')
}

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
