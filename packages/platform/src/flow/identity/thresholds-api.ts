import { flag, list, number, object, optional, type Read, text, whole } from '#kernel/read.ts'
import { truthSchema } from './api.ts'

const count = whole({ minimum: 0 })
const share = number({ minimum: 0, maximum: 1 })
const bits = number({ description: 'In bits: one bit is twice as likely.' })

const quality = { precision: share, recall: share, f1: share }

const threshold = object({
  weight: bits,
  probability: share,
  found: count,
  right: count,
  ...quality,
  b_cubed: optional(
    object(quality, {
      description:
        'Of the groups that the model would make at this threshold, with a stream of answers and from 0 bits on: lower ones no ruleset may have.',
    }),
  ),
})

export const thresholdsBody = object({
  truth: optional(truthSchema),
  labels: optional(
    flag({
      description:
        'Whether pairs are rated by what people judged, in place of a stream of answers.',
    }),
  ),
  step: optional(
    number({ minimum: 0.05, maximum: 10, description: 'Bits between thresholds; 0.5 unless set.' }),
  ),
})
export type ThresholdsBody = Read<typeof thresholdsBody>

const tested = object({
  weight: bits,
  probability: share,
  unlinkable: object({
    records: count,
    share,
  }),
})

/** What a ruleset's model would find at each threshold. */
export const thresholdsSchema = object({
  model: text(),
  at_least: number(),
  weight_at_least: bits,
  records: count,
  candidates: count,
  pairs: optional(
    object({
      true: whole({ description: 'Pairs that are one, as far as answers are known.' }),
      judged: optional(whole({ minimum: 0, description: 'By labels: pairs that were judged.' })),
      thresholds: list(threshold, { description: 'From the highest weight down.' }),
      best: optional(threshold),
    }),
  ),
  unlinkable: object(
    {
      records: count,
      share,
      by_weight: list(tested),
    },
    {
      description:
        'Records that could not reach the threshold even if they were met twice: too little is filled in.',
    },
  ),
})
export type Thresholds = Read<typeof thresholdsSchema>

/** How large profiles are. */
export const sizesSchema = object({
  profiles: count,
  records: count,
  sizes: list(object({ records: count, profiles: count })),
  outliers: list(
    object({
      profile: text(),
      records: count,
      deviations: number({ description: 'Standard deviations above the mean.' }),
    }),
    { description: 'Profiles much larger than the others; the largest first.' },
  ),
})
export type Sizes = Read<typeof sizesSchema>
