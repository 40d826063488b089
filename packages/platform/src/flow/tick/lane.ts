import { fingerprint } from '#definitions'
import {
  type Membership,
  problemsOfMembership,
  type Segment,
  type SegmentDefinition,
  type Subjects,
  valuesAsked,
} from '#segments'
import { type Clocked, clockOf } from './flips.ts'
import { leadsOf } from './leads.ts'
import { type Questions, questionsOf } from './questions.ts'

/** A segment that the tick can keep. */
export interface LiveSegment extends Segment {
  readonly body: Extract<SegmentDefinition, Membership>
  readonly fingerprint: string
  readonly clock: Clocked
  /** The segments whose members it asks for. */
  readonly asks: readonly string[]
  /** Objects that rows lead to and that belong to nobody: when one changes, everybody is asked. */
  readonly leads: readonly string[]
}

/** What the tick keeps, each after those it asks for; and why it does not keep the others. */
export interface Lanes {
  readonly live: ReadonlyMap<string, LiveSegment>
  readonly scheduled: ReadonlyMap<string, string>
}

/** Tells for every segment whether the tick can keep it. */
export function lanesOf(segments: readonly Segment[], subjects: Subjects): Lanes {
  const byKey = new Map(segments.map((one) => [one.key, one]))
  const parts = new Set(
    segments.flatMap(({ body }) => ('waterfall' in body ? [...body.waterfall] : [])),
  )
  const live = new Map<string, LiveSegment>()
  const scheduled = new Map<string, string>()
  const settle = (segment: Segment): void => {
    const { key } = segment
    if (live.has(key) || scheduled.has(key)) return
    const questions = questionsOf(segment.body, subjects)
    const asks = [...new Set(questions.members)]
    for (const other of asks) {
      const found = byKey.get(other)
      if (found) settle(found)
    }
    const values = valuesAsked(segment.body, byKey)
    const made = liveFrom(segment, { subjects, questions, asks, values, isPart: parts.has(key) })
    const why = typeof made === 'string' ? made : whyOthers(asks, scheduled)
    if (why !== undefined) scheduled.set(key, why)
    else if (typeof made !== 'string')
      live.set(key, {
        ...made,
        fingerprint: fingerprint([
          segment.body,
          questions.definitions,
          asks.map((of) => live.get(of)?.fingerprint),
        ]),
      })
  }
  for (const segment of segments) settle(segment)
  return { live, scheduled }
}

interface Known {
  readonly subjects: Subjects
  readonly questions: Questions
  readonly asks: readonly string[]
  /** Values that whoever publishes it gives. */
  readonly values: readonly string[]
  /** Whether it is a part of a waterfall. */
  readonly isPart: boolean
}

/** A live segment, or why it is none. */
function liveFrom(
  { key, body }: Segment,
  { subjects, questions, asks, values, isPart }: Known,
): Omit<LiveSegment, 'fingerprint'> | string {
  if (body.on !== 'individual') return `it is about rows of "${body.on}", not about people`
  if (isPart) return 'it is a part of a waterfall, which is published as a whole'
  const [strange] = questions.strange
  if (strange !== undefined) return `it has "${strange}", ${whyStrange.get(strange) ?? amongAll}`
  const [insight] = questions.insights
  if (insight !== undefined) return `it asks for the insight "${insight}", which is made as a whole`
  if (values.length > 0) return `it asks for values: ${values.join(', ')}`
  if (!('include' in body)) return 'it has no conditions'
  const [problem] = problemsOfMembership(body, subjects)
  if (problem) return problem.say
  const clock = clockOf(questions.asked, subjects)
  if ('why' in clock) return clock.why
  const leads = leadsOf(questions.asked, subjects)
  if ('why' in leads) return leads.why
  return { key, body, clock, asks, leads: leads.objects }
}

const amongAll = 'which is decided among all people at once'
const whyStrange: ReadonlyMap<string, string> = new Map([
  ['consent', 'which begins and ends at times of its own, and reaches people over contact points'],
  ['sql', 'which may ask anything of anybody'],
])

const whyOthers = (asks: readonly string[], scheduled: ReadonlyMap<string, string>) => {
  const other = asks.find((key) => scheduled.has(key))
  return (
    other && `it asks for the members of "${other}", which is not live: ${scheduled.get(other)}`
  )
}
