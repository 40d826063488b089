import { type Built, type GraphNode, isMade, type Look, type NodeState } from './definition.ts'
import { outputsOf, reasonsOf, type Wait, waitOf } from './staleness.ts'
import { isScheduled, timeOf } from './times.ts'
import { workList } from './work-list.ts'

/** A node as people look at it. */
export interface NodeView
  extends Omit<GraphNode, 'definition' | 'amended' | 'rests' | 'position' | 'counts'> {
  readonly state: 'fresh' | 'stale' | 'never built' | 'running' | 'failed' | 'interrupted'
  /** Why it should be refreshed; empty when it is up to date. */
  readonly why: readonly string[]
  readonly output: number
  readonly counts: Readonly<Record<string, number>>
  /** What a person should know of the last good result. */
  readonly note?: string
  readonly refreshedAt?: string
  readonly durationMs?: number
  readonly fault?: { readonly code: string; readonly say: string }
  /** Why it is not refreshed at once although it is not up to date, and until when. */
  readonly waits?: { readonly for: Wait['for']; readonly until?: string }
  /** When its schedule comes round next. */
  readonly nextAt?: string
}

/** Every node with its state and the reasons why it is stale, as they came; last of all what it waits for. */
export function viewOf(look: Look): readonly NodeView[] {
  // What is made from something that waits is as up to date as it is meant to be.
  const steps = new Map(workList(look, 'due or failed').map((step) => [step.node.key, step]))
  const outputs = outputsOf(look)
  return look.nodes.map((node) => {
    const { definition: _, position: __, amended: ___, counts: ____, rests: _____, ...shown } = node
    const state = look.states.get(node.key)
    const own = reasonsOf(node, look, outputs)
    const reasons = steps.get(node.key)?.reasons ?? own
    const wait = waitOf(node, own, look)
    return {
      ...shown,
      state: stateIn(state, reasons.length > 0, node),
      why: [...reasons.map(({ say }) => say), ...(wait ? [wait.say] : [])],
      output: outputs.get(node.key) ?? 0,
      ...resultOf(node, state?.built),
      ...faultOf(node, state),
      ...(wait && { waits: shownWait(wait) }),
    }
  })
}

function resultOf(node: GraphNode, built: Built | undefined) {
  const counts = { ...built?.counts, ...node.counts }
  if (built === undefined) return { counts }
  const { note, refreshedAt, durationMs } = built
  const time = isScheduled(node) ? timeOf(node, built) : undefined
  return {
    counts,
    ...(note === undefined ? {} : { note }),
    refreshedAt,
    durationMs,
    ...(time && { nextAt: time.toISOString() }),
  }
}

const faultOf = (node: GraphNode, state: NodeState | undefined) =>
  isMade(node) && state?.state === 'failed' && state.tried?.fault
    ? { fault: state.tried.fault }
    : {}

const shownWait = ({ for: what, until }: Wait) => ({
  for: what,
  ...(until && { until: until.toISOString() }),
})

function stateIn(
  state: NodeState | undefined,
  isStale: boolean,
  node: GraphNode,
): NodeView['state'] {
  if (node.freshness === 'by itself') return 'fresh'
  if (!isMade(node)) return (node.position ?? 0) > 0 ? 'fresh' : 'never built'
  if (state && state.state !== 'idle') return state.state
  if (state?.built === undefined) return 'never built'
  return isStale ? 'stale' : 'fresh'
}
