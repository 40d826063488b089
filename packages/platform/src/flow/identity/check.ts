import { type FaultPlace, joinPlace, type Problem } from '#kernel/fault.ts'
import { didYouMean } from '#kernel/near.ts'
import { type Model, type ModelObject, modelFaults, unknownField } from '#model'
import { addressOf, type Criterion, type Ruleset } from './definition.ts'
import { identityFaults } from './faults.ts'
import { formOf } from './forms.ts'
import { reservedColumns } from './tables.ts'

/** Everything that is wrong with a ruleset, each with its place; `others` are the rulesets that stand beside it. */
export function problemsOfRuleset(
  ruleset: Ruleset,
  model: Model,
  others: readonly Ruleset[] = [],
): readonly Problem[] {
  return [
    ...problemsOfRules(ruleset, model),
    ...problemsOfReconciliation(ruleset, model),
    ...problemsOfBlocked(ruleset),
    ...problemsOfIdentifiers(ruleset, model),
    ...reservedColumns
      .filter((field) => field in model.get(ruleset.on).fields)
      .flatMap(
        (field) => identityFaults.reserved_field({ object: ruleset.on, field }, at('on')).problems,
      ),
    ...others
      .filter(({ key, on }) => key !== ruleset.key && on === ruleset.on)
      .flatMap(({ key, on }) => identityFaults.one_ruleset({ on, other: key }, at('on')).problems),
  ]
}

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
  if (criterion.by === 'exact' || formOf(object.key, criterion.field, field)) return []
  const details = { address: addressOf(criterion) }
  return identityFaults.not_normalisable(details, at(joinPlace(place, 'by'))).problems
}

function unknownObject(object: string, model: Model, place: string): readonly Problem[] {
  const near = didYouMean(
    object,
    model.objects.map(({ key }) => key),
  )
  return modelFaults.unknown_object({ object, near }, at(place)).problems
}

/** How an object says to whom its rows belong: by its own key, or by the field that links to the unified object. */
export function linkTo(
  object: ModelObject,
  on: string,
): { readonly field: string | 'own key' } | undefined {
  if (object.key === on) return { field: 'own key' }
  const found = Object.entries(object.fields).find(([, { links_to }]) => links_to === on)
  return found && { field: found[0] }
}

function problemsOfReconciliation({ reconcile, on }: Ruleset, model: Model): readonly Problem[] {
  const object = model.get(on)
  const fields = reconcile.fields ?? {}
  const unknown = Object.keys(fields)
    .filter((name) => !(name in object.fields))
    .map((name) => unknownField(object, name, `reconcile.fields.${name}`))
  const asksForSources = [reconcile.default, ...Object.values(fields)].includes('source_priority')
  if (!asksForSources || (reconcile.sources ?? []).length > 0) return unknown
  return [...unknown, ...identityFaults.no_sources({}, at('reconcile.sources')).problems]
}

function problemsOfIdentifiers({ limits, on }: Ruleset, model: Model): readonly Problem[] {
  return (limits?.identifiers ?? []).flatMap(({ object, field, by = 'exact', per }, i) => {
    const place = `limits.identifiers[${i}]`
    const problems = problemsOfCriterion({ object, field, by }, { on, model, place })
    const known = model.find(object)
    if (per === undefined || !known || per in known.fields) return problems
    return [...problems, unknownField(known, per, `${place}.per`)]
  })
}

function problemsOfBlocked({ match, limits }: Ruleset): readonly Problem[] {
  const used = match.flatMap(({ all }) => all.map(addressOf))
  return Object.keys(limits?.blocked ?? {})
    .filter((address) => !used.includes(address))
    .flatMap((address) => {
      const details = { address, near: didYouMean(address, used) }
      return identityFaults.unused_block(details, at(`limits.blocked.${address}`)).problems
    })
}
