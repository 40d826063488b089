import type { GraphNode } from '@tessera/platform/contract'
import { formatTime } from '../../lib/format.ts'
import type { ListOf } from '../../lib/listing.ts'
import { texts } from '../../lib/texts.ts'
import type { OperationSort } from './address.ts'

// What wants a hand comes last in the order of ranks, so that it is first in the list.
const ranks: readonly GraphNode['state'][] = [
  'fresh',
  'running',
  'never built',
  'stale',
  'interrupted',
  'failed',
]

/** How what is derived is searched and sorted. */
export const nodeList: ListOf<GraphNode, OperationSort> = {
  text: ({ label, key, kind, why }) => `${label} ${key} ${kind} ${why.join(' ')}`,
  by: {
    name: ({ label }) => label,
    kind: ({ kind }) => kind,
    state: ({ state }) => ranks.indexOf(state),
    refreshed: ({ refreshedAt = '' }) => refreshedAt,
    took: ({ durationMs = 0 }) => durationMs,
  },
  usual: 'state',
  newestFirst: ['refreshed'],
}

/** Whether something should be refreshed, or could not be; what asks for values is whole without them. */
export const isBehind = ({ state, waits }: Pick<GraphNode, 'state' | 'waits'>): boolean =>
  state !== 'fresh' && state !== 'running' && waits?.for !== 'values'

/** Why something is not up to date: what failed, else everything that has changed since. */
export const whyOf = ({ fault, why, state }: GraphNode): readonly string[] =>
  state === 'fresh' ? [] : [...(fault ? [fault.say] : []), ...why]

/** Something that holds others up, as nothing that it is made of is behind. */
export interface Holding {
  readonly node: GraphNode
  /** What is made of it, near or far, and behind as well. */
  readonly holdsUp: readonly GraphNode[]
}

/** Where the trouble begins: what is behind although all its inputs are not. What failed first, then what holds up most. */
export function holdingUp(nodes: readonly GraphNode[]): readonly Holding[] {
  const behind = nodes.filter(isBehind)
  const keys = new Set(behind.map(({ key }) => key))
  const holding = behind
    // What failed stands for itself, whatever it is made of.
    .filter(({ inputs, state }) => state === 'failed' || !inputs.some((input) => keys.has(input)))
    .map((node) => ({ node, holdsUp: below(node.key, behind) }))
  const rank = ({ node }: Holding) => ranks.indexOf(node.state)
  return holding.toSorted((a, b) => rank(b) - rank(a) || b.holdsUp.length - a.holdsUp.length)
}

function below(key: string, nodes: readonly GraphNode[]): readonly GraphNode[] {
  const found = new Set([key])
  // A set may grow while it is walked; what is added is visited too.
  for (const one of found)
    for (const node of nodes) if (node.inputs.includes(one)) found.add(node.key)
  return nodes.filter((node) => node.key !== key && found.has(node.key))
}

/** What can be done about something that is behind. */
export function todoFor({
  state,
  freshness,
  waits,
}: Pick<GraphNode, 'state' | 'freshness' | 'waits'>): string {
  const words = texts.operations.staleness.todo
  if (state === 'failed' || state === 'interrupted' || state === 'never built') return words[state]
  if (waits?.until !== undefined) return words.time(formatTime(waits.until))
  if (typeof freshness === 'string') return words[freshness]
  return 'atLeastEveryMs' in freshness ? words.live : words.atTimes
}
