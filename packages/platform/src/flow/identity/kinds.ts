import { type Catalogue, defineKind } from '#definitions'
import { type ModelObjectDefinition, modelOf, standardModel } from '#model'
import { problemsOfRuleset } from './check.ts'
import { type Ruleset, type RulesetDefinition, rulesetOf, rulesetSchema } from './definition.ts'
import { guarded } from './guards.ts'
import { problemsOfMatchModel, problemsOfModelUse } from './model-check.ts'
import { type MatchModel, type MatchModelDefinition, matchModelSchema } from './model-definition.ts'

const sample = `kind: ruleset
key: people
on: individual
match:
  - key: email_and_name
    all:
      - { object: contact_point_email, field: email_address, by: normalised }
      - { object: individual, field: last_name, by: normalised }
reconcile:
  default: last_updated
`

/** The kind of models: how probable it is that two records are one. */
export const matchModelKind = defineKind({
  kind: 'match_model',
  label: 'Match model',
  schema: matchModelSchema,
  sample: `kind: match_model
key: people_model
on: individual
`,
  check: (body, all, { key }) =>
    problemsOfMatchModel(
      { key, ...body },
      modelOf(all.list<ModelObjectDefinition>('model_object')),
    ),
})

/** The kind of rulesets: who is who, and which value is shown. */
export const rulesetKind = defineKind({
  kind: 'ruleset',
  label: 'Ruleset',
  schema: rulesetSchema,
  sample,
  check: (body, all, { key }) => {
    const model = modelOf(all.list<ModelObjectDefinition>('model_object'))
    const ruleset = rulesetOf(key, body, matchModelsIn(all))
    return [...problemsOfRuleset(ruleset, model, rulesetsIn(all)), ...problemsOfModelUse(ruleset)]
  },
  needs: ({ match = [], model, limits }) => [
    ...match.flatMap(({ all }, i) =>
      all.flatMap(({ object }, j) =>
        standardModel.some(({ key }) => key === object)
          ? []
          : [{ kind: 'model_object', key: object, at: `match[${i}].all[${j}].object` }],
      ),
    ),
    ...(model ? [{ kind: matchModelKind.kind, key: model.use, at: 'model.use' }] : []),
    ...Object.entries({ limits, model }).flatMap(([part, of]) =>
      (of?.clean_streams ?? []).map((key, i) => ({
        kind: 'stream',
        key,
        at: `${part}.clean_streams[${i}]`,
      })),
    ),
  ],
})

/** The rulesets among definitions, each with the model that it uses, as far as definitions alone tell. */
export const rulesetsIn = (
  all: Catalogue,
  models: readonly MatchModel[] = matchModelsIn(all),
): readonly Ruleset[] =>
  all
    .list<RulesetDefinition>('ruleset')
    .map(({ key, body }) => guarded(rulesetOf(key, body, models)))

/** The models among definitions, trained or not. */
const matchModelsIn = (all: Catalogue): readonly MatchModel[] =>
  all.list<MatchModelDefinition>('match_model').map(({ key, body }) => ({ key, ...body }))
