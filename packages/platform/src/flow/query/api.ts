import {
  anything,
  either,
  exactly,
  flag,
  list,
  object,
  optional,
  type Read,
  record,
  text,
  whole,
} from '#kernel/read.ts'

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

/** The answer of `POST /query`. Integers beyond 2^53 are text of digits. */
export const queryAnswer = object({
  columns: list(object({ name: text(), type: text() })),
  rows: list(record(anything())),
  truncated: flag({ description: 'There are more rows than were asked for.' }),
  reads: list(object({ relation: text(), columns: either(list(text()), exactly('all')) })),
  tookMs: whole(),
})

export type QueryAnswer = Read<typeof queryAnswer>

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
export type Relations = Read<typeof relationsAnswer>

/** The answer of `GET /query-functions`. */
export const functionsAnswer = list(
  object({ name: text(), family: text({ description: 'Such as `text`, `date` or `aggregate`.' }) }),
)
export type QueryFunctions = Read<typeof functionsAnswer>
