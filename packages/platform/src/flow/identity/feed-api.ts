import { list, object, oneOf, optional, type Read, text, whole } from '#kernel/read.ts'
import { decisionSchema } from './api.ts'
import { subjects } from './definition.ts'

export const feedQuery = object({
  after: optional(
    text({ description: 'Where the last answer ended ("next"); from the beginning without it.' }),
  ),
  limit: optional(whole({ minimum: 1, maximum: 10_000, description: '1,000 unless set.' })),
})

export type FeedQuery = Read<typeof feedQuery>

const told = oneOf(
  ['created', 'merged', 'split', 'retired', 'members', 'linked', 'kept_apart', 'withdrawn'],
  { description: 'What became of a profile; or what a person decided about two records.' },
)

/** One thing that happened to a profile, or one decision, as it is told to whoever follows. */
export const feedEvent = object({
  id: text({ description: 'The same whenever it is told again.' }),
  kind: told,
  on: oneOf(subjects),
  at: text(),
  position: optional(whole({ description: 'Of the run that published it, in order of arrival.' })),
  profile: optional(text()),
  other: optional(
    text({ description: 'merged: the one that took it in; split: the one it was part of' }),
  ),
  decision: optional(decisionSchema),
})
export type FeedEvent = Read<typeof feedEvent>

/** What happened after a place, in order. */
export const feedSchema = object({
  events: list(feedEvent),
  next: text({ description: 'Ask for what comes after it.' }),
})
export type Feed = Read<typeof feedSchema>
