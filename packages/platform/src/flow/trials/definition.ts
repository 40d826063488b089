import {
  anything,
  either,
  list,
  object,
  optional,
  type Read,
  record,
  text,
  whole,
} from '#kernel/read.ts'

/** The kind under which test files write their documents. */
export const trialKind = 'test'

const moment = text({
  description:
    'An instant such as 2026-03-01T09:00:00Z or 2026-03-01, or how much later, such as `+8 days`.',
})

const row = record(anything())
/** Rows as they stand, or in a CSV file beside the test. */
const rows = either(list(row), object({ file: text({ minLength: 1 }) }))
const who = text({
  minLength: 1,
  description:
    'A person by e-mail address, telephone number, `stream:id`, id of the profile, or full name.',
})

/** What comes in. */
const given = {
  /** Rows by the stream that brings them. Those of one key replace those before. */
  rows: optional(record(rows)),
  /** Rows by model object, past streams and mappings; they form a source of their own. */
  model: optional(record(rows)),
  /** Events in their order: the stream, when (`at`), and the message. */
  events: optional(list(record(anything()))),
}

const members = either(
  list(who),
  object({ includes: optional(list(who)), excludes: optional(list(who)), size: optional(whole()) }),
)
const firing = either(who, object({ who, reason: text({ description: 'A part of the reason.' }) }))

/** What must hold then. */
const expectation = object({
  /** All members of a segment, or some, or how many. */
  segments: optional(record(members)),
  /** Rows of an insight: `profile` and dimensions find the row, the rest must be in it. */
  insights: optional(record(list(row))),
  /** What an activation (or an action with a destination) sent since the last look, all of it; `profile` says whose row it is. */
  deliveries: optional(record(list(row))),
  /** What became of firings since the last look, by the action and the state they are in. */
  actions: optional(record(record(list(firing)))),
  /** How many rows of a stream could not be taken; none unless said. */
  rejected: optional(record(whole())),
  identity: optional(
    object({
      /** Each of these lists is one person. */
      one_person: optional(list(list(who, { minItems: 2 }))),
      /** No two in a list are one person. */
      not_one: optional(list(list(who, { minItems: 2 }))),
      people: optional(whole()),
    }),
  ),
})
export type Expectation = Read<typeof expectation>

const step = object({ at: optional(moment), ...given, expect: optional(expectation) })
export type TrialStep = Read<typeof step>

/** A test of definitions: what comes in and when, and what must then hold. */
export const trialSchema = object({
  label: optional(text()),
  /** When it begins. */
  now: text({ description: 'An instant such as 2026-03-01T09:00:00Z or 2026-03-01.' }),
  ...given,
  expect: optional(expectation),
  /** What comes later, in order. */
  steps: optional(list(step)),
})
export type TrialBody = Read<typeof trialSchema>

/** A test with its name and the file it stands in. */
export interface Trial {
  readonly key: string
  readonly file: string
  readonly body: TrialBody
}

/** A row as a test writes it. */
export type GivenRow = Readonly<Record<string, unknown>>

const unitMs = { second: 1000, minute: 60_000, hour: 3_600_000, day: 86_400_000, week: 604_800_000 }

const instantPattern = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?Z)?$/
const laterPattern = /^\+[1-9]\d{0,4} (second|minute|hour|day|week)s?$/

/** Whether this says how much later it is. */
export const isLater = (written: string): boolean => laterPattern.test(written)

/** Whether this is an instant, of a day that there is. */
export function isInstant(written: string): boolean {
  if (!instantPattern.test(written)) return false
  const at = new Date(written)
  // A thirty-first of February would be a day of March.
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(written.slice(0, 10))
}

/** The instant of a moment that is written as such, or as how much later it is. */
export function instantOf(moment: string, before: Date): Date {
  if (!moment.startsWith('+')) return new Date(moment)
  const [count, unit = ''] = moment.slice(1).split(' ')
  // The pattern of the schema allows only these words.
  return new Date(
    before.getTime() + Number(count) * unitMs[unit.replace(/s$/, '') as keyof typeof unitMs],
  )
}

/** The stream that brings rows which a test gives by model object. */
export const streamOf = (object: string): string => `test_${object}`
/** The source that these rows form. */
export const modelSource = 'test'
