import { joinPlace, type Problem } from '#kernel/fault.ts'
import { didYouMean } from '#kernel/near.ts'
import { type FieldType, isNumeric } from '#kernel/scalar.ts'
import { problemsOfComparison, problemsOfTimeZone, typeWords } from './comparison.ts'
import type { Comparison, Condition, Measure, Membership, Related } from './definition.ts'
import { segmentFaults } from './faults.ts'
import type { Fields, Subjects } from './subjects.ts'
import { partsOf } from './walk.ts'

/** How deep conditions may stand inside each other. */
const deepest = 40

/** Everything that is wrong with who is meant: names that do not exist, and questions that do not fit. */
export function problemsOfMembership(of: Membership, subjects: Subjects): readonly Problem[] {
  const scope = { on: 'a person', fields: subjects.person, subjects, depth: 0 }
  const exclude = of.exclude === undefined ? [] : problemsIn(of.exclude, scope, 'exclude')
  return [
    ...problemsIn(of.include, scope, 'include'),
    ...exclude,
    ...problemsOfTimeZone(of.time_zone, 'time_zone'),
  ]
}

/** What a condition is asked of: a person, or a row of an object. */
interface Scope {
  readonly on: string
  readonly fields: Fields
  readonly subjects: Subjects
  readonly depth: number
}

function problemsIn(condition: Condition, scope: Scope, at: string): readonly Problem[] {
  if (scope.depth > deepest) return segmentFaults.too_deep({ most: deepest }, { at }).problems
  const parts = partsOf(condition)
  if (parts) {
    const inside = { ...scope, depth: scope.depth + 1 }
    return parts.flatMap(([inner, place]) => problemsIn(inner, inside, joinPlace(at, place)))
  }
  if ('field' in condition) return problemsOfField(condition.field, condition, scope, at)
  if ('insight' in condition)
    return problemsOfInsight(condition.insight, condition, scope.subjects, at)
  if ('segment' in condition) return problemsOfSegment(condition.segment, scope.subjects, at)
  if ('related' in condition) return problemsOfRelated(condition, scope, at)
  return []
}

function problemsOfField(
  field: string,
  asked: Comparison,
  { on, fields }: Scope,
  at: string,
): readonly Problem[] {
  const type = fields[field]
  if (type === undefined) return unknownField(on, field, fields, joinPlace(at, 'field'))
  return problemsOfComparison(asked, type, at)
}

function unknownField(on: string, field: string, fields: Fields, at: string): readonly Problem[] {
  const near = didYouMean(field, Object.keys(fields))
  return segmentFaults.unknown_field({ on, field, near }, { at }).problems
}

function problemsOfInsight(
  path: string,
  asked: Comparison,
  { insights }: Subjects,
  at: string,
): readonly Problem[] {
  const [insight = '', measure = ''] = path.split('.')
  const place = { at: joinPlace(at, 'insight') }
  const found = insights.get(insight)
  if (found === undefined) {
    const near = didYouMean(insight, insights.keys())
    return segmentFaults.unknown_insight({ insight, near }, place).problems
  }
  const { dimensions, measures } = found
  if (dimensions.length !== 1 || dimensions[0] !== 'profile_id')
    return segmentFaults.several_rows({ insight, dimensions }, place).problems
  if (!measures.has(measure)) {
    const near = didYouMean(measure, measures.keys())
    return segmentFaults.unknown_measure({ insight, measure, near }, place).problems
  }
  return problemsOfComparison(asked, measures.get(measure), at)
}

function problemsOfSegment(segment: string, { segments }: Subjects, at: string) {
  if (segments.has(segment)) return []
  const near = didYouMean(segment, segments)
  return segmentFaults.unknown({ segment, near }, { at: joinPlace(at, 'segment') }).problems
}

function problemsOfRelated(asked: Related, scope: Scope, at: string): readonly Problem[] {
  const { objects } = scope.subjects
  const fields = objects.get(asked.related)
  if (fields === undefined) {
    const details = { object: asked.related, near: didYouMean(asked.related, objects.keys()) }
    return segmentFaults.unknown_object(details, { at: joinPlace(at, 'related') }).problems
  }
  const inside = { ...scope, on: `"${asked.related}"`, fields, depth: scope.depth + 1 }
  const where =
    asked.where === undefined ? [] : problemsIn(asked.where, inside, joinPlace(at, 'where'))
  const measure = problemsOfMeasure(asked, fields, at)
  if (measure.length > 0) return [...where, ...measure]
  return [
    ...where,
    ...problemsOfComparison(asked, measureType(asked.measure, asked.of, fields), at),
  ]
}

function problemsOfMeasure(
  { related, measure, of }: Related,
  fields: Fields,
  at: string,
): readonly Problem[] {
  const place = { at: joinPlace(at, 'of') }
  if (measure === 'count') return of === undefined ? [] : segmentFaults.count_of({}, place).problems
  const fitting = Object.keys(fields).filter((name) => fits(measure, fields[name]))
  if (of === undefined) return segmentFaults.needs_of({ measure, fields: fitting }, place).problems
  const type = fields[of]
  if (type === undefined) return unknownField(`"${related}"`, of, fields, place.at)
  if (fits(measure, type)) return []
  const details = { measure, field: of, type: typeWords[type], fields: fitting }
  return segmentFaults.unfit_measure(details, place).problems
}

function fits(measure: Measure, type: FieldType | undefined): boolean {
  if (type === undefined) return false
  const isTime = type === 'date' || type === 'timestamp'
  return isNumeric(type) || (isTime && (measure === 'min' || measure === 'max'))
}

/** The type of what a measure over related rows gives; undefined when its field is not there. */
export function measureType(
  measure: Measure,
  of: string | undefined,
  fields: Fields,
): FieldType | undefined {
  if (measure === 'count') return 'integer'
  if (measure === 'avg') return 'number'
  return of === undefined ? undefined : fields[of]
}
