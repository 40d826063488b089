import type { Condition, Membership, SegmentDefinition, Subjects } from '#segments'

/** One question to a value: of a person, or of a row of theirs. */
export interface Question {
  /** The object whose rows are asked; none for people. */
  readonly object: string | undefined
  /** The field, or the path to it over links. */
  readonly field: string
  readonly op: string
  readonly value?: unknown
  readonly unit?: string | undefined
  readonly zone: string
}

/** All that a segment asks, also through segments whose definitions stand in it; or why that cannot be told. */
export interface Questions {
  readonly asked: readonly Question[]
  /** Insights that it asks for. */
  readonly insights: readonly string[]
  /** Segments whose members it asks for. */
  readonly members: readonly string[]
  /** Segments whose definitions stand in it. */
  readonly definitions: readonly SegmentDefinition[]
  /** What it holds that this does not know. */
  readonly strange: readonly string[]
}

const none: Questions = { asked: [], insights: [], members: [], definitions: [], strange: [] }

interface Place {
  readonly subjects: Subjects
  readonly zone: string
  readonly object?: string
}

/** What a definition may hold besides conditions. */
const heads = new Set(['label', 'about', 'on', 'include', 'exclude', 'time_zone', 'parameters'])

/** Everything that a segment asks. */
export function questionsOf(body: SegmentDefinition, subjects: Subjects): Questions {
  const strange = Object.keys(body).filter((name) => !heads.has(name))
  if (!('include' in body)) return { ...none, strange }
  return merged([{ ...none, strange }, membershipQuestions(body, subjects)])
}

function membershipQuestions(of: Membership, subjects: Subjects): Questions {
  const place = { subjects, zone: of.time_zone ?? 'UTC' }
  return merged([
    questionsIn(of.include, place),
    ...(of.exclude ? [questionsIn(of.exclude, place)] : []),
  ])
}

function questionsIn(condition: Condition, place: Place): Questions {
  if ('all' in condition) return merged(condition.all.map((inner) => questionsIn(inner, place)))
  if ('any' in condition) return merged(condition.any.map((inner) => questionsIn(inner, place)))
  if ('not' in condition) return questionsIn(condition.not, place)
  // Statements begin and end at times of their own, and reach people over contact points.
  if ('consent' in condition) return { ...none, strange: ['consent'] }
  const strange = Object.keys(condition).filter((key) => !parts.has(key))
  if (strange.length > 0) return { ...none, strange }
  if ('field' in condition) return asks({ ...condition, field: condition.field }, place)
  if ('insight' in condition) return { ...none, insights: [condition.insight] }
  if ('segment' in condition) return segmentQuestions(condition, place)
  if ('sequence' in condition) return sequenceQuestions(condition.sequence, place)
  return rowQuestions(condition, place)
}

/** What conditions may hold that this knows. */
const parts = new Set(
  'field op value unit case_sensitive time_zone segment use insight related where look_back measure of sequence'.split(
    ' ',
  ),
)

type Rows = Pick<Extract<Condition, { related: string }>, 'related' | 'where' | 'look_back'>

function rowQuestions(rows: Rows & { readonly of?: string | undefined }, place: Place): Questions {
  const inside = { ...place, object: rows.related }
  const { where, look_back: lookBack, of } = rows
  const time = place.subjects.objects.get(rows.related)?.time
  return merged([
    // A question to a row is one of those to a person.
    ...(where ? [questionsIn(where as Condition, inside)] : []),
    ...(lookBack && time ? [asks({ field: time, op: 'within_last', ...lookBack }, inside)] : []),
    ...(of === undefined ? [] : [asks({ op: '', ...rows, field: of }, inside)]),
  ])
}

const gapMs = { minute: 60_000, hour: 3_600_000, day: 86_400_000, week: 604_800_000 } as const

type Steps = Extract<Condition, { sequence: unknown }>['sequence']

// Whoever has not gone on may still do so, until the span has passed.
function sequenceQuestions(steps: Steps, place: Place): Questions {
  const spans = steps.flatMap(({ never, within }) =>
    never && within ? [within.value * gapMs[within.unit]] : [],
  )
  return merged(
    steps.flatMap((step) => {
      const time = place.subjects.objects.get(step.related)?.time
      const passing = spans.map((value) =>
        asks({ field: time ?? '', op: passes, value }, { ...place, object: step.related }),
      )
      return [rowQuestions(step, place), ...passing]
    }),
  )
}

/** The word for a question whose answer changes some milliseconds after a time. */
export const passes = 'passes'

function segmentQuestions(
  { segment, use }: Extract<Condition, { segment: string }>,
  { subjects }: Place,
): Questions {
  if (use !== 'definition') return { ...none, members: [segment] }
  const inner = subjects.segments.get(segment)
  return inner ? merged([{ ...none, definitions: [inner] }, questionsOf(inner, subjects)]) : none
}

interface Asking {
  readonly field: string
  readonly op?: string | undefined
  readonly value?: unknown
  readonly unit?: string | undefined
  readonly time_zone?: string | undefined
}

const asks = (of: Asking, { object, zone }: Place): Questions => {
  const { field, op = '', value, unit, time_zone: own = zone } = of
  return { ...none, asked: [{ object, field, op, value, unit, zone: own }] }
}

const merged = (all: readonly Questions[]): Questions => ({
  asked: all.flatMap(({ asked }) => asked),
  insights: all.flatMap(({ insights }) => insights),
  members: all.flatMap(({ members }) => members),
  definitions: all.flatMap(({ definitions }) => definitions),
  strange: all.flatMap(({ strange }) => strange),
})
