import { asProblems, Fault, type Problem } from '#kernel/fault.ts'
import { snakeCase } from '#kernel/names.ts'
import { didYouMean } from '#kernel/near.ts'
import type { FieldType } from '#kernel/scalar.ts'
import { type Model, modelOf } from '#model'
import {
  type CheckedQuery,
  checkQuery,
  queryFaults,
  type Relation,
  type RelationRead,
} from '#query'
import { type Insight, personColumn } from './definition.ts'
import { insightFaults } from './faults.ts'
import type { Ground } from './fields.ts'
import { type Plan, planOf } from './plan.ts'
import { insightTable, type Types } from './tables.ts'
import { type Whose, whoseIds, whoseIn } from './whose.ts'

/** What an insight gives, as far as its SQL and its last run tell. */
export interface InsightShape {
  readonly key: string
  readonly label: string
  /** Whose values these are, if anybody's. */
  readonly on: string | undefined
  readonly dimensions: readonly string[]
  /** The type of each measure; undefined before the first run has told it. */
  readonly measures: ReadonlyMap<string, FieldType | undefined>
  readonly reads: readonly RelationRead[]
  readonly query: CheckedQuery
  /** How it is written; for those who compute it. */
  readonly plan?: Plan
}

/** The insights that can be computed, and what is wrong with the others. */
export interface Shapes {
  readonly shapes: ReadonlyMap<string, InsightShape>
  readonly problems: ReadonlyMap<string, readonly Problem[]>
}

/** What is known when insights are looked at. */
export interface Known {
  readonly insights: readonly Insight[]
  /** What insights may read besides each other. */
  readonly relations: readonly Relation[]
  /** What links lead to; the standard model unless given. */
  readonly model?: Model
  /** The columns of those that have been computed. */
  readonly types?: ReadonlyMap<string, Types>
}

/** What was found of insights before, with what it was found from; holds as long as relations and model are the same. */
export type Seen = Map<string, { readonly asked: string; readonly looked: Looked }>

/** Looks at all insights together: each may read the others, but none itself by a detour. */
export function shapesOf(known: Known, seen: Seen = new Map()): Shapes {
  const shapes = new Map<string, InsightShape>()
  const problems = new Map<string, readonly Problem[]>()
  const byKey = new Map(known.insights.map((insight) => [insight.key, insight]))
  const path: string[] = []
  const resolved = new Map<string, Relation>()

  // Also those that are not named, for suggestions. What has been looked at does not change any more.
  const relationsNow = (): readonly Relation[] => [
    ...known.relations,
    ...known.insights.map((other) => {
      const relation =
        resolved.get(other.key) ?? relationOf(other, shapes.get(other.key), known.types)
      if (shapes.has(other.key)) resolved.set(other.key, relation)
      return relation
    }),
  ]
  const lookAt = (insight: Insight, named: readonly Insight[]): Looked => {
    const relations = relationsNow()
    const types = known.types?.get(insight.key)
    const others = relations.filter(({ name }) => named.some(({ key }) => key === name))
    const whose = whoseIn(named.flatMap(({ key }) => shapes.get(key) ?? []))
    const asked = JSON.stringify([insight.body, others, types && [...types], [...whose]])
    const before = seen.get(insight.key)
    if (before?.asked === asked) return before.looked
    const looked = look(insight, { relations, model: known.model ?? standard, whose }, types)
    seen.set(insight.key, { asked, looked })
    return looked
  }
  const resolve = (insight: Insight): void => {
    const { key, body } = insight
    if (shapes.has(key) || problems.has(key) || path.includes(key)) return
    path.push(key)
    const named = wordsOf(body.sql ?? body.build?.from ?? '').flatMap(
      (word) => byKey.get(word) ?? [],
    )
    for (const other of named) resolve(other)
    const looked = lookAt(insight, named)
    const circle = named.find((other) => path.includes(other.key) && reads(looked, other.key))
    path.pop()
    if (circle) problems.set(key, circleFrom(circle.key, [...path, key], placeOf(body)))
    else if ('problems' in looked) problems.set(key, looked.problems)
    else shapes.set(key, looked)
  }

  for (const insight of known.insights) resolve(insight)
  return { shapes, problems }
}

const placeOf = ({ build }: Insight['body']) => (build ? 'build.from' : 'sql')

type Looked = InsightShape | { readonly problems: readonly Problem[] }

const lackOfColumns = [queryFaults.unknown_column.code, insightFaults.unknown_field.code]

// The columns of one that waits for this one are not all known, so a refusal because of columns is a sign of a circle.
const reads = (looked: Looked, key: string) =>
  'problems' in looked
    ? looked.problems.every(({ code }) => lackOfColumns.includes(code))
    : looked.reads.some(({ relation }) => relation === key)

function circleFrom(first: string, path: readonly string[], at: string): readonly Problem[] {
  const circle = [...path.slice(path.indexOf(first)), first]
  return insightFaults.circle({ circle }, { at }).problems
}

const wordsOf = (text: string) => [...new Set(text.toLowerCase().match(/[a-z]\w*/g))]

