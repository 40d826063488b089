import {
  either,
  exactly,
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
import { matchingSettings } from '#matching/definition'
import { subjects } from './definition.ts'
import { blockCounts } from './model-definition.ts'

const count = whole({ minimum: 0 })
const bits = number({ description: 'In bits: one bit is twice as likely.' })

export const modelParams = object({ model: text({ minLength: 1 }) })

/** Where pairs stand that people judged outside of this house: a stream of the lake, and its columns. */
export const labelsSchema = object({
  stream: text({ minLength: 1 }),
  left: text({
    minLength: 1,
    description: 'The column with a record: stream:id, or its key.',
  }),
  right: text({ minLength: 1, description: 'The column with the other record.' }),
  is_match: text({ minLength: 1, description: 'The column that says whether they are one.' }),
})
export type Labels = Read<typeof labelsSchema>

export const trainBody = object({
  seed: optional(text({ minLength: 1, description: 'Another seed draws other random pairs.' })),
  labels: optional(either(labelsSchema, exactly('judged'))),
})
export type TrainBody = Read<typeof trainBody>

export const trainAnswer = object({ job: text({ description: 'The job that trains.' }) })

const level = object({
  level: text({ description: 'In words; the last one is what fits no level.' }),
  m: optional(number({ description: 'How often it is met by records that are one.' })),
  u: optional(number({ description: 'How often it is met by strangers.' })),
  weight: optional(bits),
})

/** A model as people look at it. */
export const modelStatusSchema = object({
  model: text(),
  label: optional(text()),
  on: oneOf(subjects),
  version: whole(),
  used_by: list(text(), { description: 'The rulesets that use it.' }),
  trained: optional(
    object({
      at: text(),
      records: count,
      candidates: count,
      matches: number({ description: 'How many of the candidates are one, as far as is known.' }),
      seed: text(),
      from: oneOf(['records', 'labels']),
      rounds: count,
      log_likelihood: list(number(), { description: 'After every round; it never falls.' }),
    }),
  ),
  prior: optional(
    object({ probability: number(), weight: bits }, { description: 'Before looking at a pair.' }),
  ),
  settings: optional(matchingSettings),
  comparisons: list(
    object({
      column: text(),
      levels: list(level),
      depends_on: optional(
        object(
          {
            columns: list(text()),
            why: text({ description: 'What the records show.' }),
            agreements: list(object({ given: text(), levels: list(level) }), {
              description: 'What its levels weigh where those columns agree.',
            }),
          },
          { description: 'Columns that it follows from, so that it tells less where they agree.' },
        ),
      ),
    }),
  ),
  blocks: list(blockCounts),
  doubts: list(text(), { description: 'Why it should not be trusted without a look.' }),
})
export type ModelStatus = Read<typeof modelStatusSchema>

const share = number({ minimum: 0, maximum: 1 })

/** Settings that the records propose, with what they were made from. */
export const proposalSchema = object({
  settings: matchingSettings,
  profile: object({
    records: count,
    columns: list(
      object({
        column: text(),
        kind: text({ description: 'What the values are, by what the column is called.' }),
        is_list: flag({ description: 'Whether a record may have several values.' }),
        filled: share,
        distinct: count,
        bits: number({ description: 'How much a value tells.' }),
      }),
    ),
  }),
  left_out: list(object({ column: text(), why: text() })),
  blocks: list(blockCounts),
})
export type ProposalAnswer = Read<typeof proposalSchema>

/** Why two records weigh what they weigh together. */
export const waterfallSchema = object({
  model: text(),
  prior: bits,
  falls: list(
    object({
      column: text(),
      level: text({ description: 'differs; or missing, when there is nothing to compare.' }),
      left: list(text(), { description: 'Masked.' }),
      right: list(text(), { description: 'Masked.' }),
      weight: bits,
      given: optional(text({ description: 'What it depends on, and agrees in this pair.' })),
      frequency: number({ description: 'What the rarity of the value adds, or takes.' }),
    }),
  ),
  weight: bits,
  probability: share,
  at_least: number({ description: 'The probability from which on the ruleset links.' }),
  weight_at_least: bits,
})
export type WaterfallAnswer = Read<typeof waterfallSchema>
