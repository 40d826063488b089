import { joinPlace } from '#kernel/fault.ts'
import type { Condition, Membership, Rank, SegmentDefinition } from './definition.ts'

/** A condition that asks something itself. */
export type Leaf = Exclude<Condition, { all: unknown } | { any: unknown } | { not: unknown }>

/** The conditions inside a group, each with its place; undefined for a condition that asks something itself. */
export function partsOf(
  condition: Condition,
): readonly (readonly [Condition, string])[] | undefined {
  if ('all' in condition) return condition.all.map((inner, i) => [inner, `all[${i}]`])
  if ('any' in condition) return condition.any.map((inner, i) => [inner, `any[${i}]`])
  if ('not' in condition) return [[condition.not, 'not']]
  return undefined
}

/** Every question that a condition asks of a person, with its place; not those to related rows. */
export function leavesOf(condition: Condition, at = ''): readonly (readonly [Leaf, string])[] {
  const parts = partsOf(condition)
  // What has no parts is a leaf.
  if (parts === undefined) return [[condition as Leaf, at]]
  return parts.flatMap(([inner, place]) => leavesOf(inner, joinPlace(at, place)))
}

/** What a segment asks besides its conditions: the value that its people are ranked by. */
export type Ranked = Rank['by']

/** Everything that a membership asks of a person, with its place. */
export const asksOf = ({
  include,
  exclude,
  rank,
}: Membership): readonly (readonly [Leaf | Ranked, string])[] => [
  ...leavesOf(include, 'include'),
  ...(exclude === undefined ? [] : leavesOf(exclude, 'exclude')),
  ...(rank === undefined ? [] : [[rank.by, 'rank.by'] as const]),
]

/** A segment of which another is made, with the place where it is named and how it is used. */
export interface Named {
  readonly key: string
  readonly at: string
  readonly use: 'members' | 'definition'
}

/** The segments that a segment names. */
export function segmentsNamed(body: SegmentDefinition | Membership): readonly Named[] {
  if ('waterfall' in body)
    return body.waterfall.map((key, i) => ({ key, at: `waterfall[${i}]`, use: 'definition' }))
  if (!('include' in body)) return []
  return asksOf(body).flatMap(([leaf, at]) =>
    'segment' in leaf
      ? [{ key: leaf.segment, at: `${at}.segment`, use: leaf.use ?? 'members' }]
      : [],
  )
}

type Bodies = ReadonlyMap<string, SegmentDefinition>

/** A segment with all those whose definitions stand in it, directly or through others. */
export function withInner(
  body: SegmentDefinition | Membership,
  bodies: Bodies,
): readonly (SegmentDefinition | Membership)[] {
  const found = new Set<SegmentDefinition | Membership>()
  const add = (one: SegmentDefinition | Membership) => {
    if (found.has(one)) return
    found.add(one)
    for (const { key, use } of segmentsNamed(one)) {
      const inner = bodies.get(key)
      if (inner && use === 'definition') add(inner)
    }
  }
  add(body)
  return [...found]
}

/** The conditions of a segment that has some. */
export const conditionsOf = (body: SegmentDefinition | Membership): Membership | undefined =>
  'include' in body ? body : undefined
