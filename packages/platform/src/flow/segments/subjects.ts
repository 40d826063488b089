import type { InsightShape } from '#insights'
import type { FieldType } from '#kernel/scalar.ts'
import { type Model, type ModelObject, pathTo } from '#model'

/** The fields of something, with their types. */
export type Fields = Readonly<Record<string, FieldType>>

/** What conditions may speak of. */
export interface Subjects {
  /** Fields of the unified person. */
  readonly person: Fields
  /** Objects whose rows belong to a person, by key. */
  readonly objects: ReadonlyMap<string, Fields>
  readonly insights: ReadonlyMap<string, InsightSubject>
  readonly segments: ReadonlySet<string>
}

/** What conditions may ask of an insight. */
export interface InsightSubject {
  readonly dimensions: readonly string[]
  /** The type of each measure; undefined before the first run has told it. */
  readonly measures: ReadonlyMap<string, FieldType | undefined>
}

/** What conditions may speak of, with these definitions. */
export function subjectsOf(of: {
  readonly model: Model
  readonly insights: readonly InsightShape[]
  readonly segments: readonly string[]
}): Subjects {
  const { id: _, ...person } = fieldsOf(of.model.get('individual'))
  const related = of.model.objects.filter((object) => pathTo(of.model, object, 'individual'))
  return {
    person,
    objects: new Map(related.map((object) => [object.key, fieldsOf(object)])),
    insights: new Map(of.insights.map((insight) => [insight.key, insight])),
    segments: new Set(of.segments),
  }
}

const fieldsOf = ({ fields }: ModelObject): Fields =>
  Object.fromEntries(Object.entries(fields).map(([name, { type }]) => [name, type]))
