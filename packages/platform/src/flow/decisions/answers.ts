import { type EventFields, type EventValues, evaluate } from '#actions'
import { flat } from '#live'
import { type Condition, saysOf } from '#segments'
import type { AnsweredCondition } from './api.ts'

/** Every part of a condition with its answer for somebody, and the value that was found. */
export function answersTo(
  condition: Condition,
  ground: { readonly fields: EventFields; readonly facts: EventValues },
): AnsweredCondition {
  const holds = evaluate(flat(condition), ground.fields, ground.facts)
  const value = valueFor(condition, ground)
  const parts = partsOf(condition).map((part) => answersTo(part, ground))
  return {
    says: saysOf(condition),
    ...(holds === undefined ? {} : { holds }),
    ...(value === undefined ? {} : { value }),
    ...(parts.length === 0 ? {} : { parts }),
  }
}

function partsOf(condition: Condition): readonly Condition[] {
  if ('all' in condition) return condition.all
  if ('any' in condition) return condition.any
  return 'not' in condition ? [condition.not] : []
}

function valueFor(
  condition: Condition,
  { fields, facts }: { readonly fields: EventFields; readonly facts: EventValues },
) {
  const asked = flat(condition)
  // Whether somebody is in a segment is the answer itself.
  if (!('field' in asked) || 'segment' in condition) return undefined
  const path = fields[asked.field]?.path
  return path === undefined ? undefined : (facts.raw(path) ?? undefined)
}
