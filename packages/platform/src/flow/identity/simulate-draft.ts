import { readFiles } from '#definitions'
import { joinPlace, type Problem, refuseIfAny } from '#kernel/fault.ts'
import { didYouMean } from '#kernel/near.ts'
import { read } from '#kernel/read.ts'
import type { Model } from '#model'
import { problemsOfRuleset } from './check.ts'
import { type Ruleset, type RulesetDefinition, rulesetOf, rulesetSchema } from './definition.ts'
import { identityFaults } from './faults.ts'
import { guarded } from './guards.ts'
import { problemsOfModelUse } from './model-check.ts'
import type { MatchModel } from './model-definition.ts'
import { trainedModelOf } from './model-links.ts'
import type { SimulateBody } from './simulate-api.ts'

/** What a draft is read against. */
export interface DraftGround {
  /** The rulesets as they are defined at this moment. */
  readonly rulesets: readonly Ruleset[]
  readonly models: readonly MatchModel[]
  readonly model: Model
}

/** A ruleset as it would be; refused with everything that is wrong with it. Without a body, as it is. */
export function draftOf(
  key: string,
  { ruleset: given, file, at_least }: SimulateBody,
  { rulesets, models, model }: DraftGround,
): Ruleset {
  const body = file === undefined ? given : bodyIn(key, file)
  const draft = body ? guarded(rulesetOf(key, body, models)) : rulesets.find((of) => of.key === key)
  if (!draft) {
    const near = didYouMean(
      key,
      rulesets.map((of) => of.key),
    )
    throw identityFaults.unknown_ruleset({ ruleset: key, near })
  }
  const problems: readonly Problem[] = [
    ...[
      ...problemsOfRuleset(draft, model, rulesets),
      ...problemsOfModelUse(draft),
      ...unknownModel(draft, models),
    ].map((problem) => ({ ...problem, at: joinPlace('ruleset', problem.at) })),
    ...(at_least !== undefined && !draft.model
      ? identityFaults.no_model({ ruleset: key }, { at: 'at_least' }).problems
      : []),
  ]
  refuseIfAny(problems)
  trainedModelOf(draft)
  if (at_least === undefined || !draft.model) return draft
  return { ...draft, model: { ...draft.model, at_least } }
}

function bodyIn(key: string, text: string): RulesetDefinition {
  const { documents, problems } = readFiles([{ file: 'ruleset.yaml', text }])
  refuseIfAny(problems)
  const found = documents.find((of) => of.kind === 'ruleset' && of.key === key)
  if (!found) throw identityFaults.not_in_file({ ruleset: key }, { at: 'file' })
  return read(rulesetSchema, found.body, 'ruleset')
}

function unknownModel(
  { model, matcher }: Ruleset,
  models: readonly MatchModel[],
): readonly Problem[] {
  if (!model || matcher) return []
  const near = didYouMean(
    model.use,
    models.map(({ key }) => key),
  )
  return identityFaults.unknown_model({ model: model.use, near }, { at: 'model.use' }).problems
}
