import type { FaultPlace, Problem } from '#kernel/fault.ts'
import { didYouMean } from '#kernel/near.ts'
import { matchingFaults } from '#matching'
import type { Comparison } from '#matching/definition'
import type { Model } from '#model'
import type { Ruleset } from './definition.ts'
import { identityFaults } from './faults.ts'
import { recordColumns } from './model-columns.ts'
import type { MatchModel, Training } from './model-definition.ts'

const at = (place: string): FaultPlace => ({ at: place })

/** Whether a ruleset has anything to go by, and whether its model is one of the same subject. */
export function problemsOfModelUse({ on, match, model, matcher }: Ruleset): readonly Problem[] {
  if (match.length === 0 && !model) return identityFaults.no_match({}, at('match')).problems
  if (!matcher || matcher.on === on) return []
  const details = { model: matcher.key, on, other: matcher.on }
  return identityFaults.other_subject(details, at('model.use')).problems
}

/** Everything that is wrong with a model, each with its place. */
export const problemsOfMatchModel = (of: MatchModel, model: Model): readonly Problem[] => [
  ...problemsOfSettings(of, model),
  ...problemsOfLearned(of),
]

function problemsOfSettings({ on, settings }: MatchModel, model: Model): readonly Problem[] {
  if (!settings) return []
  const columns = recordColumns(on, model)
  const names = columns.map(({ name }) => name)
  const lists = columns.filter(({ isList }) => isList).map(({ name }) => name)
  const named = [
    ...settings.comparisons.map(({ column }, i) => [column, `comparisons[${i}].column`] as const),
    ...settings.blocks.flatMap(({ all }, i) =>
      all.map(({ column }, j) => [column, `blocks[${i}].all[${j}].column`] as const),
    ),
  ]
  const unknown = named.flatMap(([column, place]) => {
    if (names.includes(column)) return []
    const details = { column, near: didYouMean(column, names) }
    return matchingFaults.unknown_column(details, at(`settings.${place}`)).problems
  })
  return [
    ...unknown,
    ...settings.comparisons.flatMap((of, i) =>
      lists.includes(of.column) ? problemsOfList(of, `settings.comparisons[${i}]`) : [],
    ),
  ]
}

// A list is one, also while nobody has two of its values: a model would fail on the day that somebody has.
function problemsOfList({ column, levels }: Comparison, place: string): readonly Problem[] {
  return levels
    .filter(({ is }) => is === 'same' || is === 'swapped')
    .flatMap(({ is }) => matchingFaults.only_single({ column, what: is }, at(place)).problems)
}

// What was learned says something only beside the settings that it was learned under.
function problemsOfLearned({ learned, trained }: MatchModel): readonly Problem[] {
  if (!learned && !trained) return []
  const isFit = learned !== undefined && trained !== undefined && fits(learned, trained)
  return isFit ? [] : identityFaults.unfit_learned({}, at('learned')).problems
}

const fits = (
  { comparisons }: NonNullable<MatchModel['learned']>,
  { settings }: Training,
): boolean =>
  comparisons.length === settings.comparisons.length &&
  settings.comparisons.every(({ levels }, i) => {
    const of = comparisons[i]
    return of?.m.length === levels.length + 1 && of.u.length === levels.length + 1
  })
