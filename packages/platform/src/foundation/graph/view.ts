import type { GraphNode, Look, NodeState } from './definition.ts'
import { outputsOf } from './staleness.ts'
import { workList } from './work-list.ts'

/** A node as people look at it. */
export interface NodeView extends Omit<GraphNode, 'definition' | 'amended' | 'position'> {
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
}

/** Every node with its state and the reasons why it is stale, as they came. */
export function viewOf(look: Look): readonly NodeView[] {
  const steps = new Map(workList(look).map((step) => [step.node.key, step]))
  const outputs = outputsOf(look)
  return look.nodes.map(({ definition: _, position: __, amended: ___, ...node }) => {
    const state = look.states.get(node.key)
    const why = steps.get(node.key)?.reasons.map(({ say }) => say) ?? []
    return {
      ...node,
      state: stateIn(state, why.length > 0, node.freshness),
      why,
      output: outputs.get(node.key) ?? 0,
      counts: state?.built?.counts ?? {},
      ...(state?.built?.note === undefined ? {} : { note: state.built.note }),
      ...(state?.built && {
        refreshedAt: state.built.refreshedAt,
        durationMs: state.built.durationMs,
      }),
      ...(state?.state === 'failed' && state.tried?.fault ? { fault: state.tried.fault } : {}),
    }
  })
}

function stateIn(
  state: NodeState | undefined,
  isStale: boolean,
  freshness: GraphNode['freshness'],
): NodeView['state'] {
  if (state && state.state !== 'idle') return state.state
  if (freshness === 'by itself') return 'fresh'
  if (state?.built === undefined) return 'never built'
  return isStale ? 'stale' : 'fresh'
}
