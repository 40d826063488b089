import { call, cast, type Draft, type Engine, type Part, sql, value } from '#engine'
import { joinPlace, refuseIfAny } from '#kernel/fault.ts'
import type { Read } from '#kernel/read.ts'
import type { CountAnswer, countBody } from './api.ts'
import { problemsOfSettled } from './check.ts'
import { problemsOfSegment } from './check-segment.ts'
import { compile, compileCounts, peopleOf } from './compile.ts'
import {
  type Condition,
  type Given,
  type Membership,
  membershipOf,
  type Segment,
  type SegmentDefinition,
} from './definition.ts'
import { segmentFaults } from './faults.ts'
import type { Ground } from './ground.ts'
import { settle } from './parameters.ts'
import { asksOf, conditionsOf, partsOf, withInner } from './walk.ts'

/** Whom somebody asks for, without defining a segment. */
export type Question = Read<typeof countBody>

/** A question that was checked, as a query with one column `profile`. */
export interface Asking {
  readonly who: Draft
  readonly ground: Ground
  /** With a value in the place of every parameter; nothing for segments that are no conditions. */
  readonly membership: Membership | undefined
}

/** Checks a segment (or a question that is like one) against what there is at this moment, and compiles it. */
export function askOf(segment: Segment, given: Given | undefined, ground: Ground): Asking {
  const membership = membershipOf(segment.body)
  if (membership === undefined) {
    const { subjects, relations = [] } = ground
    refuseIfAny(problemsOfSegment(segment, { subjects, relations }))
    refuseIfAny(problemsOfParts(segment.body, ground))
    assertReady(segment.body, ground)
    return { who: compile(segment.body, ground), ground, membership }
  }
  const settled = settle(membership, given)
  const isKnown = ground.subjects.model.has(segment.body.on)
  refuseIfAny([
    ...settled.problems,
    ...(isKnown
      ? problemsOfSettled(settled.membership, ground.subjects)
      : problemsOfSegment(segment, { subjects: ground.subjects, relations: [] })),
  ])
  const { parameters: _, ...plain } = settled.membership
  assertReady(plain, ground)
  return { who: compile(plain, ground), ground, membership: plain }
}

// The parts of a waterfall are asked by their definitions.
function problemsOfParts(body: SegmentDefinition, { subjects }: Ground) {
  if (!('waterfall' in body)) return []
  const parts = body.waterfall.map((segment) => ({ segment, use: 'definition' as const }))
  return problemsOfSettled({ include: { any: parts } }, subjects).map((problem) => ({
    ...problem,
    at: problem.at.replace('include.any', 'waterfall'),
  }))
}

// An insight tells the types of its measures with its first run; before that there is nothing to compare with.
function assertReady(of: SegmentDefinition | Membership, { subjects }: Ground): void {
  const asked = withInner(of, subjects.segments).flatMap((one) => {
    const conditions = conditionsOf(one)
    return conditions ? asksOf(conditions) : []
  })
  for (const [leaf] of asked) {
    if (!('insight' in leaf)) continue
    const [insight = '', measure = ''] = leaf.insight.split('.')
    if (subjects.insights.get(insight)?.measures.get(measure) === undefined)
      throw segmentFaults.no_result({ insight })
  }
}

interface Counting {
  readonly each?: boolean
  readonly approximate?: boolean
  readonly signal?: AbortSignal | undefined
}

/** How many people a sample holds, more or less. */
const sampled = 10_000

/** How many people are meant, and if so wished, how many each of the conditions inside; exactly or from a sample. */
export async function countOf(
  engine: Engine,
  asking: Asking,
  { each = false, approximate = false, signal }: Counting,
): Promise<CountAnswer> {
  const ask = signal ? { signal } : {}
  const [all] = await engine.rows(sql`select count(*) as n from ${peopleOf(asking.ground)} p`, ask)
  const people = Number(all?.['n'])
  const share = approximate ? Math.floor(people / sampled) : 1
  const isSampled = share > 1 && asking.membership !== undefined && !asking.membership.rank
  const ground = isSampled
    ? { ...asking.ground, sample: (profile: Part) => isInSample(profile, share) }
    : asking.ground
  const nodes = each && asking.membership ? nodesOf(asking.membership) : []
  if (!isSampled && nodes.length === 0)
    return { members: await countWho(engine, asking.who, ask), people }
  const counted = asking.membership ?? { include: { all: [] } }
  const conditions = nodes.map(([condition]) => condition)
  const [row] = await engine.rows(compileCounts(counted, conditions, ground), ask)
  const looked = Number(row?.['n0'])
  const counts = [counted.include, ...conditions].map((_, i) => Number(row?.[`n${i + 1}`]))
  const scaled = (n: number) => (looked === 0 ? 0 : Math.round((n * people) / looked))
  const told = (n: number) =>
    isSampled ? { members: scaled(n), error: errorOf(n, looked, people) } : { members: n }
  const [members = 0, ...others] = counts
  const whole = counted.rank ? { members: await countWho(engine, asking.who, ask) } : told(members)
  return {
    ...whole,
    people,
    ...(isSampled ? { sampled: looked } : {}),
    ...(each ? { each: nodes.map(([, at], i) => ({ at, ...told(others[i] ?? 0) })) } : {}),
  }
}

async function countWho(engine: Engine, of: Draft, ask: { signal?: AbortSignal }) {
  const [row] = await engine.rows(sql`select count(*) as n from (\n${of}\n) who`, ask)
  return Number(row?.['n'])
}

// The same people each time, and no matter in which order profiles were made.
const isInSample = (profile: Part, share: number): Part =>
  sql`${call('key64', cast(profile, 'text'))} % ${value(share)} = 0`

// Half of the interval in which the number lies in 95 of 100 samples, with one more on each side so that 0 is not certain.
function errorOf(n: number, looked: number, people: number): number {
  if (looked === 0) return people
  const [more, of] = [n + 2, looked + 4]
  const deviation = Math.sqrt(((more / of) * (1 - more / of)) / of)
  return Math.ceil(1.96 * deviation * people * Math.sqrt(1 - looked / people))
}

/** Every condition on a person, from the whole down to the questions, with its place. */
function nodesOf({ include, exclude }: Membership): readonly (readonly [Condition, string])[] {
  const down = (condition: Condition, at: string): readonly (readonly [Condition, string])[] => [
    [condition, at],
    ...(partsOf(condition) ?? []).flatMap(([inner, place]) => down(inner, joinPlace(at, place))),
  ]
  return [...down(include, 'include'), ...(exclude === undefined ? [] : down(exclude, 'exclude'))]
}
