import { parseDocument } from 'yaml'
import { type Problem, refuseIfAny } from '#kernel/fault.ts'
import { columnNames } from '#kernel/names.ts'
import { ingestFaults } from '../faults.ts'
import type { IngestField, IngestType } from '../object.ts'
import { isObject } from '../streaming/mismatch.ts'
import { growthProblems } from './growth.ts'
import { fieldNameProblem, objectNameProblem, twice } from './names.ts'
import { type ObjectSchema, schemaProblem } from './object-schema.ts'

/** What a new description is held against. */
export interface SchemaContext {
  /** The objects as they were declared before: none of them may go, and no field of theirs may go or change. */
  readonly before?: readonly ObjectSchema[]
  /** Names of objects that are about what happened, so that they have to say when. */
  readonly engagement?: readonly string[]
}

const mostFields = 1000
const place = 'components.schemas'

/** Reads objects and their fields from an OpenAPI 3.0 description, in YAML or JSON; throws all its problems at once. */
export function fieldsFromOpenApi(
  text: string,
  context: SchemaContext = {},
): readonly ObjectSchema[] {
  const schemas = schemasIn(text)
  const problems: Problem[] = []
  const objects = Object.entries(schemas).map(([name, schema]) => ({
    name,
    fields: readFields(`${place}.${name}`, schema, problems),
  }))
  if (objects.length === 0) problems.push(schemaProblem(place, 'names no object'))
  for (const { name } of objects) {
    const why = objectNameProblem(name)
    if (why !== undefined) problems.push(schemaProblem(`${place}.${name}`, why))
  }
  problems.push(...twice(place, Object.keys(schemas)), ...growthProblems(objects, context, place))
  refuseIfAny(problems)
  return objects
}

function schemasIn(text: string): Readonly<Record<string, unknown>> {
  const document = parseDocument(text, { prettyErrors: true })
  const [error] = document.errors
  if (error) throw unreadable(`it is not YAML: ${error.message}`)
  const root: unknown = document.toJS({ maxAliasCount: 100 })
  const version = isObject(root) ? root['openapi'] : undefined
  if (!isObject(root) || !/^3\.0(\.\d+)?$/.test(String(version)))
    throw unreadable('expected a description in OpenAPI 3.0, beginning with "openapi: 3.0.3"')
  const { components } = root
  const schemas = isObject(components) ? components['schemas'] : undefined
  if (!isObject(schemas)) throw unreadable(`expected objects below ${place}`)
  return schemas
}

const unreadable = (why: string) => ingestFaults.bad_schema({ why })

function readFields(at: string, schema: unknown, problems: Problem[]): readonly IngestField[] {
  const properties = isObject(schema) ? schema['properties'] : undefined
  if (!isObject(schema) || !isObject(properties) || Object.keys(properties).length === 0) {
    problems.push(schemaProblem(at, 'needs "type: object" and at least one of "properties"'))
    return []
  }
  const labels = Object.keys(properties)
  if (labels.length > mostFields)
    problems.push(schemaProblem(at, `has ${labels.length} fields; ${mostFields} are the most`))
  problems.push(...twice(`${at}.properties`, labels))
  const required = requiredOf(at, schema, labels, problems)
  const names = columnNames(labels)
  return labels.flatMap((label, i) => {
    const type = readType(`${at}.properties.${label}`, label, properties[label], problems)
    const name = names[i] ?? label
    return type === undefined ? [] : [{ name, label, type, required: required.includes(label) }]
  })
}

function requiredOf(
  at: string,
  schema: Readonly<Record<string, unknown>>,
  labels: readonly string[],
  problems: Problem[],
): readonly string[] {
  const { required = [] } = schema
  if (!Array.isArray(required)) {
    problems.push(schemaProblem(`${at}.required`, 'expected a list of names of fields'))
    return []
  }
  const unknown = required.filter((name) => !labels.includes(String(name)))
  for (const name of unknown)
    problems.push(schemaProblem(`${at}.required`, `"${String(name)}" is not among the properties`))
  return required.map(String)
}

function readType(
  at: string,
  label: string,
  schema: unknown,
  problems: Problem[],
): IngestType | undefined {
  const why = fieldNameProblem(label)
  if (why !== undefined) problems.push(schemaProblem(at, why))
  const { type, format } = isObject(schema) ? schema : {}
  const found = typeof type === 'string' ? typeFrom(type, format) : undefined
  if (found === undefined)
    problems.push(
      schemaProblem(
        at,
        'its type has to be string, number or boolean; objects and lists have no place in an object',
      ),
    )
  return found
}

function typeFrom(type: string, format: unknown): IngestType | undefined {
  if (type === 'string' && format === 'date') return 'date'
  if (type === 'string' && format === 'date-time') return 'timestamp'
  return plainTypes.get(type)
}

const plainTypes: ReadonlyMap<string, IngestType> = new Map([
  ['string', 'text'],
  ['number', 'number'],
  ['integer', 'number'],
  ['boolean', 'boolean'],
])
