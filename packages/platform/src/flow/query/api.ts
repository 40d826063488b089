import { list, object, optional, text, whole } from '#kernel/read.ts'

/** How many rows an answer has unless said otherwise, and how many at most. */
export const rowLimits = { usual: 1000, most: 10_000 }

/** The body of `POST /query`. */
export const queryBody = object({
  sql: text({ description: 'One SELECT over the relations of the catalogue.' }),
  limit: optional(
    whole({
      minimum: 1,
      maximum: rowLimits.most,
      description: `How many rows to give at most; ${rowLimits.usual} unless said otherwise.`,
    }),
  ),
})

/** The body of `POST /query/check`. */
export const checkBody = object({ sql: text() })

/** The answer of `GET /relations`. */
export const relationsAnswer = list(
  object({
    name: text(),
    label: optional(text()),
    columns: list(object({ name: text(), type: text() })),
  }),
)
