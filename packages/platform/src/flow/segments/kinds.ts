import { type Catalogue, defineKind, type Kind, type Need } from '#definitions'
import type { Shapes } from '#insights'
import type { Problem } from '#kernel/fault.ts'
import type { Model } from '#model'
import { problemsOfMembership } from './check.ts'
import {
  type Membership,
  type Segment,
  type SegmentDefinition,
  segmentSchema,
} from './definition.ts'
import { segmentFaults } from './faults.ts'
import { subjectsOf } from './subjects.ts'
import { leavesOf } from './walk.ts'

/** The segments among definitions. */
export const segmentsIn = (all: Catalogue): readonly Segment[] =>
  all.list<SegmentDefinition>('segment')

/** The kind of segments; what they may speak of is read from the other definitions. */
export function segmentKind(of: {
  readonly modelIn: (all: Catalogue) => Model
  readonly shapesIn: (all: Catalogue) => Shapes
}): Kind<SegmentDefinition> {
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
    check: (body, all, { key }) => {
      const segments = segmentsIn(all)
      const subjects = subjectsOf({
        model: of.modelIn(all),
        insights: [...of.shapesIn(all).shapes.values()],
        segments: segments.map((one) => one.key),
      })
      const problems = problemsOfMembership(body, subjects)
      return [...problems.filter(({ code }) => !toldByNeeds.has(code)), ...circleOf(key, segments)]
    },
  })
}

// What is not defined is told, with its place, by whoever looks after the needs of definitions.
const toldByNeeds = new Set([segmentFaults.unknown.code, segmentFaults.unknown_insight.code])

/** The insights and segments that a condition speaks of, each with its place. */
export function needsOf({ include, exclude }: Membership): readonly Need[] {
  const leaves = [
    ...leavesOf(include, 'include'),
    ...(exclude === undefined ? [] : leavesOf(exclude, 'exclude')),
  ]
  return leaves.flatMap(([leaf, at]): readonly Need[] => {
    if ('segment' in leaf) return [{ kind: 'segment', key: leaf.segment, at: `${at}.segment` }]
    if ('insight' in leaf) {
      const [key = ''] = leaf.insight.split('.')
      return [{ kind: 'insight', key, at: `${at}.insight` }]
    }
    return []
  })
}

function circleOf(key: string, segments: readonly Segment[]): readonly Problem[] {
  const bodies = new Map(segments.map((one) => [one.key, one.body]))
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
