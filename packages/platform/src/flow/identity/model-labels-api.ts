import {
  flag,
  list,
  number,
  object,
  oneOf,
  optional,
  type Read,
  text,
  whole,
} from '#kernel/read.ts'
import { namedRecord } from './api.ts'
import { subjects } from './definition.ts'

const recordWords = { minLength: 1, description: 'stream:id, or the key of a record' }
const why = text({ minLength: 1, maxLength: 2000, description: 'For those who come after.' })

/** Pairs that people judged. Unlike decisions they bind no run: models learn from them. */
export const judgeBody = object({
  on: optional(oneOf(subjects)),
  labels: list(
    object({
      left: text(recordWords),
      right: text(recordWords),
      is_match: flag({ description: 'Whether the two are one.' }),
      why: optional(why),
    }),
    { minItems: 1 },
  ),
})
export type JudgeBody = Read<typeof judgeBody>

/** One judgement; of several about one pair the last that stands counts. */
export const labelSchema = object({
  number: whole({ minimum: 1 }),
  on: oneOf(subjects),
  left: namedRecord,
  right: namedRecord,
  is_match: flag(),
  why: optional(text()),
  by: text(),
  at: text(),
  withdrawn: optional(object({ why: text(), by: text(), at: text() })),
})
export type Label = Read<typeof labelSchema>

export const labelsQuery = object({
  on: optional(oneOf(subjects)),
  limit: optional(whole({ minimum: 1, maximum: 1000, description: '100 unless given.' })),
  before: optional(whole({ minimum: 1, description: 'Only labels with a smaller number.' })),
})
export type LabelsQuery = Read<typeof labelsQuery>

const share = number({ minimum: 0, maximum: 1 })
const count = whole({ minimum: 0 })

/** How good the profiles are, by the pairs that people judged. What is drawn around a threshold says nothing of all pairs. */
export const labelMeasureSchema = object({
  judged: count,
  unknown: whole({
    minimum: 0,
    description: 'Judged pairs whose records are not unified (any more).',
  }),
  matches: whole({ minimum: 0, description: 'Pairs that were judged to be one.' }),
  found: whole({ minimum: 0, description: 'Judged pairs that are in one profile.' }),
  right: whole({ minimum: 0, description: 'Those of them that were judged to be one.' }),
  precision: share,
  recall: share,
  f1: share,
})
export type LabelMeasure = Read<typeof labelMeasureSchema>

export const withdrawLabelsBody = object({
  labels: list(whole({ minimum: 1 }), { minItems: 1 }),
  why,
})
export type WithdrawLabelsBody = Read<typeof withdrawLabelsBody>
