import type { Workbench } from '#engine'
import { type Waterfall, weightOf, withModel } from '#matching'
import type { Model } from '#model'
import { leastProbability, type Ruleset } from './definition.ts'
import type { WaterfallAnswer } from './model-api.ts'
import { withRecords } from './model-bench.ts'
import { isTrained } from './model-definition.ts'

/** What weighing one pair needs. */
export interface WeighTools {
  readonly bench: Workbench
  readonly model: Model
  readonly ruleset: Ruleset
}

/**
 * Why two records weigh what they weigh together, by the model of a ruleset; nothing where it has none that learned. What
 * was learned says how frequent values are, so no other record is looked at.
 */
export async function weigh(
  { bench, model, ruleset }: WeighTools,
  { left, right }: { readonly left: string; readonly right: string },
): Promise<WaterfallAnswer | undefined> {
  const { matcher, on, limits } = ruleset
  if (!ruleset.model || !matcher || !isTrained(matcher) || left === right) return undefined
  const { learned, trained, key } = matcher
  const found = await withRecords(
    { bench, on, model, limits, only: [left, right] },
    ({ records }) =>
      withModel(bench, records, { settings: trained.settings, learned }, ({ explain }) =>
        explain(learned, 0, 1),
      ),
  )
  return waterfallAnswer(found, key, ruleset)
}

/** A waterfall as it is told, beside what the ruleset asks for. */
export function waterfallAnswer(
  { falls, ...found }: Waterfall,
  model: string,
  ruleset: Ruleset,
): WaterfallAnswer {
  const least = leastProbability(ruleset)
  return {
    model,
    ...found,
    falls: falls.map((fall) => ({ ...fall, left: [...fall.left], right: [...fall.right] })),
    at_least: least,
    weight_at_least: weightOf(least),
  }
}
