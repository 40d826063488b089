import { fingerprint } from '#definitions'
import {
  type Membership,
  needsOf,
  problemsOfMembership,
  type Segment,
  type Subjects,
} from '#segments'
import { type Clocked, clockOf } from './flips.ts'

/** A segment that the tick can keep. */
export interface LiveSegment extends Segment {
  readonly fingerprint: string
  readonly clock: Clocked
  /** The segments whose members it asks for. */
  readonly asks: readonly string[]
}

/** What the tick keeps, each after those it asks for; and why it does not keep the others. */
export interface Lanes {
  readonly live: ReadonlyMap<string, LiveSegment>
  readonly scheduled: ReadonlyMap<string, string>
}

/** What a definition may hold for the tick to keep it. */
const known = new Set(['label', 'about', 'on', 'include', 'exclude', 'time_zone'])

/** Tells for every segment whether the tick can keep it. */
export function lanesOf(segments: readonly Segment[], subjects: Subjects): Lanes {
  const bodies = new Map(segments.map((one) => [one.key, one]))
  const live = new Map<string, LiveSegment>()
  const scheduled = new Map<string, string>()
  const settle = (segment: Segment): void => {
    const { key, body } = segment
    if (live.has(key) || scheduled.has(key)) return
    const asks = segmentsAsked(body)
    for (const other of asks) {
      const found = bodies.get(other)
      if (found) settle(found)
    }
    const clock = clockOf(body, subjects)
    const why = whyNot(segment, subjects) ?? whyOthers(asks, scheduled) ?? whyClock(clock)
    if (why !== undefined) scheduled.set(key, why)
    else if (!('why' in clock))
      live.set(key, {
        ...segment,
        clock,
        asks,
        fingerprint: fingerprint([body, asks.map((of) => live.get(of)?.fingerprint)]),
      })
  }
  for (const segment of segments) settle(segment)
  return { live, scheduled }
}

const segmentsAsked = (body: Membership): readonly string[] => [
  ...new Set(needsOf(body).flatMap(({ kind, key }) => (kind === 'segment' ? [key] : []))),
]

function whyNot({ body }: Segment, subjects: Subjects): string | undefined {
  if (body.on !== 'individual') return `it is about rows of "${body.on}", not about people`
  const strange = Object.keys(body).find((name) => !known.has(name))
  if (strange !== undefined) return `it has "${strange}", which is decided among all people at once`
  const insight = needsOf(body).find(({ kind }) => kind === 'insight')
  if (insight) return `it asks for the insight "${insight.key}", which is made as a whole`
  const [problem] = problemsOfMembership(body, subjects)
  return problem?.say
}

const whyOthers = (asks: readonly string[], scheduled: ReadonlyMap<string, string>) => {
  const other = asks.find((key) => scheduled.has(key))
  return (
    other && `it asks for the members of "${other}", which is not live: ${scheduled.get(other)}`
  )
}

const whyClock = (clock: ReturnType<typeof clockOf>) => ('why' in clock ? clock.why : undefined)
