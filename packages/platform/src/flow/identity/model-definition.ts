import { list, object, oneOf, optional, type Read, text, whole } from '#kernel/read.ts'
import { type Learned, learnedSchema, matchingSettings } from '#matching/definition'
import { subjects } from './definition.ts'

const count = whole({ minimum: 0 })

/** What a block rule does, as it is remembered: without values. */
export const blockCounts = object({
  rule: text(),
  blocks: count,
  pairs: count,
  largest: count,
  left_out: object({ blocks: count, records: count, pairs: count }),
})

const trained = object({
  at: text(),
  records: count,
  candidates: count,
  seed: text(),
  from: oneOf(['records', 'labels']),
  settings: matchingSettings,
  blocks: list(blockCounts),
})

/** How probable it is that two records are one: what is compared, and what was learned from the records. */
export const matchModelSchema = object({
  label: optional(text()),
  on: oneOf(subjects),
  settings: optional(matchingSettings),
  learned: optional(learnedSchema),
  trained: optional(trained),
})

export type MatchModelDefinition = Read<typeof matchModelSchema>
export type Training = Read<typeof trained>
export type BlockCounts = Read<typeof blockCounts>

/** A report of blocks without the values that it names. */
export const withoutValues = ({
  left_out: { blocks, records, pairs },
  ...of
}: BlockCounts): BlockCounts => ({
  rule: of.rule,
  blocks: of.blocks,
  pairs: of.pairs,
  largest: of.largest,
  left_out: { blocks, records, pairs },
})

/** A model with its key. */
export interface MatchModel extends MatchModelDefinition {
  readonly key: string
}

/** A model that can weigh pairs: with what it learned, and the settings that it learned under. */
export interface TrainedModel extends MatchModel {
  readonly learned: Learned
  readonly trained: Training
}

/** Whether a model has learned. */
export const isTrained = (model: MatchModel): model is TrainedModel =>
  model.learned !== undefined && model.trained !== undefined
