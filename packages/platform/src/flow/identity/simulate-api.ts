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
import { recordSchema, refusals, runSchema } from './api.ts'
import { rulesetSchema, subjects } from './definition.ts'

const count = whole({ minimum: 0 })

/** How a ruleset would be: another body, another threshold of its model, or both; neither is a run as things stand. */
export const simulateBody = object({
  ruleset: optional(rulesetSchema),
  file: optional(
    text({
      description: 'Instead of a body: the text of a definition file with the ruleset in it.',
    }),
  ),
  at_least: optional(
    number({
      minimum: 0.5,
      maximum: 0.999999,
      description: 'How probable a match of the model would have to be to become a link.',
    }),
  ),
})
export type SimulateBody = Read<typeof simulateBody>

export const simulateAnswer = object({ job: text({ description: 'The job that simulates.' }) })

const link = object({
  rule: text(),
  label: optional(text()),
  matched: text({ description: 'Masked.' }),
  weight: optional(number({ description: 'Of a link of a model: what it weighs, in bits.' })),
  probability: optional(number({ minimum: 0, maximum: 1 })),
  left: recordSchema,
  right: recordSchema,
})

const part = object({ profile: text(), records: count })

const joins = object({
  pairs: whole({ minimum: 0, description: 'Published profiles that would come to another one.' }),
  items: list(
    object({
      left: part,
      right: part,
      moves: whole({
        description: 'How many records of the right one would come to the left one.',
      }),
      becomes: text({ description: 'The id that they would have.' }),
      by: list(link, { description: 'What would tie those records to the others.' }),
    }),
  ),
})

const splits = object({
  profiles: count,
  items: list(
    object({
      ...part.properties,
      parts: whole({ description: 'Into how many parts it would fall.' }),
      into: list(part, { description: 'The largest of them.' }),
      without: list(
        object({
          ...link.properties,
          reason: optional(oneOf(refusals)),
        }),
        { description: 'What ties them now and would no longer, or would be refused.' },
      ),
    }),
  ),
})

const segmentForecast = object({
  segment: text(),
  label: text(),
  members: whole({ minimum: 0, description: 'Published at this moment.' }),
  foretold: optional(
    object({
      members: count,
      entered: count,
      left: count,
      moved: whole({ description: 'Members who stay, under the id of who took them in.' }),
    }),
  ),
  unknown: optional(text({ description: 'Why it cannot be foretold.' })),
})
export type SegmentForecast = Read<typeof segmentForecast>

const figures = object({
  records: count,
  profiles: count,
  consolidation_rate: number({ description: '1 - profiles / records' }),
})

/** What a run would publish, told without publishing anything. Counts are whole; items are the first of what is counted. */
export const simulationSchema = object({
  ruleset: text(),
  on: oneOf(subjects),
  at_least: optional(number({ description: 'Where a model is used: its threshold.' })),
  position: whole({ description: 'The position of the published profiles that this builds upon.' }),
  duration_ms: count,
  changes: flag({
    description: 'Whether any profile would be made, changed in its records, or end.',
  }),
  before: figures,
  after: figures,
  created: count,
  merged: count,
  split: count,
  retired: object({ profiles: count, items: list(part) }),
  held: optional(
    object(
      {
        changed: whole({
          description: 'Published profiles that would be merged, split or retired.',
        }),
        published: count,
        most: whole({ description: 'How many of them may change unasked: limits.most_changed.' }),
      },
      { description: 'Where the run would be held back until somebody confirms it.' },
    ),
  ),
  strangers: optional(
    object(
      {
        rule: text(),
        fields: list(text(), { description: 'What those pairs agree in none of.' }),
        pairs: whole({ minimum: 0, description: 'How many of its pairs were looked at.' }),
        strangers: count,
        matched: text({ description: 'What two of them share, masked.' }),
      },
      {
        description:
          'Where the run would be held back until somebody confirms it, because a rule takes strangers for one.',
      },
    ),
  ),
  shared: optional(
    list(
      object({
        rule: text(),
        values: whole({ minimum: 0, description: 'How many values do so.' }),
        records: count,
        examples: list(
          object({
            matched: text({ description: 'The value, masked.' }),
            records: count,
            people: whole({ minimum: 0, description: 'How many people these are at least.' }),
          }),
          { description: 'Those that the most people share.' },
        ),
      }),
      {
        description:
          'Rules that would tie five people or more, of other names and birth dates, by an e-mail address or telephone number that they share.',
      },
    ),
  ),
  joins,
  splits,
  ids: object(
    {
      records: whole({
        minimum: 0,
        description: 'Records that would be in a profile of another id.',
      }),
      items: list(object({ from: text(), to: text(), records: count })),
    },
    { description: 'The most records first.' },
  ),
  refused: count,
  for_review: whole({
    minimum: 0,
    description: 'Links that would wait, those that wait now among them.',
  }),
  review: object(
    {
      pairs: count,
      links: count,
      no_longer: whole({ minimum: 0, description: 'Links that wait now and would not.' }),
      items: list(
        object({
          left: part,
          right: part,
          reason: oneOf(refusals),
          about: optional(text({ description: 'The identifier whose values differ.' })),
          links: count,
          examples: list(link),
        }),
      ),
    },
    { description: 'What would newly wait for review.' },
  ),
  rules: runSchema.properties.rules,
  segments: list(segmentForecast, {
    description: 'What a publish of each published segment would do at this moment.',
  }),
})
export type Simulation = Read<typeof simulationSchema>
export type SimulatedLink = Read<typeof link>
