import {
  anything,
  key,
  list,
  number,
  object,
  oneOf,
  optional,
  type Read,
  record,
  text,
  whole,
} from '#kernel/read.ts'

export const resolveParams = object({ ruleset: key() })

/** One record, as rows of model objects. */
export const resolveBody = object({
  rows: record(list(record(anything())), {
    description:
      'What is known of the record, by model object: its own row, and rows that belong to it. Links need not be given.',
  }),
  space: optional(text({ minLength: 1, description: 'Its data space; "default" unless set.' })),
  record: optional(
    object(
      {
        source: text({ minLength: 1 }),
        id: text({ minLength: 1 }),
        stream: optional(
          text({
            minLength: 1,
            description:
              'Its stream; where nobody stands twice in it, the record is not joined with another of it.',
          }),
        ),
      },
      {
        description:
          'Its name, if it may be there already: then the rows are taken for more of the same record.',
      },
    ),
  ),
})
export type ResolveBody = Read<typeof resolveBody>

/** Why a rule does not join the record with others. */
export const grounds = [
  'kept_apart',
  'clean_source',
  'identifiers_differ',
  'too_many_records',
  'too_many_share',
  'blocked_value',
  'placeholder',
] as const
export type Ground = (typeof grounds)[number]

const by = object({
  rule: text(),
  label: optional(text()),
  profile: text(),
  records: whole({ minimum: 1, description: 'How many of its records share the value.' }),
})

const refused = object({
  reason: oneOf(grounds),
  rule: optional(text()),
  about: text({ description: 'The field or the identifier that it is about; may be blank.' }),
  profile: optional(text({ description: 'The profile that the record was not joined with.' })),
})

/** Which profile a record belongs to, and why. */
export const resolvedSchema = object({
  state: oneOf(['known', 'new', 'review'], {
    description:
      'known: it belongs to `profile`; new: it would be a profile of its own; review: rules join it with others, and a guard or a decision stands against all of them.',
  }),
  profile: optional(text()),
  by: list(by),
  would_join: optional(
    list(text(), { description: 'Profiles that become one through this record.' }),
  ),
  refused: optional(list(refused)),
  left_out: optional(list(text(), { description: 'Rules, and a model, that only a run can ask.' })),
  as_of: whole({ description: 'The position of the published profiles that were looked at.' }),
  took_ms: number(),
})
export type Resolved = Read<typeof resolvedSchema>
