import { list, object, optional, type Read, text, whole } from '#kernel/read.ts'

/** How the tick gets on. */
export const tickStatus = object({
  rounds: whole(),
  /** Everything that had come by then is in the members of live segments. */
  as_of: optional(text()),
  live: whole({ description: 'Segments that are kept live.' }),
  /** The last round that had something to do. */
  last: optional(
    object({
      at: text(),
      profiles: whole(),
      segments: whole(),
      ms: whole(),
      stages: list(object({ stage: text(), ms: whole() })),
    }),
  ),
  /** How many members full runs found in the wrong place, in all. */
  differences: whole(),
  trouble: optional(text()),
})
export type TickStatus = Read<typeof tickStatus>

/** What comparing live members with full runs found. */
export const checkAnswer = object({
  differences: whole({
    description: 'Members that were in the wrong place and have been put right.',
  }),
})
