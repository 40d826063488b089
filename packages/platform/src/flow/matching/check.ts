import type { Problem } from '#kernel/fault.ts'
import { refusal } from '#kernel/fault.ts'
import { didYouMean } from '#kernel/near.ts'
import type { Comparison, Level, MatchingSettings } from './definition.ts'
import { matchingFaults } from './faults.ts'
import { isList, namesOf, type Records } from './records.ts'

/** Refuses settings that do not fit the records, with all their problems at once. */
export function refuseMisfits(settings: MatchingSettings, records: Records): void {
  const problems = [
    ...settings.comparisons.flatMap((of, i) => problemsOf(of, records, `comparisons[${i}]`)),
    ...twice(settings.comparisons),
    ...settings.comparisons.flatMap((of, i) => problemsOfDependence(of, i, { settings, records })),
    ...settings.blocks.flatMap(({ all }, i) =>
      all.flatMap(({ column }, j) => unknown(column, records, `blocks[${i}].all[${j}].column`)),
    ),
    ...(patternsOf(settings) > Number.MAX_SAFE_INTEGER
      ? matchingFaults.too_many_levels({}, { at: 'comparisons' }).problems
      : []),
  ]
  if (problems.length > 0) throw refusal(problems)
}

/** How many digits a comparison has: nothing to compare, its levels, and none of them. */
export const digitsOf = ({ levels }: Comparison): number => levels.length + 2

const patternsOf = ({ comparisons }: MatchingSettings): number =>
  comparisons.reduce((all, of) => all * digitsOf(of), 1)

function unknown(column: string, records: Records, at: string): readonly Problem[] {
  const names = namesOf(records)
  if (names.includes(column)) return []
  return matchingFaults.unknown_column({ column, near: didYouMean(column, names) }, { at }).problems
}

const twice = (comparisons: readonly Comparison[]): readonly Problem[] =>
  comparisons.flatMap(({ column }, i) =>
    comparisons.findIndex((other) => other.column === column) === i
      ? []
      : matchingFaults.compared_twice({ column }, { at: `comparisons[${i}].column` }).problems,
  )

function problemsOf(of: Comparison, records: Records, at: string): readonly Problem[] {
  const lists = isList(records, of.column)
    ? of.levels
        .flatMap(otherColumn)
        .flatMap((what) => matchingFaults.only_single({ column: of.column, what }, { at }).problems)
    : []
  const others = of.levels.flatMap((level, i) =>
    otherColumn(level).flatMap((column) => [
      ...unknown(column, records, `${at}.levels[${i}]`),
      ...(isList(records, column)
        ? matchingFaults.only_single({ column, what: level.is }, { at: `${at}.levels[${i}]` })
            .problems
        : []),
    ]),
  )
  return [...unknown(of.column, records, `${at}.column`), ...lists, ...others]
}

/** What a comparison depends on is compared too, has one value per record, and does not depend on it in turn. */
function problemsOfDependence(
  { column, depends_on: names = [] }: Comparison,
  i: number,
  { settings: { comparisons }, records }: { settings: MatchingSettings; records: Records },
): readonly Problem[] {
  const at = `comparisons[${i}].depends_on`
  const compared = comparisons.map((of) => of.column)
  return names.flatMap((name) => {
    if (!compared.includes(name))
      return matchingFaults.not_compared({ column: name, near: didYouMean(name, compared) }, { at })
        .problems
    if (isList(records, name))
      return matchingFaults.only_single({ column: name, what: 'depends_on' }, { at }).problems
    return follows(comparisons, name, column, [])
      ? matchingFaults.depends_on_itself({ column }, { at }).problems
      : []
  })
}

/** Whether a column is another one, or depends on it, as was set. */
function follows(
  comparisons: readonly Comparison[],
  from: string,
  to: string,
  seen: readonly string[],
): boolean {
  if (from === to) return true
  if (seen.includes(from)) return false
  const names = comparisons.find(({ column }) => column === from)?.depends_on ?? []
  return names.some((name) => follows(comparisons, name, to, [...seen, from]))
}

/** The second column that a level looks at. */
function otherColumn(level: Level): readonly string[] {
  if (level.is === 'same') return [level.in]
  return level.is === 'swapped' ? [level.with] : []
}
