import { type Catalogue, defineKind } from '#definitions'
import { type ModelObjectDefinition, modelOf, standardModel } from '#model'
import { problemsOfRuleset } from './check.ts'
import { type Ruleset, type RulesetDefinition, rulesetSchema } from './definition.ts'

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

/** The kind of rulesets: who is who, and which value is shown. */
export const rulesetKind = defineKind({
  kind: 'ruleset',
  label: 'Ruleset',
  schema: rulesetSchema,
  sample,
  check: (body, all, { key }) => {
    const model = modelOf(all.list<ModelObjectDefinition>('model_object'))
    const others = all.list<RulesetDefinition>('ruleset')
    return problemsOfRuleset(
      { key, ...body },
      model,
      others.map((other) => ({ key: other.key, ...other.body })),
    )
  },
  needs: ({ match }) =>
    match.flatMap(({ all }, i) =>
      all.flatMap(({ object }, j) =>
        standardModel.some(({ key }) => key === object)
          ? []
          : [{ kind: 'model_object', key: object, at: `match[${i}].all[${j}].object` }],
      ),
    ),
})

/** The rulesets among definitions. */
export const rulesetsIn = (all: Catalogue): readonly Ruleset[] =>
  all.list<RulesetDefinition>('ruleset').map(({ key, body }) => ({ key, ...body }))
