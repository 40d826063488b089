import { list, object, oneOf, optional, type Read, text } from '#kernel/read.ts'

const name = text({ minLength: 1, description: 'The name of a column of the answer.' })

/** A question in SQL that people keep, and how its answer is drawn. */
export const savedQuerySchema = object({
  label: optional(text()),
  about: optional(text()),
  sql: text({ minLength: 1 }),
  chart: optional(
    object({
      type: oneOf(['bar', 'line']),
      x: name,
      y: list(name, { minItems: 1 }),
      /** Its values make one row of bars, or one line, each. */
      series: optional(name),
    }),
  ),
})
export type SavedQuery = Read<typeof savedQuerySchema>
