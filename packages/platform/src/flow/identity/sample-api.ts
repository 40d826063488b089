import { list, number, object, oneOf, optional, type Read, text, whole } from '#kernel/read.ts'
import { recordSchema } from './api.ts'
import { waterfallSchema } from './model-api.ts'

const bits = number({ description: 'In bits: one bit is twice as likely.' })

export const sampleQuery = object({
  count: optional(whole({ minimum: 1, maximum: 100, description: '20 unless given.' })),
  among: optional(
    oneOf(['doubtful', 'all'], {
      description:
        'doubtful (unless given): around the threshold, from which models learn most; all: any candidate, each as likely, for measuring.',
    }),
  ),
  seed: optional(text({ minLength: 1, description: 'Another seed draws other pairs.' })),
})
export type SampleQuery = Read<typeof sampleQuery>

/** Pairs that are worth judging: unless all are drawn from, because the model is least sure of them. */
export const sampleSchema = object({
  model: text(),
  at_least: number({ description: 'The probability from which on the ruleset links.' }),
  weight_at_least: bits,
  strata: list(object({ from: bits, to: bits, pairs: whole({ minimum: 0 }) }), {
    description: 'How many candidates there are around the threshold, by weight.',
  }),
  pairs: list(object({ left: recordSchema, right: recordSchema, model: waterfallSchema }), {
    description:
      'In turns from each stratum, the nearest to the threshold first, unless they are drawn from all; values masked.',
  }),
})
export type Sample = Read<typeof sampleSchema>
