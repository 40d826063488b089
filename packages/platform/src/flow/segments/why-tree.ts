import { joinPlace } from '#kernel/fault.ts'
import type { WhyNode } from './api.ts'
import type { Zoned } from './compile.ts'
import { type Condition, type Membership, membershipOf } from './definition.ts'
import { settle } from './parameters.ts'
import type { Subjects } from './subjects.ts'
import { partsOf } from './walk.ts'

/** A condition of a tree that is to be explained, with its place and its parts. */
export interface Branch extends Zoned {
  readonly at: string
  readonly kind: WhyNode['kind']
  readonly parts: readonly Branch[]
  /** What cannot be told of it. */
  readonly note?: string
}

/** The conditions of a membership as trees; whatever parameters it had are settled. */
export function treesOf(
  of: Membership,
  segments: Subjects['segments'],
): { readonly include: Branch; readonly exclude?: Branch } {
  const zone = of.time_zone ?? 'UTC'
  const { include, exclude } = of
  return {
    include: branchOf({ condition: include, zone }, 'include', segments),
    ...(exclude && { exclude: branchOf({ condition: exclude, zone }, 'exclude', segments) }),
  }
}

/** A tree of which each part is one of these segments by its definition. */
export function waterfallTree(parts: readonly string[], segments: Subjects['segments']): Branch {
  const condition = { any: parts.map((segment) => ({ segment, use: 'definition' as const })) }
  const each = condition.any.map((part, i) =>
    branchOf({ condition: part, zone: 'UTC' }, `waterfall[${i}]`, segments),
  )
  return { condition, zone: 'UTC', at: 'waterfall', kind: 'waterfall', parts: each }
}

/** A tree with everything in it. */
export const branchesOf = (tree: Branch): readonly Branch[] => [
  tree,
  ...tree.parts.flatMap(branchesOf),
]

function branchOf({ condition, zone }: Zoned, at: string, segments: Subjects['segments']): Branch {
  const inner = partsOf(condition)
  if (inner) {
    const parts = inner.map(([part, place]) =>
      branchOf({ condition: part, zone }, joinPlace(at, place), segments),
    )
    return { condition, zone, at, kind: kindOf(condition), parts }
  }
  const leaf = { condition, zone, at, kind: kindOf(condition), parts: [] }
  return 'segment' in condition && condition.use === 'definition'
    ? { ...leaf, ...definedIn(condition.segment, at, segments) }
    : leaf
}

function definedIn(
  key: string,
  at: string,
  segments: Subjects['segments'],
): Pick<Branch, 'parts' | 'note'> {
  const body = segments.get(key)
  if (body === undefined) throw new Error(`the segment "${key}" was not checked`)
  const own = membershipOf(body)
  if (own?.rank !== undefined)
    return { parts: [], note: `"${key}" keeps only the first by a value` }
  if ('waterfall' in body)
    return { parts: waterfallTree(body.waterfall, segments).parts.map(under(at)) }
  if (own === undefined)
    return { parts: [], note: `"${key}" is written in SQL, so only in or out can be told` }
  const { include, exclude } = treesOf(settle(own).membership, segments)
  return { parts: [include, ...(exclude ? [exclude] : [])].map(under(at)) }
}

const under =
  (at: string) =>
  (branch: Branch): Branch => ({
    ...branch,
    at: joinPlace(at, branch.at),
    parts: branch.parts.map(under(at)),
  })

function kindOf(condition: Condition): WhyNode['kind'] {
  const kinds = ['all', 'any', 'not', 'field', 'insight', 'segment', 'sequence', 'consent'] as const
  return kinds.find((kind) => kind in condition) ?? 'related'
}
