import { type Problem, refuseIfAny } from '#kernel/fault.ts'
import { didYouMean } from '#kernel/near.ts'
import type { RollupQuestion } from './api.ts'
import type { Grain, Rollup } from './definition.ts'
import { insightFaults } from './faults.ts'
import type { InsightShape } from './shapes.ts'
import { isSelfContained } from './text.ts'
import { windowColumns } from './windows.ts'

// What each grain can be put together to. Weeks lie in two months.
const coarser: Readonly<Record<Grain, readonly Grain[]>> = {
  hour: ['hour', 'day', 'week', 'month', 'quarter', 'year'],
  day: ['day', 'week', 'month', 'quarter', 'year'],
  week: ['week'],
  month: ['month', 'quarter', 'year'],
  quarter: ['quarter', 'year'],
  year: ['year'],
}

/** A question to an insight as SQL over its rows. Throws everything that is wrong with it. */
export function rollupOf(shape: InsightShape, question: RollupQuestion): string {
  const problems: Problem[] = []
  const asked = question.dimensions ?? shape.dimensions.map((name) => name)
  const dimensions = asked.flatMap((of, i) => {
    const { name, by } = typeof of === 'string' ? { name: of } : of
    const problem = problemOfDimension(shape, { name, by }, `dimensions[${i}]`)
    problems.push(...problem)
    return problem.length > 0 ? [] : [{ name, text: cut(shape, name, by) }]
  })
  const isWhole = shape.dimensions.every((name) =>
    asked.some((of) => of === name || isSameGrain(shape, of, name)),
  )
  const measures = (question.measures ?? [...shape.measures.keys()]).flatMap((name, i) => {
    const problem = problemOfMeasure(shape, name, { isWhole, at: `measures[${i}]` })
    problems.push(...problem)
    return problem.length > 0 ? [] : [{ name, text: measured(shape, name, isWhole) }]
  })
  problems.push(
    ...problemsOfWindows(
      shape,
      dimensions.map(({ name }) => name),
    ),
  )
  if (question.where !== undefined && !isSelfContained(question.where))
    problems.push(
      ...insightFaults.bad_expression({ text: question.where }, { at: 'where' }).problems,
    )
  const names = [...dimensions, ...measures].map(({ name }) => name)
  const order = (question.order ?? []).flatMap(({ by, descending = false }, i) => {
    if (!names.includes(by)) problems.push(...unknownPart(by, names, `order[${i}].by`))
    return [`${names.indexOf(by) + 1}${descending ? ' desc' : ''} nulls last`]
  })
  refuseIfAny(problems)
  const list = [...dimensions, ...measures].map(({ name, text }) => `${text} as "${name}"`)
  const where = question.where === undefined ? '' : ` where (${question.where})`
  const isGrouped = !isWhole && dimensions.length > 0
  const grouped = isGrouped ? ` group by ${dimensions.map((_, i) => i + 1).join(', ')}` : ''
  const by = order.length > 0 ? order : dimensions.map((_, i) => `${i + 1}`)
  const ordered = by.length === 0 ? '' : ` order by ${by.join(', ')}`
  return `select ${list.join(', ')} from "${shape.key}" as i${where}${grouped}${ordered} limit ${question.limit ?? 1000}`
}

const isSameGrain = (
  shape: InsightShape,
  of: string | { readonly name: string; readonly by: Grain },
  name: string,
) => typeof of !== 'string' && of.name === name && shape.plan?.grains.get(name) === of.by

const cut = ({ plan }: InsightShape, name: string, by: Grain | undefined): string => {
  if (by === undefined || plan?.grains.get(name) === by) return `i."${name}"`
  const whole = `date_trunc('${by}', i."${name}")`
  return by === 'hour' ? whole : `cast(${whole} as date)`
}

function measured({ plan }: InsightShape, name: string, isWhole: boolean): string {
  const rollup = plan?.rollup.get(name)
  return isWhole || rollup === undefined ? `i."${name}"` : `${rollup}(i."${name}")`
}

function unknownPart(name: string, known: readonly string[], at: string): readonly Problem[] {
  return insightFaults.unknown_part({ name, near: didYouMean(name, known) }, { at }).problems
}

function problemOfDimension(
  { dimensions, plan }: InsightShape,
  { name, by }: { readonly name: string; readonly by: Grain | undefined },
  at: string,
): readonly Problem[] {
  if (!dimensions.includes(name)) return unknownPart(name, dimensions, at)
  if (by === undefined) return []
  const grain = plan?.grains.get(name)
  if (grain !== undefined && coarser[grain].includes(by)) return []
  const why = grain === undefined ? 'it is no time dimension' : `it is by ${grain}`
  return insightFaults.not_coarser({ dimension: name, by, why }, { at }).problems
}

function problemOfMeasure(
  { measures, plan }: InsightShape,
  name: string,
  { isWhole, at }: { readonly isWhole: boolean; readonly at: string },
): readonly Problem[] {
  if (!measures.has(name)) return unknownPart(name, [...measures.keys()], at)
  const rollup: Rollup | undefined = plan?.rollup.get(name)
  if (isWhole || rollup !== undefined) return []
  const why = plan?.built
    ? 'it is an average or a distinct count, which smaller groups do not tell'
    : 'its SQL does not say how; name it under `rollup`'
  return insightFaults.no_rollup({ measure: name, why }, { at }).problems
}

// Sliding windows share events: added up, these would count several times.
function problemsOfWindows(
  { plan, measures }: InsightShape,
  dimensions: readonly string[],
): readonly Problem[] {
  const window = plan?.built?.window
  if (window?.kind !== 'sliding') return []
  const isCut = dimensions.includes(windowColumns.start) || dimensions.includes(windowColumns.end)
  if (isCut) return []
  const [measure = ''] = measures.keys()
  const why = 'sliding windows share events, which would count several times'
  return insightFaults.no_rollup({ measure, why }, { at: 'dimensions' }).problems
}
