import { stringify } from 'yaml'
import type { IngestType } from '../object.ts'
import type { ObjectSchema } from './object-schema.ts'

/** Writes objects and their fields as an OpenAPI 3.0 description, which `fieldsFromOpenApi` reads back. */
export const openApiOf = (
  objects: readonly ObjectSchema[],
  { title = 'Ingestion API' }: { readonly title?: string } = {},
): string =>
  stringify(
    {
      openapi: '3.0.3',
      info: { title, version: '1.0.0' },
      paths: {},
      components: {
        schemas: Object.fromEntries(objects.map((object) => [object.name, schemaOf(object)])),
      },
    },
    { aliasDuplicateObjects: false },
  )

function schemaOf({ fields }: ObjectSchema) {
  const required = fields.filter((field) => field.required).map(({ label }) => label)
  return {
    type: 'object',
    ...(required.length > 0 && { required }),
    properties: Object.fromEntries(fields.map(({ label, type }) => [label, wireTypes[type]])),
  }
}

const wireTypes: Readonly<Record<IngestType, object>> = {
  text: { type: 'string' },
  number: { type: 'number' },
  boolean: { type: 'boolean' },
  date: { type: 'string', format: 'date' },
  timestamp: { type: 'string', format: 'date-time' },
}
