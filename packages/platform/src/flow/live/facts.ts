import {
  type EventFields,
  type EventValues,
  problemsOfCondition,
  typesOf,
  valuesOf,
  whyNotLive,
} from '#actions'
import type { Catalogue } from '#definitions'
import { unifiedFields } from '#identity'
import type { InsightShape, Shapes } from '#insights'
import type { Problem } from '#kernel/fault.ts'
import { didYouMean } from '#kernel/near.ts'
import type { FieldType } from '#kernel/scalar.ts'
import type { Model } from '#model'
import { type Condition, segmentsIn } from '#segments'
import { liveFaults } from './faults.ts'
import { countersIn } from './kinds.ts'
import type { LivePerson } from './live.ts'

/** What conditions on a live profile may speak of. */
interface KnownToFacts {
  readonly model: Model
  readonly insights: readonly InsightShape[]
  readonly segments: readonly string[]
  readonly counters: readonly string[]
  /** What whoever asks tells of the moment, with its types. */
  readonly context: Readonly<Record<string, FieldType>>
}

/** The other definitions that conditions on live profiles speak of. */
export interface KnownAround {
  readonly modelIn: (all: Catalogue) => Model
  readonly shapesIn: (all: Catalogue) => Shapes
}

const person = 'individual'

/** The fields of a live profile by which it can be asked, as all is defined. */
export const factFieldsIn = (
  all: Catalogue,
  { modelIn, shapesIn }: KnownAround,
  context: KnownToFacts['context'] = {},
): EventFields =>
  factFields({
    model: modelIn(all),
    insights: [...shapesIn(all).shapes.values()],
    segments: segmentsIn(all).flatMap((one) => (one.body.on === person ? [one.key] : [])),
    counters: countersIn(all).map(({ key }) => key),
    context,
  })

/**
 * The fields of a live profile by which it can be asked: attributes by their names, `counter.<key>`, `segment.<key>`,
 * `insight.<key>.<measure>` and `context.<name>`.
 */
function factFields({ model, insights, segments, counters, context }: KnownToFacts): EventFields {
  const field = (path: readonly string[], type: FieldType) => [path.join('.'), { path, type }]
  const ofPeople = insights.filter(({ on, dimensions }) => on === person && dimensions.length === 1)
  return Object.fromEntries([
    ...unifiedFields(model.get(person)).map(([name, type]) => [
      name,
      { path: ['attributes', name], type },
    ]),
    ...counters.map((key) => field(['counter', key], 'integer')),
    ...segments.map((key) => field(['segment', key], 'boolean')),
    ...ofPeople.flatMap(({ key, measures }) =>
      [...measures].map(([name, type]) => field(['insight', key, name], type ?? 'number')),
    ),
    ...Object.entries(context).map(([name, type]) => field(['context', name], type)),
  ])
}

/** What is known of somebody, for the evaluator. */
export function factsOf(
  of: LivePerson | undefined,
  context: Readonly<Record<string, unknown>>,
): EventValues {
  const { attributes = {}, insights = {}, segments = [] } = of?.parts ?? {}
  return valuesOf(
    JSON.stringify({
      attributes,
      insight: insights,
      segment: Object.fromEntries(segments.map(({ key }) => [key, true])),
      counter: of?.counters() ?? {},
      context,
    }),
  )
}

/** A condition with segments and insights as fields, so that the evaluator of one event answers it. */
export function flat(condition: Condition): Condition {
  if ('all' in condition) return { all: condition.all.map(flat) }
  if ('any' in condition) return { any: condition.any.map(flat) }
  if ('not' in condition) return { not: flat(condition.not) }
  if ('segment' in condition && condition.use !== 'definition')
    return { field: `segment.${condition.segment}`, op: '=', value: true }
  if ('insight' in condition) {
    const { insight, ...comparison } = condition
    return { ...comparison, field: `insight.${insight}` }
  }
  return condition
}

/** What is wrong with a condition on live profiles; places begin at `at`. */
export function problemsOfFacts(
  condition: Condition,
  fields: EventFields,
  at: string,
): readonly Problem[] {
  const unknown = [...fieldsIn(flat(condition))].find((field) => !Object.hasOwn(fields, field))
  if (unknown !== undefined) {
    const near = didYouMean(unknown, Object.keys(fields))
    return liveFaults.unknown_fact({ field: unknown, near }, { at }).problems
  }
  const why = whyNotLive(flat(condition), fields)
  if (why !== undefined) return liveFaults.not_live({ why }, { at }).problems
  // A dot would be a link to another object: here it is only a part of a name.
  const plain = Object.fromEntries(
    Object.entries(typesOf(fields)).map(([name, type]) => [name.replaceAll('.', '__'), type]),
  )
  return problemsOfCondition(
    undotted(flat(condition)),
    { fields: plain, on: 'the live profile' },
    at,
  )
}

function* fieldsIn(condition: Condition): Iterable<string> {
  if ('all' in condition) for (const of of condition.all) yield* fieldsIn(of)
  else if ('any' in condition) for (const of of condition.any) yield* fieldsIn(of)
  else if ('not' in condition) yield* fieldsIn(condition.not)
  else if ('field' in condition) yield condition.field
}

function undotted(condition: Condition): Condition {
  if ('all' in condition) return { all: condition.all.map(undotted) }
  if ('any' in condition) return { any: condition.any.map(undotted) }
  if ('not' in condition) return { not: undotted(condition.not) }
  if (!('field' in condition)) return condition
  return { ...condition, field: condition.field.replaceAll('.', '__') }
}
