import {
  flag,
  key,
  list,
  object,
  oneOf,
  optional,
  type Read,
  record,
  text,
  whole,
} from '#kernel/read.ts'

/** What can be unified: people, or the organisations that are dealt with. */
export const subjects = ['individual', 'account'] as const
export type Subject = (typeof subjects)[number]

/** How two values are compared. `exact`: equal apart from case and blanks around; `normalised`: equal once tidied up. */
export const comparisons = ['exact', 'normalised'] as const

const criterion = object({
  object: key({
    description: 'The model object: the unified one itself, or one that links to it.',
  }),
  field: key(),
  by: oneOf(comparisons),
})

const matchRule = object({
  key: key(),
  label: optional(text()),
  all: list(criterion, {
    minItems: 1,
    description: 'Every criterion must hold; those on one object, for one and the same row of it.',
  }),
})

/** How one value is chosen from several. */
export const reconcileRules = ['last_updated', 'most_frequent', 'source_priority'] as const
export type ReconcileRule = (typeof reconcileRules)[number]

const reconcile = object({
  default: oneOf(reconcileRules),
  sources: optional(
    list(key(), { description: 'Source systems, the most trusted first; for source_priority.' }),
  ),
  fields: optional(
    record(oneOf(reconcileRules), { description: 'Fields that are chosen in another way.' }),
  ),
  ignore_empty: optional(
    flag({
      description: 'Whether an empty value never wins over one that is there; yes unless set.',
    }),
  ),
})

const identifier = object({
  object: key(),
  field: key(),
  by: optional(oneOf(comparisons)),
  per: optional(
    key({
      description: 'A field that says what kind the value is; values of two kinds never differ.',
    }),
  ),
  most: optional(
    whole({ minimum: 1, description: 'How many of them one person can have; one unless set.' }),
  ),
})

const limits = object({
  block: optional(
    whole({
      minimum: 2,
      description: 'A value that more records share than this says nothing about who they are.',
    }),
  ),
  blocked: optional(
    record(list(text({ minLength: 1 })), {
      description: 'Values that never match, by object.field.',
    }),
  ),
  records_per_profile: optional(
    whole({
      minimum: 2,
      description: 'A link that would make a larger profile than this waits for review.',
    }),
  ),
  identifiers: optional(
    list(identifier, {
      description: 'What one person has no two of: a link between two who differ waits for review.',
    }),
  ),
})

/** Which records are one person (or account), and which of their values is shown. */
export const rulesetSchema = object({
  label: optional(text()),
  on: oneOf(subjects),
  match: list(matchRule, {
    minItems: 1,
    description: 'Two records are one if any of these rules says so.',
  }),
  reconcile,
  limits: optional(limits),
})

export type RulesetDefinition = Read<typeof rulesetSchema>
export type MatchRule = Read<typeof matchRule>
export type Criterion = Read<typeof criterion>
export type Identifier = Read<typeof identifier>
export type Comparison = Criterion['by']

/** A ruleset with its key. */
export interface Ruleset extends RulesetDefinition {
  readonly key: string
}

/** How many records may share a value before it is left out, unless the ruleset says otherwise. */
const usualBlock = 100

/** The largest block that may link records. */
export const largestBlock = ({ limits: of }: RulesetDefinition): number => of?.block ?? usualBlock

/** How many records a profile may have by rules alone, unless the ruleset says otherwise. */
const usualRecords = 500

/** The most records that rules may make one profile. */
export const mostRecords = ({ limits: of }: RulesetDefinition): number =>
  of?.records_per_profile ?? usualRecords

/** How many values of an identifier, by its place in the list, rules may bring together. */
export const mostValues = ({ limits: of }: RulesetDefinition, i: number): number =>
  of?.identifiers?.[i]?.most ?? 1

/** The rule by which the value of a field is chosen. */
export const ruleFor = ({ reconcile: of }: RulesetDefinition, field: string): ReconcileRule =>
  of.fields?.[field] ?? of.default

/** How a criterion is written where it is named: `contact_point_email.email_address`. */
export const addressOf = ({ object: of, field }: Pick<Criterion, 'object' | 'field'>): string =>
  `${of}.${field}`