const standard = modelOf([])

interface Sight extends Ground {
  readonly whose: Whose
}

function look(insight: Insight, ground: Sight, types?: Types): Looked {
  const plan = planOf(insight.body, ground)
  if ('problems' in plan) return plan
  try {
    const query = checkQuery(plan.sql, plan.relations)
    const whose = whoseIds(query.lineage[personColumn] ?? [], ground.whose)
    const problems = [
      ...problemsOfColumns(insight, plan, query.columns),
      ...problemsOfIds(insight, whose),
    ]
    return problems.length > 0 ? { problems } : shapeOf(insight, { plan, query, whose }, types)
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown
    const parts = plan.built?.diagnose() ?? []
    if (parts.length > 0) return { problems: parts }
    // The places are lines and columns of the text, so they are said and not joined to the path.
    const place = plan.built ? 'build' : 'sql'
    const problems = asProblems(thrown).map(({ code, at, say }) => ({
      code,
      at: place,
      say: at === '' || plan.built ? say : `${at}: ${say}`,
    }))
    return { problems }
  }
}

function shapeOf(
  { key, body }: Insight,
  {
    plan,
    query,
    whose,
  }: { readonly plan: Plan; readonly query: CheckedQuery; readonly whose: readonly string[] },
  types?: Types,
): InsightShape {
  const { dimensions } = plan
  const measures = plan.measures ?? query.columns.filter((column) => !dimensions.includes(column))
  return {
    key,
    label: body.label,
    on: body.on ?? (query.columns.includes(personColumn) ? (whose[0] ?? 'individual') : undefined),
    dimensions,
    measures: new Map(measures.map((name) => [name, types?.get(name)])),
    reads: query.reads,
    query,
    plan,
  }
}

function problemsOfColumns(
  { body }: Insight,
  { dimensions, measures = [] }: Plan,
  columns: readonly string[],
): readonly Problem[] {
  const unknown = (list: string, names: readonly string[]) =>
    names.flatMap((name, i) => {
      if (columns.includes(name)) return []
      const details = { column: name, near: didYouMean(name, columns) }
      return insightFaults.unknown_column(details, { at: `${list}[${i}]` }).problems
    })
  const doubled = measures.flatMap((column, i) =>
    dimensions.includes(column)
      ? insightFaults.both({ column }, { at: `measures[${i}]` }).problems
      : [],
  )
  return [
    ...columns.flatMap(problemsOfName),
    ...unknown('dimensions', dimensions),
    ...unknown('measures', measures),
    ...doubled,
    ...problemsOfWhole(body, dimensions, columns),
  ]
}

// Ids of one kind are numbers that mean others among those of another kind.
function problemsOfIds({ body }: Insight, whose: readonly string[]): readonly Problem[] {
  const [on = body.on, ...others] = whose
  const asked = body.on ?? on
  const wrong = [on, ...others].find((of) => of !== asked)
  if (asked === undefined || wrong === undefined) return []
  const at = body.on === undefined ? placeOf(body) : 'on'
  return insightFaults.other_ids({ on: asked, of: wrong }, { at }).problems
}

function problemsOfName(column: string): readonly Problem[] {
  if (/^[a-z][a-z0-9_]{0,62}$/.test(column)) return []
  const better = snakeCase(column).replace(/^\d/, 'n$&') || 'name'
  return insightFaults.bad_name({ column, better }, { at: 'sql' }).problems
}

function problemsOfWhole(
  { on, build }: Insight['body'],
  dimensions: readonly string[],
  columns: readonly string[],
): readonly Problem[] {
  const isByProfile = on === 'individual' || (on === 'account' && build === undefined)
  const lacksPerson = !columns.includes(personColumn) || !dimensions.includes(personColumn)
  return [
    ...(columns.every((column) => dimensions.includes(column))
      ? insightFaults.no_measures({}, { at: 'sql' }).problems
      : []),
    ...(isByProfile && lacksPerson
      ? insightFaults.no_person({}, { at: 'dimensions' }).problems
      : []),
  ]
}

/** An insight as other queries see it. What is not known before its first run is taken for text or a number. */
export function relationOf(
  { key, body }: Insight,
  shape: InsightShape | undefined,
  types: Known['types'],
): Relation {
  const known = types?.get(key)
  const measures = [...(shape?.measures.keys() ?? body.measures ?? [])]
  const dimensions = shape?.dimensions ?? body.dimensions ?? []
  const guess = (name: string): FieldType => {
    if (name === personColumn) return 'integer'
    return measures.includes(name) ? 'number' : (timeOf(shape, name) ?? 'text')
  }
  return {
    name: key,
    label: body.label,
    table: insightTable(key),
    columns: [...dimensions, ...measures].map((name) => ({
      name,
      type: known?.get(name) ?? guess(name),
    })),
  }
}

function timeOf(shape: InsightShape | undefined, name: string): FieldType | undefined {
  const grain = shape?.plan?.grains.get(name)
  if (grain === undefined) return undefined
  return grain === 'hour' ? 'timestamp' : 'date'
}
