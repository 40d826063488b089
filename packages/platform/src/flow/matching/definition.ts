import {
  either,
  exactly,
  flag,
  key,
  list,
  number,
  object,
  optional,
  type Read,
  record,
  text,
  whole,
} from '#kernel/read.ts'

const portion = either(
  object({ first: whole({ minimum: 1, description: 'That many characters from the left.' }) }),
  object({ before: text({ minLength: 1, description: 'What stands before this sign.' }) }),
  object({ sound: exactly(true) }),
)
/** A portion of a value that can stand for it: its beginning, what stands before a sign, or how it sounds. */
export type Portion = Read<typeof portion>

const level = either(
  object({ is: exactly('exact') }),
  object({ is: exactly('same'), in: key({ description: 'Another column that agrees.' }) }),
  object({ is: exactly('same_portion'), of: portion }),
  object({ is: exactly('swapped'), with: key({ description: 'The column it is confused with.' }) }),
  object({ is: exactly('nickname') }),
  object({ is: exactly('jaro_winkler'), at_least: number({ minimum: 0, maximum: 1 }) }),
  object({ is: exactly('edits'), at_most: whole({ minimum: 1, maximum: 5 }) }),
  object({ is: exactly('day_and_month_swapped') }),
  object({ is: exactly('within_days'), days: whole({ minimum: 1 }) }),
)
/** One way in which two values agree. */
export type Level = Read<typeof level>

const comparison = object({
  column: key(),
  levels: list(level, {
    minItems: 1,
    description:
      'From the best to the worst; what fits none differs, and what is empty says nothing.',
  }),
  frequencies: optional(
    flag({
      description:
        'Whether agreement on a rare value counts more than on a common one; of several values that two records share, the rarest counts.',
    }),
  ),
  depends_on: optional(
    list(key(), {
      description:
        'Compared columns that this one follows from, as an address that is made of names; where they agree it tells less. Found by looking unless given; empty for none.',
    }),
  ),
})
/** How one column is compared. */
export type Comparison = Read<typeof comparison>

const blockRule = object({
  key: key(),
  all: list(object({ column: key(), portion: optional(portion) }), { minItems: 1 }),
})
/** Records that agree on all of these are compared. */
export type BlockRule = Read<typeof blockRule>

/** Everything that people decide about a probabilistic match; what it weighs is learned. */
export const matchingSettings = object({
  comparisons: list(comparison, { minItems: 1 }),
  blocks: list(blockRule, { minItems: 1 }),
  largest_block: optional(
    whole({ minimum: 2, description: 'Larger blocks are reported and left out; 200 unless set.' }),
  ),
})
export type MatchingSettings = Read<typeof matchingSettings>

const shares = list(number({ minimum: 0, maximum: 1 }), { minItems: 1 })

const levelShares = { m: shares, u: shares }

const given = object({
  of: list(whole({ minimum: 0 }), {
    minItems: 1,
    description: 'The places of the comparisons that it depends on.',
  }),
  why: text({ description: 'What speaks for it.' }),
  shares: list(object(levelShares), {
    description:
      'By how many of them are alike: one, and so on up to all; then where all are at their best level.',
  }),
  unknown: optional(
    object(levelShares, {
      description: 'Where none of them is alike, and one has nothing to compare.',
    }),
  ),
})

/** What was learned, whole: with it, a pair weighs the same whatever other records there are. */
export const learnedSchema = object({
  prior: number({
    minimum: 0,
    maximum: 1,
    description: 'The share of matches among all pairs of records.',
  }),
  matches: number({ description: 'How many of the candidates were matches, as far as is known.' }),
  comparisons: list(object({ ...levelShares, given: optional(given) }), {
    description:
      'By comparison, how often each level is met among matches (m) and strangers (u); "none of them" is last. What depends on others has more of them, for pairs that are alike there.',
  }),
  frequencies: record(
    object({
      known: record(number(), { description: 'Bits of the most frequent values, by their hash.' }),
      rare: number({ description: 'Bits of every other value.' }),
    }),
    { description: 'By column, what agreeing on a value adds to the weight of being equal.' },
  ),
  left_out: record(list(text()), {
    description: 'By block rule, hashes of the blocks that were too large.',
  }),
  rounds: whole({ minimum: 0 }),
  converged: flag(),
  log_likelihood: list(number(), {
    description: 'After every round of the last pass; it never falls.',
  }),
})
/** What was learned. */
export type Learned = Read<typeof learnedSchema>
/** How often a level is met, among pairs that are one and among strangers. */
export type LevelShares = Learned['comparisons'][number]
/** What the values of a column add to the weight of being equal. */
export type Frequencies = Learned['frequencies'][string]

/** What a level is called where people read it. */
export function levelName(of: Level): string {
  switch (of.is) {
    case 'same':
      return `same ${of.in}`
    case 'same_portion':
      return `same ${portionName(of.of)}`
    case 'swapped':
      return `swapped with ${of.with}`
    case 'jaro_winkler':
      return `jaro_winkler ≥ ${of.at_least}`
    case 'edits':
      return `edits ≤ ${of.at_most}`
    case 'within_days':
      return `within ${of.days} days`
    default:
      return of.is
  }
}

/** What a portion is called; also part of the names of columns. */
export function portionName(of: Portion): string {
  if ('first' in of) return `first ${of.first}`
  return 'before' in of ? `before ${of.before}` : 'sound'
}
