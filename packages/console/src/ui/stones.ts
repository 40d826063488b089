import type { GraphNode } from '@tessera/platform/contract'
import type { IconName } from './icons.tsx'
import type { Tone } from './state-badge.tsx'

/** The kinds of nodes, in the order data runs through them. */
export const stones = [
  'stream',
  'model',
  'identity',
  'profile',
  'insight',
  'segment',
  'activation',
  'other',
] as const

/** A kind of node as it is drawn. */
export type Stone = (typeof stones)[number]

const stoneOfKind: Readonly<Record<string, Stone>> = {
  lake: 'stream',
  stream: 'stream',
  model: 'model',
  model_object: 'model',
  identity: 'identity',
  ruleset: 'identity',
  profile: 'profile',
  profiles: 'profile',
  unified: 'profile',
  insight: 'insight',
  segment: 'segment',
  activation: 'activation',
}

/** As which stone a node is drawn. */
export const stoneOf = ({ kind }: Pick<GraphNode, 'kind'>): Stone => stoneOfKind[kind] ?? 'other'

/** The picture of each stone. */
export const stoneIcons: Readonly<Record<Stone, IconName>> = {
  stream: 'stream',
  model: 'model',
  identity: 'identity',
  profile: 'people',
  insight: 'insight',
  segment: 'segment',
  activation: 'activation',
  other: 'other',
}

/** How the state of a node is felt. */
export const stateTones: Readonly<Record<GraphNode['state'], Tone>> = {
  fresh: 'good',
  stale: 'wait',
  'never built': 'none',
  running: 'busy',
  failed: 'bad',
  interrupted: 'wait',
}

/** The count that says how large a node is, if it has one. */
export function sizeOf({ counts }: Pick<GraphNode, 'counts'>): number | undefined {
  return counts['rows'] ?? counts['members'] ?? counts['profiles'] ?? counts['queued']
}
