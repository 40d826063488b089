import {
  either,
  flag,
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
import { usualThreshold } from '#matching'
import type { MatchModel } from './model-definition.ts'

/** What can be unified: people, or the organisations that are dealt with. */
export const subjects = ['individual', 'account'] as const
export type Subject = (typeof subjects)[number]

const equalities = ['exact', 'normalised'] as const

/**
 * How two values are compared. `exact`: equal apart from case and blanks around; `normalised`: equal once tidied up;
 * `fuzzy`: alike, in the way that fits the field.
 */
export const comparisons = [...equalities, 'fuzzy'] as const

/** How much two values may differ and still be alike. */
export const precisions = ['low', 'medium', 'high'] as const
export type Precision = (typeof precisions)[number]

const criterion = object({
  object: key({
    description: 'The model object: the unified one itself, or one that links to it.',
  }),
  field: key(),
  by: oneOf(comparisons),
  precision: optional(
    oneOf(precisions, {
      description: 'How alike fuzzy values must be; medium unless set.',
    }),
  ),
  per: optional(
    key({
      description:
        'A field of the same row that must agree too, such as the type of an identification number.',
    }),
  ),
})

/** What becomes of a block above the limit: nobody is linked by it, or its oldest records alone. */
const largerBlocks = ['leave_out', 'cap'] as const

const matchRule = object({
  key: key(),
  label: optional(text()),
  all: list(criterion, {
    minItems: 1,
    description: 'Every criterion must hold; those on one object, for one and the same row of it.',
  }),
  block: optional(
    whole({
      minimum: 2,
      description:
        'What more records share by this rule than this links nobody; as in `limits` unless set.',
    }),
  ),
  larger: optional(
    oneOf(largerBlocks, {
      description:
        'What becomes of what more records share: it links nobody (`leave_out`, unless set), or only as many of them as `block` says, the oldest (`cap`).',
    }),
  ),
})

/** How one value is chosen from several. */
export const reconcileRules = ['last_updated', 'most_frequent', 'source_priority'] as const
export type ReconcileRule = (typeof reconcileRules)[number]

const sources = optional(
  list(key(), { description: 'Source systems, the most trusted first; for source_priority.' }),
)

const fieldChoice = object({
  rule: optional(oneOf(reconcileRules)),
  sources,
  ignore_empty: optional(flag()),
})

const reconcile = object({
  default: oneOf(reconcileRules),
  sources,
  fields: optional(
    record(either(oneOf(reconcileRules), fieldChoice), {
      description:
        'Fields that are chosen in another way: a rule, or what differs from the rest. Contact points are all kept; how they are ranked is set by `contact_point_email.email_address`, `contact_point_phone.telephone_number` and `contact_point_address.address_line_1`.',
    }),
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
  by: optional(oneOf(equalities)),
  per: optional(
    key({
      description: 'A field that says what kind the value is; values of two kinds never differ.',
    }),
  ),
  only: optional(
    list(text({ minLength: 1 }), {
      minItems: 1,
      description: 'The kinds that this is said of; all of them unless set.',
    }),
  ),
  most: optional(
    whole({
      minimum: 1,
      description: 'How many of them one person (or account) can have; one unless set.',
    }),
  ),
})

const streams = (description: string) => optional(list(key(), { description }))

const limits = object({
  usual: optional(
    flag({
      description:
        'Whether the usual guards hold beside those given here: placeholders never match, and people with two logins, or organisations with two legal entity identifiers (LEI), are never one; yes unless set.',
    }),
  ),
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
  most_changed: optional(
    number({
      minimum: 0.01,
      maximum: 1,
      description:
        'A run that would merge, split or retire more than this share of the published profiles waits until somebody confirms it; half of them unless set, and never fewer than 1,000.',
    }),
  ),
  identifiers: optional(
    list(identifier, {
      description:
        'What one person (or account) has no two of: a link between two who differ waits for review.',
    }),
  ),
  clean_streams: streams(
    'Streams in which nobody stands twice: rules and models never bring two records of one together; such a link waits for review.',
  ),
})

const modelUse = object({
  use: key({ description: 'The match_model that weighs pairs of records.' }),
  at_least: optional(
    number({
      minimum: 0.5,
      maximum: 0.999999,
      description: 'How probable a match must be to become a link; 0.9 unless set.',
    }),
  ),
  split: optional(
    flag({
      description:
        'Whether a group is taken apart where its parts weigh too little together; yes unless set.',
    }),
  ),
  clean_streams: streams('Streams in which nobody stands twice, as in `limits`.'),
})

/** Which records are one person (or account), and which of their values is shown. */
export const rulesetSchema = object({
  label: optional(text()),
  on: oneOf(subjects),
  match: optional(
    list(matchRule, {
      minItems: 1,
      description: 'Two records are one if any of these rules says so.',
    }),
  ),
  model: optional(modelUse),
  reconcile,
  limits: optional(limits),
})

export type RulesetDefinition = Read<typeof rulesetSchema>
export type MatchRule = Read<typeof matchRule>
export type Criterion = Read<typeof criterion>
export type Identifier = Read<typeof identifier>
export type Comparison = Criterion['by']

/** A ruleset with its key, its rules (none, where a model does all) and the model that it uses. */
export interface Ruleset extends RulesetDefinition {
  readonly key: string
  readonly match: MatchRule[]
  /** The model that it uses, where there is one of that key. */
  readonly matcher?: MatchModel
}

/** A definition as the room works with it. */
export const rulesetOf = (
  key: string,
  { match = [], ...body }: RulesetDefinition,
  models: readonly MatchModel[] = [],
): Ruleset => {
  const matcher = models.find((model) => model.key === body.model?.use)
  return { key, ...body, match, ...(matcher ? { matcher } : {}) }
}

/** The probability from which on the model's pairs are links. */
export const leastProbability = ({ model }: RulesetDefinition): number =>
  model?.at_least ?? usualThreshold

/** How many records may share a value before it is left out, unless the ruleset says otherwise. */
const usualBlock = 100

/** The largest block of a rule that may link records; without a rule, that of all which say nothing else. */
export const largestBlock = (
  { limits: of }: RulesetDefinition,
  rule?: Pick<MatchRule, 'block'>,
): number => rule?.block ?? of?.block ?? usualBlock

/** Whether the oldest records of a block above the limit are linked even so. */
export const isCapping = ({ larger }: MatchRule): boolean => larger === 'cap'

/** How many records a profile may have by rules alone, unless the ruleset says otherwise. */
const usualRecords = 500

/** The most records that rules may make one profile. */
export const mostRecords = ({ limits: of }: RulesetDefinition): number =>
  of?.records_per_profile ?? usualRecords

/** How many profiles may change their id in a run, however few there are. */
const fewChanged = 1000

/** How many of the published profiles a run may merge, split or retire before somebody has to confirm it. */
export const mostChanged = (of: RulesetDefinition, published: number): number =>
  Math.max(fewChanged, Math.floor(published * shareChanged(of)))

/** The share of the published profiles that a run may change. */
export const shareChanged = ({ limits: of }: RulesetDefinition): number => of?.most_changed ?? 0.5

/** How many values of an identifier, by its place in the list, rules may bring together. */
export const mostValues = ({ limits: of }: RulesetDefinition, i: number): number =>
  of?.identifiers?.[i]?.most ?? 1

/** The streams in which nobody stands twice. */
export const cleanStreams = ({ limits: of, model }: RulesetDefinition): readonly string[] => [
  ...new Set([...(of?.clean_streams ?? []), ...(model?.clean_streams ?? [])]),
]

/** How the value of a field is chosen. */
export interface Choice {
  readonly rule: ReconcileRule
  readonly sources: readonly string[]
  readonly ignoresEmpty: boolean
}

/** How contact points of a person are named where it is said how they are ranked: by what tells one from another. */
export const rankedContacts = [
  'contact_point_email.email_address',
  'contact_point_phone.telephone_number',
  'contact_point_address.address_line_1',
] as const

/** How the value of a field is chosen, or contact points are ranked: as the field says, and otherwise as all are. */
export function choiceFor(
  { reconcile: of }: Pick<RulesetDefinition, 'reconcile'>,
  field: string,
): Choice {
  const own = of.fields?.[field] ?? {}
  const { rule, sources, ignore_empty } = typeof own === 'string' ? { rule: own } : own
  return {
    rule: rule ?? of.default,
    sources: sources ?? of.sources ?? [],
    ignoresEmpty: ignore_empty ?? of.ignore_empty ?? true,
  }
}

/** What a rule asks for: its criteria, and the kinds that must agree with them. */
export const askedBy = ({ all }: MatchRule): readonly Criterion[] => [
  ...new Map(
    all
      .flatMap((of): Criterion[] =>
        of.per === undefined ? [of] : [{ object: of.object, field: of.per, by: 'exact' }, of],
      )
      .map((of) => [JSON.stringify(of), of]),
  ).values(),
]

/** Whether a rule asks for likeness somewhere; otherwise a record is found again by the keys of its values. */
export const asksForLikeness = ({ all }: MatchRule): boolean => all.some(({ by }) => by === 'fuzzy')

/** How alike values must be for a fuzzy criterion. */
export const precisionOf = ({ precision }: Criterion): Precision => precision ?? 'medium'

/** How a criterion is written where it is named: `contact_point_email.email_address`. */
export const addressOf = ({ object: of, field }: Pick<Criterion, 'object' | 'field'>): string =>
  `${of}.${field}`
