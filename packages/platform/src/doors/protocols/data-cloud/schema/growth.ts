import type { Problem } from '#kernel/fault.ts'
import type { IngestField } from '../object.ts'
import type { SchemaContext } from './from-open-api.ts'
import { folded, type ObjectSchema, schemaProblem } from './object-schema.ts'

/** What a description may not do to the one before it, and what its objects need for what they are about. */
export function growthProblems(
  objects: readonly ObjectSchema[],
  { before = [], engagement = [] }: SchemaContext,
  place: string,
): readonly Problem[] {
  const after = new Map(objects.map((one) => [folded(one.name), one]))
  const lost = before.flatMap((old) => lossesOf(old, after.get(folded(old.name)), place))
  const timeless = engagement.flatMap((name) => {
    const one = after.get(folded(name))
    const hasTime = one === undefined || one.fields.some(({ type }) => type === 'timestamp')
    return hasTime
      ? []
      : [
          schemaProblem(
            `${place}.${one.name}`,
            'is about what happened, so it needs a field of format date-time',
          ),
        ]
  })
  return [...lost, ...timeless]
}

function lossesOf(
  old: ObjectSchema,
  now: ObjectSchema | undefined,
  place: string,
): readonly Problem[] {
  const at = `${place}.${old.name}`
  if (now === undefined)
    return [schemaProblem(at, 'was there before; objects can be added, not removed')]
  const fields = new Map(now.fields.map((field) => [folded(field.label), field]))
  return old.fields.flatMap((field) => changeOf(at, field, fields.get(folded(field.label))))
}

function changeOf(at: string, old: IngestField, now: IngestField | undefined): readonly Problem[] {
  const place = `${at}.properties.${old.label}`
  if (now === undefined)
    return [schemaProblem(place, 'was there before; fields can be added, not removed')]
  if (now.type === old.type) return []
  return [schemaProblem(place, `was of type ${old.type} before and cannot become ${now.type}`)]
}
