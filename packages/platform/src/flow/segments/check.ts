import { joinPlace, type Problem } from '#kernel/fault.ts'
import { didYouMean } from '#kernel/near.ts'
import { type FieldType, isNumeric } from '#kernel/scalar.ts'
import { measureType } from './check-measure.ts'
import { problemsOfComparison, problemsOfTimeZone, typeWords } from './comparison.ts'
import type { Container } from './containers.ts'
import {
  type Comparison,
  type Condition,
  type Measure,
  type Membership,
  membershipOf,
  type Rank,
  type Related,
  type SegmentDefinition,
  type Sequence,
} from './definition.ts'
import { segmentFaults } from './faults.ts'
import { settle } from './parameters.ts'
import { follow, type Led, type ObjectSubject, personSubject, type Subjects } from './subjects.ts'
import { partsOf } from './walk.ts'

/** How deep conditions may stand inside each other. */
const deepest = 40

/** Everything that is wrong with who is meant: names that do not exist, and questions that do not fit. */
export function problemsOfMembership(of: Membership, subjects: Subjects): readonly Problem[] {
  const { membership, problems } = settle(of, {}, 'stands in')
  return [...problems, ...problemsOfSettled(membership, subjects)]
}

/** The same where every parameter has its value already. */
export function problemsOfSettled(
  of: Membership,
  subjects: Subjects,
  chain: readonly string[] = [],
): readonly Problem[] {
  const person = personSubject(subjects)
  const scope: Scope = { on: nameOf(subjects.on), object: person, subjects, depth: 0, chain }
  const exclude = of.exclude === undefined ? [] : problemsIn(of.exclude, scope, 'exclude')
  return [
    ...problemsIn(of.include, scope, 'include'),
    ...exclude,
    ...problemsOfTimeZone(of.time_zone, 'time_zone'),
    ...(of.rank === undefined ? [] : problemsOfRank(of.rank, scope, 'rank')),
  ]
}

const nameOf = (on: string) => (on === 'individual' ? 'a person' : `"${on}"`)

/** What a condition is asked of: a person, or a row of an object. */
interface Scope {
  readonly on: string
  readonly object: ObjectSubject
  readonly subjects: Subjects
  readonly depth: number
  /** The segments whose definitions this condition stands in. */
  readonly chain: readonly string[]
}

