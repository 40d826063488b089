import type { Problem } from '#kernel/fault.ts'
import { didYouMean } from '#kernel/near.ts'
import type { Relation } from '#query'
import { problemsOfMembership } from './check.ts'
import { membershipOf, type Segment } from './definition.ts'
import { segmentFaults } from './faults.ts'
import { problemsOfSql } from './sql-segment.ts'
import { isUnified, type Subjects } from './subjects.ts'

/** What segments are checked against. */
export interface Checking {
  readonly subjects: Subjects
  /** What segments in SQL may read. */
  readonly relations: readonly Relation[]
}

/** Everything that is wrong with a segment of any kind. */
export function problemsOfSegment(
  { key, body }: Segment,
  { subjects, relations }: Checking,
): readonly Problem[] {
  const { on } = body
  if (!subjects.model.has(on)) {
    const near = didYouMean(on, subjects.model.keys())
    return segmentFaults.unknown_subject({ on, near }, { at: 'on' }).problems
  }
  const membership = membershipOf(body)
  if (membership) return problemsOfMembership(membership, subjects)
  if ('waterfall' in body) return problemsOfWaterfall(key, body.waterfall, subjects)
  if (!isUnified(on))
    return segmentFaults.people_only({ what: 'a segment in SQL', on }, { at: 'on' }).problems
  return 'sql' in body ? problemsOfSql(body.sql, subjects, relations) : []
}

function problemsOfWaterfall(
  key: string,
  children: readonly string[],
  { segments, on: here }: Subjects,
): readonly Problem[] {
  return children.flatMap((segment, i) => {
    const place = { at: `waterfall[${i}]` }
    const body = segments.get(segment)
    if (body === undefined) {
      const near = didYouMean(segment, segments.keys())
      return segmentFaults.unknown({ segment, near }, place).problems
    }
    if (body.on !== here)
      return segmentFaults.other_subject({ segment, on: body.on, here }, place).problems
    if ('waterfall' in body) return segmentFaults.waterfall_within({ segment }, place).problems
    // A question takes no part away; it has no key.
    const parents = key === '' ? [] : parentsOf(segment, segments)
    const others = parents.filter((parent) => parent !== key)
    const isTwice = children.indexOf(segment) < i
    return others.length > 0 || isTwice
      ? segmentFaults.child_twice({ segment, parent: others[0] ?? key }, place).problems
      : []
  })
}

/** The waterfalls that a segment is a part of; the check sees to it that there is one at most. */
export const parentsOf = (segment: string, segments: Subjects['segments']): readonly string[] =>
  [...segments].flatMap(([key, body]) =>
    'waterfall' in body && body.waterfall.includes(segment) ? [key] : [],
  )
