import type { GraphNode } from '@tessera/platform/contract'
import { formatDuration } from '../../lib/format.ts'
import type { ListOf } from '../../lib/listing.ts'
import { texts } from '../../lib/texts.ts'
import type { Tone } from '../../ui/state-badge.tsx'
import type { OperationSort } from './address.ts'

/** How the states of what is derived are felt. */
export const nodeTones: Readonly<Record<GraphNode['state'], Tone>> = {
  fresh: 'good',
  stale: 'wait',
  'never built': 'none',
  running: 'busy',
  failed: 'bad',
  interrupted: 'wait',
}

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

/** Whether something should be refreshed, or could not be. */
export const isBehind = ({ state }: Pick<GraphNode, 'state'>): boolean =>
  state !== 'fresh' && state !== 'running'

/** Why something is not up to date: what failed, else everything that has changed since. */
export const whyOf = ({ fault, why, state }: GraphNode): readonly string[] =>
  state === 'fresh' ? [] : [...(fault ? [fault.say] : []), ...why]

/** When something is refreshed, in words. */
export function targetOf({ freshness }: Pick<GraphNode, 'freshness'>): string {
  const { targets } = texts.flow.node
  return typeof freshness === 'string'
    ? targets[freshness]
    : targets.every(formatDuration(freshness.everyMs))
}
