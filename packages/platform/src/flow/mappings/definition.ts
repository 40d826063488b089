import { either, key, list, object, optional, type Read, record, text } from '#kernel/read.ts'

const formula = text({
  minLength: 1,
  description: 'A field of the stream, or a formula over its fields.',
})

const field = either(
  formula,
  object({
    value: formula,
    /** For a link: the source whose key this is, when it is another one than the mapping's. */
    qualifier: optional(key()),
  }),
)

const target = object({
  object: key({ description: 'The model object that is filled.' }),
  each: optional(
    text({
      minLength: 1,
      description:
        'A list in JSON, by its field or a formula: one row for each of its items. The formulas of this object then also know `item` (JSON) and `item_number` (from 1).',
    }),
  ),
  where: optional(text({ minLength: 1, description: 'Only rows for which this holds.' })),
  fields: record(field),
})

/** How the fields of one stream fill fields of model objects. One stream may fill several objects. */
export const mappingSchema = object({
  stream: key(),
  qualifier: key({
    description: 'Keeps equal keys of different source systems apart: crm, shop ...',
  }),
  objects: list(target, { minItems: 1 }),
})

export type MappingDefinition = Read<typeof mappingSchema>
export type MappingTarget = Read<typeof target>

/** The formula of a field, however it was written. */
export const formulaOf = (of: MappingTarget['fields'][string]): string =>
  typeof of === 'string' ? of : of.value

/** The source whose key a field holds. */
export const qualifierOf = (of: MappingTarget['fields'][string], otherwise: string): string =>
  typeof of === 'string' ? otherwise : (of.qualifier ?? otherwise)
