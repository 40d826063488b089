import { type Learned, patternWeight, probabilityOf } from '#matching'
import { levelName, type MatchingSettings } from '#matching/definition'
import type { Ruleset } from './definition.ts'

/** What stands in the place of a rule where a model links. No rule can be called so. */
const modelRule = (model: string): string => `model ${model}`

/** Whether links of this name are a model's: pairs, each with a weight, and without values. */
export const isModelRule = (rule: string): boolean => rule.startsWith('model ')

/** The rule that stands for the model of a ruleset; nothing where it uses none. */
export const modelRuleOf = ({ model }: Ruleset): string | undefined =>
  model ? modelRule(model.use) : undefined

/** How a pair agrees, in words: `first_name exact, birth_date differs`. What there is nothing to compare of is not told. */
export const wordsOf = (
  { comparisons }: Pick<MatchingSettings, 'comparisons'>,
  digits: readonly number[],
): string =>
  comparisons
    .flatMap(({ column, levels }, i) => {
      const digit = digits[i] ?? 0
      if (digit === 0) return []
      const level = levels[digit - 1]
      return [`${column} ${level ? levelName(level) : 'differs'}`]
    })
    .join(', ')

/** The weight that the evidence of a model tells, with the probability that it stands for; nothing for other evidence. */
export function weightIn(of: {
  readonly rule: string
  readonly matched: string
}): { weight: number; probability: number } | undefined {
  if (!isModelRule(of.rule)) return undefined
  return weighing(Number.parseFloat(of.matched))
}

/** A weight with the probability that it stands for. */
export const weighing = (weight: number): { weight: number; probability: number } => ({
  weight,
  probability: probabilityOf(weight),
})

/** What a level weighs, in bits. */
export const bitsOf = (m: number, u: number): number => Math.log2(m / u)

/** What is known before looking at a pair, in bits. */
export const priorBits = (learned: Learned): number => patternWeight(learned, [])
