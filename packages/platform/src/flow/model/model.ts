import type { Problem } from '#kernel/fault.ts'
import { didYouMean } from '#kernel/near.ts'
import type { ModelObject, ModelObjectDefinition } from './definition.ts'
import { modelFaults } from './faults.ts'
import { standardModel } from './standard/index.ts'

/** All model objects there are, by key. */
export interface Model {
  readonly objects: readonly ModelObject[]
  readonly find: (key: string) => ModelObject | undefined
  readonly get: (key: string) => ModelObject
}

type Custom = readonly { readonly key: string; readonly body: ModelObjectDefinition }[]

// Asked for all the time; what is made from a model is kept with it, so the same definitions give the same one.
let last: { readonly custom: Custom; readonly model: Model } | undefined

/** The standard model with the users' own objects, and their fields added to standard objects. */
export function modelOf(custom: Custom): Model {
  const isLast = ({ key, body }: Custom[number], i: number) =>
    last?.custom[i]?.key === key && last.custom[i].body === body
  if (last?.custom.length !== custom.length || !custom.every(isLast))
    last = { custom: custom.map(({ key, body }) => ({ key, body })), model: made(custom) }
  return last.model
}

function made(custom: Custom): Model {
  const byKey = new Map(standardModel.map((object) => [object.key, object]))
  for (const { key, body } of custom) {
    const standard = byKey.get(key)
    byKey.set(
      key,
      standard?.origin === 'standard'
        ? { ...standard, fields: { ...body.fields, ...standard.fields } }
        : { key, origin: 'custom', ...body },
    )
  }
  const objects = [...byKey.values()]
  return {
    objects,
    find: (key) => byKey.get(key),
    get: (key) => {
      const found = byKey.get(key)
      if (found) return found
      throw modelFaults.unknown_object({ object: key, near: didYouMean(key, byKey.keys()) })
    },
  }
}

/** What is wrong with a user's model object. */
export function problemsOfObject(
  key: string,
  body: ModelObjectDefinition,
  model: Model,
): readonly Problem[] {
  const standard = standardModel.find((object) => object.key === key)
  if (standard) return problemsOfExtension(standard, body, model)
  const problems: Problem[] = []
  if (body.fields['id']?.type !== 'text')
    problems.push(...modelFaults.no_id({ object: key }, { at: 'fields' }).problems)
  if (body.category === 'engagement' && body.time === undefined) {
    problems.push(...modelFaults.no_time({ object: key }, { at: 'time' }).problems)
  }
  for (const [at, name] of [
    ['time', body.time],
    ...(body.shows ?? []).map((n, i) => [`shows[${i}]`, n]),
  ] as const) {
    if (name !== undefined && !Object.hasOwn(body.fields, name))
      problems.push(unknownField({ key, ...body }, name, String(at)))
  }
  return [...problems, ...problemsOfTime(key, body), ...problemsOfFields(key, body, model)]
}

function problemsOfTime(object: string, { time, fields }: ModelObjectDefinition) {
  const type = time === undefined ? undefined : fields[time]?.type
  if (time === undefined || type === undefined || type === 'timestamp') return []
  return modelFaults.time_type({ object, field: time, type }, { at: 'time' }).problems
}

function problemsOfExtension(
  standard: ModelObject,
  body: ModelObjectDefinition,
  model: Model,
): readonly Problem[] {
  const changed = Object.entries(body.fields).flatMap(([name, field]) => {
    const was = standard.fields[name]?.type
    if (was === undefined || was === field.type) return []
    const details = { object: standard.key, field: name, was, is: field.type }
    return modelFaults.field_changed_type(details, { at: `fields.${name}.type` }).problems
  })
  return [...changed, ...problemsOfFields(standard.key, body, model)]
}

/** What is wrong with the names of fields, and with what they lead to. */
function problemsOfFields(
  object: string,
  { fields }: ModelObjectDefinition,
  model: Model,
): readonly Problem[] {
  const keys = model.objects.map(({ key }) => key)
  return Object.entries(fields).flatMap(([field, { links_to: to }]) => {
    const named = isFieldName(field)
      ? []
      : modelFaults.field_name({ object, field }, { at: `fields.${field}` }).problems
    if (to === undefined || model.find(to)) return named
    const near = didYouMean(to, keys)
    const place = { at: `fields.${field}.links_to` }
    return [...named, ...modelFaults.unknown_object({ object: to, near }, place).problems]
  })
}

// A field becomes a column beside those that the model makes itself.
const isFieldName = (name: string): boolean =>
  /^[a-z][a-z0-9_]{0,62}$/.test(name) && !name.endsWith('__key') && name !== 'profile_id'

/** The problem of a field that an object does not have. */
export function unknownField(
  object: Pick<ModelObject, 'key' | 'fields'>,
  field: string,
  at: string,
): Problem {
  const near = didYouMean(field, Object.keys(object.fields))
  return {
    code: modelFaults.unknown_field.code,
    at,
    say: modelFaults.unknown_field({ object: object.key, field, near }).message,
  }
}

/** One step from an object to the one that a field of it names. */
export interface Step {
  readonly field: string
  readonly to: string
}

/**
 * The way from an object to the person (or account) it belongs to: a field of its own, or one of its parent.
 * Empty for the object itself; undefined when no field leads there.
 */
export function pathTo(
  model: Model,
  from: ModelObject,
  target: string,
): readonly Step[] | undefined {
  if (from.key === target) return []
  const direct = Object.entries(from.fields).find(([, field]) => field.links_to === target)
  if (direct) return [{ field: direct[0], to: target }]
  for (const [field, { links_to: parent }] of Object.entries(from.fields)) {
    if (parent === undefined || parent === from.key) continue
    const object = model.find(parent)
    const further = object && ownedDirectly(object, target)
    if (further) return [{ field, to: parent }, further]
  }
  return undefined
}

function ownedDirectly(object: ModelObject, target: string): Step | undefined {
  if (object.category !== 'engagement') return undefined
  const found = Object.entries(object.fields).find(([, field]) => field.links_to === target)
  return found && { field: found[0], to: target }
}
