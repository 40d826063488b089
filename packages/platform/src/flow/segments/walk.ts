import { joinPlace } from '#kernel/fault.ts'
import type { Condition } from './definition.ts'

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