// All the steps to what is nested too deep would tell nothing but how deep it is.
const rootOf = (at: string) => at.split(/[.[]/, 1)[0] ?? ''

function problemsIn(condition: Condition, scope: Scope, at: string): readonly Problem[] {
  if (scope.depth > deepest)
    return segmentFaults.too_deep({ most: deepest }, { at: rootOf(at) }).problems
  const parts = partsOf(condition)
  if (parts) {
    const inside = { ...scope, depth: scope.depth + 1 }
    return parts.flatMap(([inner, place]) => problemsIn(inner, inside, joinPlace(at, place)))
  }
  if ('field' in condition) return problemsOfField(condition.field, condition, scope, at)
  if ('insight' in condition) return problemsOfInsight(condition.insight, condition, scope, at)
  if ('segment' in condition) return problemsOfSegment(condition, scope, at)
  if ('sequence' in condition) return problemsOfSequence(condition, scope, at)
  if ('consent' in condition) return problemsOfConsent(scope, at)
  if ('related' in condition) return problemsOfRelated(condition, scope, at)
  return []
}

function problemsOfConsent({ subjects: { on } }: Scope, at: string): readonly Problem[] {
  return on === 'individual'
    ? []
    : segmentFaults.people_only({ what: 'consent', on }, { at: joinPlace(at, 'consent') }).problems
}

function problemsOfField(
  field: string,
  asked: Comparison,
  { on, object, subjects }: Scope,
  at: string,
): readonly Problem[] {
  const led = follow(field, object, subjects.model)
  if ('lost' in led) return unknownField(on, led, joinPlace(at, 'field'))
  return problemsOfComparison(asked, led.type, at)
}

type Lost = Extract<Led, { lost: string }>

function unknownField(on: string, { lost, from, path }: Lost, at: string): readonly Problem[] {
  const near = didYouMean(lost, Object.keys(from.fields))
  if (path.includes('.') && Object.hasOwn(from.fields, lost))
    return segmentFaults.leads_nowhere({ on: `"${from.key}"`, field: lost }, { at }).problems
  const where = path.startsWith(lost) ? on : `"${from.key}"`
  return segmentFaults.unknown_field({ on: where, field: lost, near }, { at }).problems
}

function problemsOfInsight(
  path: string,
  asked: Comparison | undefined,
  { subjects: { insights, on } }: Scope,
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
  const isOfOther = found.on === undefined ? on !== 'individual' : found.on !== on
  if (isOfOther || (on !== 'individual' && dimensions.length !== 1))
    return segmentFaults.insight_of_other({ insight, of: found.on ?? 'nobody', on }, place).problems
  if (on === 'individual' && (dimensions.length !== 1 || dimensions[0] !== 'profile_id'))
    return segmentFaults.several_rows({ insight, dimensions }, place).problems
  if (!measures.has(measure)) {
    const near = didYouMean(measure, measures.keys())
    return segmentFaults.unknown_measure({ insight, measure, near }, place).problems
  }
  return asked === undefined ? [] : problemsOfComparison(asked, measures.get(measure), at)
}

function problemsOfSegment(
  { segment, use }: Extract<Condition, { segment: string }>,
  scope: Scope,
  at: string,
): readonly Problem[] {
  const { segments, on: here } = scope.subjects
  const place = { at: joinPlace(at, 'segment') }
  const body = segments.get(segment)
  if (body === undefined) {
    const near = didYouMean(segment, segments.keys())
    return segmentFaults.unknown({ segment, near }, place).problems
  }
  if (body.on !== here)
    return segmentFaults.other_subject({ segment, on: body.on, here }, place).problems
  if (use !== 'definition') return []
  return problemsOfInner(segment, body, { scope, at: place.at })
}

/** What is wrong with a segment whose definition stands in another. */
function problemsOfInner(
  segment: string,
  body: SegmentDefinition,
  { scope: { subjects, chain }, at }: { readonly scope: Scope; readonly at: string },
): readonly Problem[] {
  if (chain.includes(segment)) {
    const circle = [...chain.slice(chain.indexOf(segment)), segment]
    return segmentFaults.circle({ circle }, { at }).problems
  }
  const inside = [...chain, segment]
  if ('waterfall' in body) {
    const scope = { on: '', object: personSubject(subjects), subjects, depth: 0, chain: inside }
    return body.waterfall.flatMap((key) =>
      problemsOfSegment({ segment: key, use: 'definition' }, scope, '').map((one) => ({
        ...one,
        at,
      })),
    )
  }
  const membership = membershipOf(body)
  if (membership === undefined) return []
  const settled = settle(membership)
  const found = [...settled.problems, ...problemsOfSettled(settled.membership, subjects, inside)]
  return found.map((problem) => ({
    ...problem,
    at,
    say:
      problem.code === segmentFaults.circle.code
        ? problem.say
        : `in the segment "${segment}", ${problem.at}: ${problem.say}`,
  }))
}

type Rows = Pick<Related, 'related' | 'where' | 'look_back'>

/** What is wrong with which rows are looked at; the object, if there is one. */
function checkRows(
  { related, where, look_back }: Rows,
  scope: Scope,
  at: string,
): { readonly object?: ObjectSubject; readonly problems: readonly Problem[] } {
  const { objects } = scope.subjects
  const object = objects.get(related)
  if (object === undefined) {
    const details = { object: related, near: didYouMean(related, objects.keys()) }
    return {
      problems: segmentFaults.unknown_object(details, { at: joinPlace(at, 'related') }).problems,
    }
  }
  const inside = { ...scope, on: `"${related}"`, object, depth: scope.depth + 1 }
  const problems = [
    ...(where === undefined ? [] : problemsIn(where, inside, joinPlace(at, 'where'))),
    ...(look_back === undefined ? [] : problemsOfTime(object, joinPlace(at, 'look_back'))),
  ]
  return { object, problems }
}

const problemsOfTime = ({ key, time }: ObjectSubject, at: string): readonly Problem[] =>
  time === undefined ? segmentFaults.no_time({ object: key }, { at }).problems : []

function problemsOfRelated(container: Container, scope: Scope, at: string): readonly Problem[] {
  const { object, problems } = checkRows(container, scope, at)
  if (object === undefined || !('measure' in container)) return problems
  const { model } = scope.subjects
  const measure = problemsOfMeasure(container, object, model, at)
  if (measure.length > 0) return [...problems, ...measure]
  return [
    ...problems,
    ...problemsOfComparison(container, measureType(container, object, model), at),
  ]
}

function problemsOfSequence({ sequence }: Sequence, scope: Scope, at: string): readonly Problem[] {
  return sequence.flatMap((step, i) => {
    const place = joinPlace(at, `sequence[${i}]`)
    const { object, problems } = checkRows(step, scope, place)
    const isNeverLast = step.never === true && (i < sequence.length - 1 || i === 0)
    return [
      ...problems,
      ...(object ? problemsOfTime(object, joinPlace(place, 'related')) : []),
      ...(isNeverLast
        ? segmentFaults.never_last({}, { at: joinPlace(place, 'never') }).problems
        : []),
      ...(i === 0 && step.within !== undefined
        ? segmentFaults.pointless(
            { word: 'within', op: 'the first step' },
            { at: joinPlace(place, 'within') },
          ).problems
        : []),
    ]
  })
}

function problemsOfRank({ by, per }: Rank, scope: Scope, at: string): readonly Problem[] {
  const { object, subjects, on } = scope
  const problemsOfPath = (path: string, place: string) => {
    const led = follow(path, object, subjects.model)
    return 'lost' in led ? unknownField(on, led, place) : []
  }
  const place = joinPlace(at, 'by')
  const group = per === undefined ? [] : problemsOfPath(per, joinPlace(at, 'per'))
  if ('field' in by) return [...problemsOfPath(by.field, joinPlace(place, 'field')), ...group]
  if ('insight' in by) return [...problemsOfInsight(by.insight, undefined, scope, place), ...group]
  return [...problemsOfRelated({ ...by, op: 'is_filled' }, scope, place), ...group]
}

function problemsOfMeasure(
  { measure, of }: Related,
  object: ObjectSubject,
  model: Subjects['model'],
  at: string,
): readonly Problem[] {
  const place = { at: joinPlace(at, 'of') }
  if (measure === 'count') return of === undefined ? [] : segmentFaults.count_of({}, place).problems
  const fitting = Object.keys(object.fields).filter((name) => fits(measure, object.fields[name]))
  if (of === undefined) return segmentFaults.needs_of({ measure, fields: fitting }, place).problems
  const led = follow(of, object, model)
  if ('lost' in led) return unknownField(`"${object.key}"`, led, place.at)
  const isOrdered = measure === 'first' || measure === 'last'
  if (fits(measure, led.type))
    return isOrdered ? problemsOfTime(object, joinPlace(at, 'measure')) : []
  const details = { measure, field: of, type: typeWords[led.type], fields: fitting }
  return segmentFaults.unfit_measure(details, place).problems
}

function fits(measure: Measure, type: FieldType | undefined): boolean {
  if (type === undefined) return false
  if (measure === 'sum' || measure === 'avg') return isNumeric(type)
  const isTime = type === 'date' || type === 'timestamp'
  return (measure !== 'min' && measure !== 'max') || isNumeric(type) || isTime
}
