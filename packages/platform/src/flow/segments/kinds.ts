import { oddChannel } from '#consent'
import { type Catalogue, defineKind, type Kind, type Need } from '#definitions'
import { rulesetsIn, unifiedSubjects } from '#identity'
import { insightsIn, type RelationsIn, relationOf, type Shapes } from '#insights'
import { joinPlace, type Problem } from '#kernel/fault.ts'
import type { Model } from '#model'
import { problemsOfSegment } from './check-segment.ts'
import {
  type Membership,
  type Segment,
  type SegmentDefinition,
  segmentSchema,
} from './definition.ts'
import { segmentFaults } from './faults.ts'
import { isUnified, type Subjects, subjectsOf } from './subjects.ts'
import { asksOf, conditionsOf, segmentsNamed } from './walk.ts'

/** The segments among definitions. */
export const segmentsIn = (all: Catalogue): readonly Segment[] =>
  all.list<SegmentDefinition>('segment')

/** The kind of segments; what they may speak of is read from the other definitions. */
export function segmentKind(of: {
  readonly modelIn: (all: Catalogue) => Model
  readonly shapesIn: (all: Catalogue) => Shapes
  /** What segments in SQL may read besides insights. */
  readonly relationsIn?: RelationsIn
}): Kind<SegmentDefinition> {
  const subjectsIn = subjectsReader(of)
  const relationsFor = (all: Catalogue) => {
    const { shapes } = of.shapesIn(all)
    return [
      ...(of.relationsIn?.(all) ?? []),
      ...insightsIn(all).map((insight) => relationOf(insight, shapes.get(insight.key), undefined)),
    ]
  }
  return defineKind({
    kind: 'segment',
    label: 'Segment',
    schema: segmentSchema,
    sample: `kind: segment
key: regulars_in_france
label: Regulars in France
on: individual
include:
  all:
    - { field: country, op: '=', value: France }
    - related: sales_order
      where: { field: purchased_at, op: within_last_days, value: 365 }
      measure: count
      op: '>='
      value: 3
`,
    needs: needsOf,
    // SQL reads whatever its writer names.
    rights: (body) => ('sql' in body ? ['read'] : []),
    check: (body, all, { key }) => {
      const subjects = subjectsIn(all, body.on)
      const relations = 'sql' in body ? relationsFor(all) : []
      const problems = problemsOfSegment({ key, body }, { subjects, relations })
      return [
        ...problemsOfWhom(body.on, all),
        ...problems.filter(({ code }) => !toldElsewhere.has(code)),
        ...circleOf(key, subjects.segments),
      ]
    },
    warn: (body) => {
      const asked = 'include' in body ? asksOf(body) : []
      return asked.flatMap(([leaf, at]) =>
        'consent' in leaf ? oddChannel(leaf.consent.channel, joinPlace(at, 'consent.channel')) : [],
      )
    },
  })
}

// Profiles are there once a ruleset makes them.
function problemsOfWhom(on: string, all: Catalogue): readonly Problem[] {
  return !isUnified(on) || unifiedSubjects(rulesetsIn(all)).includes(on)
    ? []
    : segmentFaults.not_unified({ on }, { at: 'on' }).problems
}

// All segments of a catalogue are checked one after the other.
function subjectsReader(of: {
  readonly modelIn: (all: Catalogue) => Model
  readonly shapesIn: (all: Catalogue) => Shapes
}): (all: Catalogue, on: string) => Subjects {
  const seen = new WeakMap<Catalogue, Map<string, Subjects>>()
  return (all, on) => {
    const known = seen.get(all) ?? new Map<string, Subjects>()
    seen.set(all, known)
    const subjects =
      known.get(on) ??
      subjectsOf({
        model: of.modelIn(all),
        insights: [...of.shapesIn(all).shapes.values()],
        segments: segmentsIn(all),
        on,
      })
    known.set(on, subjects)
    return subjects
  }
}

// What is not defined is told, with its place, by whoever looks after the needs of definitions; circles are told below.
const toldElsewhere = new Set([
  segmentFaults.unknown.code,
  segmentFaults.unknown_insight.code,
  segmentFaults.circle.code,
])

/** The insights and segments that a segment speaks of, each with its place. */
export function needsOf(body: SegmentDefinition | Membership): readonly Need[] {
  const segments = segmentsNamed(body).map(({ key, at }) => ({ kind: 'segment', key, at }))
  const membership = conditionsOf(body)
  if (membership === undefined) return segments
  return asksOf(membership).flatMap(([leaf, at]): readonly Need[] => {
    if ('segment' in leaf) return [{ kind: 'segment', key: leaf.segment, at: `${at}.segment` }]
    if (!('insight' in leaf)) return []
    const [key = ''] = leaf.insight.split('.')
    return [{ kind: 'insight', key, at: `${at}.insight` }]
  })
}

function circleOf(key: string, bodies: Subjects['segments']): readonly Problem[] {
  const parts = (of: string) => {
    const body = bodies.get(of)
    return body === undefined ? [] : needsOf(body).filter(({ kind }) => kind === 'segment')
  }
  const seen = new Set<string>()
  const search = (path: readonly string[]): readonly string[] | undefined => {
    const last = path.at(-1) ?? key
    for (const { key: next } of parts(last)) {
      if (next === key) return [...path, next]
      if (seen.has(next)) continue
      seen.add(next)
      const found = search([...path, next])
      if (found) return found
    }
    return undefined
  }
  const circle = search([key])
  if (circle === undefined) return []
  const at = parts(key).find((need) => need.key === circle[1])?.at ?? ''
  return segmentFaults.circle({ circle }, { at }).problems
}
