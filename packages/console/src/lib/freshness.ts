import type { GraphNode } from '@tessera/platform/contract'
import { formatDuration } from './format.ts'
import { texts } from './texts.ts'

const { targets } = texts.flow.node

/** When something is refreshed, in words. */
export function targetOf({ freshness }: Pick<GraphNode, 'freshness'>): string {
  if (typeof freshness === 'string') return targets[freshness]
  if ('everyMs' in freshness) return targets.every(formatDuration(freshness.everyMs))
  if ('cron' in freshness) return targets.cron(freshness.cron)
  if ('asksFor' in freshness) return targets.asksFor(freshness.asksFor.join(', '))
  return targets.atLeastEvery(formatDuration(freshness.atLeastEveryMs))
}
