import { type FaultPlace, joinPlace, type Problem } from '#kernel/fault.ts'
import { didYouMean } from '#kernel/near.ts'
import {
  type Model,
  type ModelFieldDefinition,
  type ModelObject,
  modelFaults,
  unknownField,
} from '#model'
import { linkTo } from './contacts.ts'
import { addressOf, type Criterion, choiceFor, type Ruleset, rankedContacts } from './definition.ts'
import { identityFaults } from './faults.ts'
import { formOf } from './forms.ts'
import { fuzzyKindOf } from './fuzzy.ts'
import { modelColumns } from './model-columns.ts'
import { reservedColumns } from './tables.ts'
import { tooWeak } from './weak.ts'

/** Everything that is wrong with a ruleset, each with its place; `others` are the rulesets that stand beside it. */
export function problemsOfRuleset(
  ruleset: Ruleset,
  model: Model,
  others: readonly Ruleset[] = [],
): readonly Problem[] {
  return [
    ...(reservedKeys.includes(ruleset.key)
      ? identityFaults.reserved_key({ key: ruleset.key }, at('key')).problems
      : []),
    ...problemsOfRules(ruleset, model),
    ...problemsOfReconciliation(ruleset, model),
    ...problemsOfBlocked(ruleset, model),
    ...problemsOfIdentifiers(ruleset, model),
    ...reservedColumns
      .filter((field) => Object.hasOwn(model.get(ruleset.on).fields, field))
      .flatMap(
        (field) => identityFaults.reserved_field({ object: ruleset.on, field }, at('on')).problems,
      ),
    ...others
      .filter(({ key, on }) => key !== ruleset.key && on === ruleset.on)
      .flatMap(({ key, on }) => identityFaults.one_ruleset({ on, other: key }, at('on')).problems),
  ]
}

/** What fixed addresses of this room are called. */
const reservedKeys = ['changes', 'defaults', 'labels', 'models']

const at = (place: string): FaultPlace => ({ at: place })

function problemsOfRules({ match, on }: Ruleset, model: Model): readonly Problem[] {
  const seen = new Set<string>()
  return match.flatMap((rule, i) => {
    const place = `match[${i}]`
    const problems: Problem[] = []
    if (rule.all.length === 0)
      problems.push(...identityFaults.no_rule({}, at(`${place}.all`)).problems)
    if (seen.has(rule.key))
      problems.push(...identityFaults.rule_twice({ rule: rule.key }, at(`${place}.key`)).problems)
    seen.add(rule.key)
    for (const [j, criterion] of rule.all.entries())
      problems.push(...problemsOfCriterion(criterion, { on, model, place: `${place}.all[${j}]` }))
    const weak = problems.length === 0 ? tooWeak(rule, model) : undefined
    if (weak) problems.push(...identityFaults.too_weak({ fields: weak }, at(place)).problems)
    return problems
  })
}

function problemsOfCriterion(
  criterion: Criterion,
  { on, model, place }: { on: string; model: Model; place: string },
): readonly Problem[] {
  const object = model.find(criterion.object)
  if (!object) return unknownObject(criterion.object, model, joinPlace(place, 'object'))
  if (!linkTo(object, on)) {
    const details = { object: object.key, on }
    return identityFaults.not_connected(details, at(joinPlace(place, 'object'))).problems
  }
  const field = object.fields[criterion.field]
  if (!field) return [unknownField(object, criterion.field, joinPlace(place, 'field'))]
  return [...problemsOfMethod(criterion, field, place), ...problemsOfPer(criterion, object, place)]
}

/** Whether the values of a field can be compared in the way that is asked for. */
function problemsOfMethod(
  criterion: Criterion,
  field: ModelFieldDefinition,
  place: string,
): readonly Problem[] {
  const { object, field: name, by, precision } = criterion
  const method = at(joinPlace(place, 'by'))
  if (by !== 'fuzzy' && precision !== undefined)
    return identityFaults.precision_unused({ by }, at(joinPlace(place, 'precision'))).problems
  const isNormalisable = formOf(object, name, field) !== undefined
  if (by === 'normalised' && !isNormalisable)
    return identityFaults.not_normalisable({ address: addressOf(criterion) }, method).problems
  if (by !== 'fuzzy' || fuzzyKindOf(object, name, field)) return []
  const details = {
    address: addressOf(criterion),
    instead: isNormalisable ? 'normalised' : 'exact',
  }
  return identityFaults.not_fuzzy(details, method).problems
}

const problemsOfPer = (
  { per }: Pick<Criterion, 'per'>,
  object: ModelObject,
  place: string,
): readonly Problem[] =>
  per === undefined || Object.hasOwn(object.fields, per)
    ? []
    : [unknownField(object, per, joinPlace(place, 'per'))]

function unknownObject(object: string, model: Model, place: string): readonly Problem[] {
  const near = didYouMean(
    object,
    model.objects.map(({ key }) => key),
  )
  return modelFaults.unknown_object({ object, near }, at(place)).problems
}

function problemsOfReconciliation({ reconcile, on }: Ruleset, model: Model): readonly Problem[] {
  const object = model.get(on)
  const names = Object.keys(reconcile.fields ?? {})
  const unknown = names
    .filter((name) => !Object.hasOwn(object.fields, name))
    .filter((name) => on !== 'individual' || !rankedContacts.some((of) => of === name))
    .map((name) => unknownField(object, name, `reconcile.fields.${name}`))
  const lacksSources = [reconcile, ...names.map((name) => choiceFor({ reconcile }, name))].some(
    (of) => ('rule' in of ? of.rule : of.default) === 'source_priority' && !of.sources?.length,
  )
  if (!lacksSources) return unknown
  return [...unknown, ...identityFaults.no_sources({}, at('reconcile.sources')).problems]
}

function problemsOfIdentifiers({ limits, on }: Ruleset, model: Model): readonly Problem[] {
  return (limits?.identifiers ?? []).flatMap(({ by = 'exact', only, ...of }, i) => {
    const place = `limits.identifiers[${i}]`
    const problems = problemsOfCriterion({ ...of, by }, { on, model, place })
    if (only === undefined || of.per !== undefined) return problems
    return [...problems, ...identityFaults.only_without_per({}, at(`${place}.only`)).problems]
  })
}

function problemsOfBlocked(
  { on, match, model: weighed, limits }: Ruleset,
  model: Model,
): readonly Problem[] {
  const ofModel = weighed ? modelColumns(on, model) : []
  const used = [...match.flatMap(({ all }) => all), ...ofModel].map(addressOf)
  return Object.keys(limits?.blocked ?? {})
    .filter((address) => !used.includes(address))
    .flatMap((address) => {
      const details = { address, near: didYouMean(address, used) }
      return identityFaults.unused_block(details, at(`limits.blocked.${address}`)).problems
    })
}
