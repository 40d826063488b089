import type { SegmentOverview } from '@tessera/platform/contract'
import { arrange, type ListOf } from '../../lib/listing.ts'
import type { Lane, SegmentSort, SegmentsAddress } from './address.ts'

/** How segments are searched and sorted. */
export const listOf: ListOf<SegmentOverview, SegmentSort> = {
  text: ({ key, label, about = '' }) => `${label} ${key} ${about}`,
  by: {
    name: ({ label }) => label,
    members: ({ members = -1 }) => members,
    changed: ({ changed_at = '' }) => changed_at,
    stale: ({ kept }) => kept?.staleness_ms ?? -1,
  },
  usual: 'name',
  newestFirst: ['changed'],
}

/** The segments that an address asks for, in its order. */
export const chooseSegments = (
  segments: readonly SegmentOverview[],
  address: SegmentsAddress,
): readonly SegmentOverview[] =>
  arrange(segments, address, listOf).filter(
    (segment) => address.lane === undefined || laneOf(segment) === address.lane,
  )

/** How a segment is kept up to date; one that has no members yet is not. */
export function laneOf({ members, kept }: SegmentOverview): Lane {
  if (members === undefined) return 'unpublished'
  return kept?.lane ?? 'scheduled'
}
