import { either, key, list, object, optional, type Read, text, whole } from '#kernel/read.ts'
import { givenSchema, membershipSchema } from './definition.ts'

/** How many segments can be laid over each other. */
export const mostSets = 12

/** A published segment by its key, or a condition that is not kept. */
const set = either(
  key(),
  object({
    label: text({ minLength: 1 }),
    ...membershipSchema.properties,
    given: optional(givenSchema),
  }),
)

/** What is laid over each other; all of it is about `on`. */
export const overlapBody = object({ on: optional(key()), segments: list(set, { minItems: 1 }) })
export type OverlapBody = Read<typeof overlapBody>

/** Those who are in these sets and in no other, and how many are in all of these whatever else they are in. */
const region = object({
  /** Numbers of sets, from 0, in the order in which they were asked for. */
  sets: list(whole()),
  only: whole(),
  all: whole(),
})
export type Region = Read<typeof region>

/** Regions in which there is anybody, the largest first. */
export const overlapAnswer = object({
  sets: list(object({ segment: optional(text()), label: text(), size: whole() })),
  /** How many are in any of them. */
  members: whole(),
  regions: list(region),
})
export type OverlapAnswer = Read<typeof overlapAnswer>
