import type { InsightOverview } from '@tessera/platform/contract'
import { arrange, type ListOf } from '../../lib/listing.ts'
import type { InsightSort, InsightState, InsightsAddress } from './address.ts'

/** How insights are searched and sorted. */
export const listOf: ListOf<InsightOverview, InsightSort> = {
  text: ({ key, label, about = '', dimensions, measures }) =>
    [label, key, about, ...dimensions, ...measures.map(({ name }) => name)].join(' '),
  by: {
    name: ({ label }) => label,
    rows: ({ rows = -1 }) => rows,
    run: ({ lastRun }) => lastRun?.at ?? '',
  },
  usual: 'name',
  newestFirst: ['run'],
}

/** The insights that an address asks for, in its order. */
export const chooseInsights = (
  insights: readonly InsightOverview[],
  address: InsightsAddress,
): readonly InsightOverview[] =>
  arrange(insights, address, listOf).filter(
    (insight) => address.state === undefined || stateOf(insight) === address.state,
  )

/** How an insight stands: computed, kept from before because it fails or waits, or never computed. */
export function stateOf({ stale, rows }: InsightOverview): InsightState {
  if (stale) return 'stale'
  return rows === undefined ? 'never' : 'well'
}
