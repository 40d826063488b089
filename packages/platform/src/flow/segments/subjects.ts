import { type InsightShape, personColumn } from '#insights'
import type { FieldType } from '#kernel/scalar.ts'
import { type Model, type ModelObject, pathTo, type Step } from '#model'
import type { Segment, SegmentDefinition } from './definition.ts'

/** The fields of something, with their types. */
export type Fields = Readonly<Record<string, FieldType>>

/** What conditions may ask of the rows of an object. */
export interface ObjectSubject {
  readonly key: string
  readonly fields: Fields
  /** Which field says when it happened. */
  readonly time: string | undefined
  /** Where its link fields lead. */
  readonly links: Readonly<Record<string, string>>
}

/** An object whose rows belong to whoever a segment is about. */
export interface OwnedSubject extends ObjectSubject {
  /** The links from a row to whom it belongs; of no use for people, whose rows say it themselves. */
  readonly way: readonly Step[]
}

/** What conditions may speak of. */
export interface Subjects {
  /** Whom the segment is about: people, accounts, or the rows of a model object. */
  readonly on: string
  /** Fields of the unified person, or of whatever else the segment is about. */
  readonly person: Fields
  /** Objects whose rows belong to a person, by key. */
  readonly objects: ReadonlyMap<string, OwnedSubject>
  /** All objects, by key. */
  readonly model: ReadonlyMap<string, ObjectSubject>
  readonly insights: ReadonlyMap<string, InsightSubject>
  readonly segments: ReadonlyMap<string, SegmentDefinition>
}

/** What conditions may ask of an insight. */
export interface InsightSubject {
  /** Whose values it has. */
  readonly on?: string | undefined
  readonly dimensions: readonly string[]
  /** The type of each measure; undefined before the first run has told it. */
  readonly measures: ReadonlyMap<string, FieldType | undefined>
}

/** Whose members are profiles; the members of all others are rows of a model object. */
export const isUnified = (on: string): on is 'individual' | 'account' =>
  on === 'individual' || on === 'account'

/** What conditions of a segment about `on` may speak of, with these definitions. */
export function subjectsOf(of: {
  readonly model: Model
  readonly insights: readonly InsightShape[]
  readonly segments: readonly Segment[]
  readonly on?: string
}): Subjects {
  const on = of.on ?? 'individual'
  return {
    ...subjectsIn(of.model, on),
    insights: new Map(of.insights.map((insight) => [insight.key, insight])),
    segments: new Map(of.segments.map(({ key, body }) => [key, body])),
  }
}

type ModelSubjects = Pick<Subjects, 'on' | 'person' | 'objects' | 'model'>

// The same for all segments, and asked for with every one of them.
const known = new WeakMap<Model, Map<string, ModelSubjects>>()

function subjectsIn(model: Model, on: string): ModelSubjects {
  const before = known.get(model) ?? new Map<string, ModelSubjects>()
  known.set(model, before)
  const found = before.get(on)
  if (found) return found
  const { id, ...fields } = model.find(on) ? fieldsOf(model.get(on)) : {}
  const subjects = {
    on,
    person: isUnified(on) || id === undefined ? fields : { id, ...fields },
    objects: ownedBy(model, on),
    model: new Map(model.objects.map((object) => [object.key, subjectFrom(object)])),
  }
  before.set(on, subjects)
  return subjects
}

function ownedBy(model: Model, on: string): ReadonlyMap<string, OwnedSubject> {
  const owned = model.objects.flatMap((object): readonly OwnedSubject[] => {
    const way = pathTo(model, object, on) ?? overPeople(model, object, on)
    // The rows of people are many for one of them; every other thing is its only row.
    if (way === undefined || (way.length === 0 && !isUnified(on))) return []
    return [{ ...subjectFrom(object), way }]
  })
  return new Map(owned.map((object) => [object.key, object]))
}

// What people have is also that of the account or household that their record names.
function overPeople(model: Model, object: ModelObject, on: string): readonly Step[] | undefined {
  const people = model.find('individual')
  const toPerson = pathTo(model, object, 'individual')
  const onwards = people && pathTo(model, people, on)
  return toPerson && onwards && [...toPerson, ...onwards]
}

const subjectFrom = (object: ModelObject): ObjectSubject => ({
  key: object.key,
  fields: fieldsOf(object),
  time: object.time,
  links: Object.fromEntries(
    Object.entries(object.fields).flatMap(([name, { links_to: to }]) =>
      to === undefined ? [] : [[name, to]],
    ),
  ),
})

const fieldsOf = ({ fields }: ModelObject): Fields =>
  Object.fromEntries(Object.entries(fields).map(([name, { type }]) => [name, type]))

/** The fields that questions to whoever a segment is about can go through, as an object. */
export const personSubject = ({ on, person, model }: Subjects): ObjectSubject => ({
  key: on,
  fields: person,
  time: undefined,
  // A unified profile is made of many records, each with links of its own.
  links: isUnified(on) ? {} : (model.get(on)?.links ?? {}),
})

/** What a path leads to: the type of its last field, or the step of it that leads nowhere. */
export type Led =
  | { readonly type: FieldType }
  | { readonly lost: string; readonly from: ObjectSubject; readonly path: string }

/** Follows a path such as `product_id.category` from an object. */
export function follow(path: string, start: ObjectSubject, model: Subjects['model']): Led {
  const steps = path.split('.')
  let from: ObjectSubject | undefined = start
  for (const [i, step] of steps.entries()) {
    const type: FieldType | undefined = from.fields[step]
    const next: ObjectSubject | undefined = model.get(from.links[step] ?? '')
    const isLast = i === steps.length - 1
    if (type !== undefined && isLast) return { type }
    if (type === undefined || next === undefined) return { lost: step, from, path }
    from = next
  }
  throw new Error(`the path "${path}" has no steps`)
}

/** The column by which the rows of an insight tell whose they are. */
export const insightKey = personColumn
