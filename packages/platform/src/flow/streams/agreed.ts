import { type Contract, checkOf, unknownIn } from '#collect'
import {
  call,
  cast,
  column,
  every,
  isPlainNumber,
  join,
  jsonNumber,
  type Part,
  sql,
  tryCast,
  value,
} from '#engine'
import type { FieldType } from '#kernel/scalar.ts'
import type { Judge, LakeField } from '#lake'
import type { StreamDefinition } from './definition.ts'

/** The contract of a stream, as it is asked; nothing where none has been agreed on. */
export function contractOf({ contract }: StreamDefinition): Contract | undefined {
  if (contract?.schema === undefined) return undefined
  return { schema: contract.schema, unknown: contract.unknown ?? 'allow' }
}

/** The contract that asks for some fields besides, by their labels; nothing where there is nothing to ask. */
export function withNeeded(
  contract: Contract | undefined,
  labels: readonly string[],
): Contract | undefined {
  if (labels.length === 0) return contract
  const { schema, ...rest }: Contract = contract ?? { schema: {}, unknown: 'allow' }
  const required = [...requiredIn(schema), ...labels]
  return { ...rest, schema: { ...schema, required: [...new Set(required)] } }
}

const requiredIn = ({ required }: Schema): readonly unknown[] =>
  Array.isArray(required) ? required : []

type Schema = Readonly<Record<string, unknown>>

const isSchema = (of: unknown): of is Schema =>
  typeof of === 'object' && of !== null && !Array.isArray(of)

/** What is agreed on of each field, by its label. */
const propertiesOf = ({ schema }: Contract): Schema =>
  isSchema(schema['properties']) ? schema['properties'] : {}

const stated: Readonly<Record<string, FieldType>> = {
  integer: 'integer',
  number: 'number',
  boolean: 'boolean',
  array: 'json',
  object: 'json',
}

/** The type that a contract gives a field of a file: what is text there is not taken for a number. */
export function typeAgreed(contract: Contract | undefined, label: string): FieldType | undefined {
  const property = contract && propertiesOf(contract)[label]
  if (!isSchema(property) || typeof property['type'] !== 'string') return undefined
  const isText = property['type'] === 'string' && property['format'] === undefined
  return isText ? 'text' : stated[property['type']]
}

/** The fields that a contract does not name. */
export const strangersTo = (
  contract: Contract,
  fields: readonly LakeField[],
): readonly LakeField[] => {
  const known = propertiesOf(contract)
  const isOpen =
    'additionalProperties' in contract.schema || contract.schema['properties'] === undefined
  return isOpen ? [] : fields.filter(({ label }) => !Object.hasOwn(known, label))
}

/** The judge of a contract over rows: of plain schemas the engine sees what is surely as agreed, the rest is looked at. */
export function judgeOf(
  contract: Contract | undefined,
  onStranger: (path: string) => void = () => undefined,
): Judge | undefined {
  if (contract === undefined) return undefined
  const check = checkOf(contract)
  const { unknown } = contract
  return {
    isSure: (fields) => surely(contract, fields),
    cellOf: (field) => cellAgreed(propertiesOf(contract)[field.label], field),
    problemWith: (record) => {
      const problem = check(record)
      if (problem === undefined && unknown === 'warn')
        unknownIn(contract, record).forEach(onStranger)
      return problem
    },
    kept: (fields) => {
      if (unknown !== 'reject') return fields
      const strangers = strangersTo(contract, fields)
      return fields.filter((field) => !strangers.includes(field))
    },
  }
}

/** A cell as its contract reads it: a number that is kept as text is a number all the same. */
function cellAgreed(property: unknown, { name, type }: LakeField): Part {
  const cell = column(name)
  if (type === 'json') return readOrText(cell)
  const wants = isSchema(property) ? property['type'] : undefined
  if (type === 'timestamp')
    return call(
      'json_of',
      sql`${call('replace_all', cast(cell, 'text'), value(' '), value('T'))} || 'Z'`,
    )
  if (wants === 'string') return call('json_of', cast(cell, 'text'))
  if (type === 'number') return jsonNumber(cell)
  const asked = typeof wants === 'string' ? stated[wants] : undefined
  // A column that has been text so far holds lists and objects as they are written.
  if (type === 'text' && asked === 'json') return readOrText(cell)
  if (type !== 'text' || asked === undefined) return call('json_of', cell)
  return sql`coalesce(${call('json_of', tryCast(cell, asked))}, ${call('json_of', cell)})`
}

/** What is JSON is what it says; anything else is a text, such as one among lists. */
const readOrText = (cell: Part): Part =>
  sql`case when ${call('json_is_valid', cell)} then ${call('json_read', cell)} else ${call('json_of', cast(cell, 'text'))} end`

/** Words about a schema that ask nothing. */
const silent = ['$schema', '$id', '$comment', 'title', 'description', 'examples', 'default']
const asksOnly = (schema: Schema, words: readonly string[]) =>
  Object.keys(schema).every((word) => words.includes(word) || silent.includes(word))

function surely(contract: Contract, fields: readonly LakeField[]): Part {
  const { schema, unknown } = contract
  const isPlain =
    asksOnly(schema, ['type', 'properties', 'required', 'additionalProperties']) &&
    (schema['type'] === undefined || schema['type'] === 'object') &&
    [undefined, true].includes(schema['additionalProperties'] as undefined | true)
  if (!isPlain) return sql`false`
  const required = requiredIn(schema)
  const strangers = unknown === 'reject' ? strangersTo(contract, fields) : []
  const lacking = required.filter((label) => !fields.some((field) => field.label === label))
  if (lacking.length > 0) return sql`false`
  const known = propertiesOf(contract)
  return every([
    ...strangers.map(({ name }) => sql`${column(name)} is null`),
    ...fields.flatMap((field) => {
      const [property, isNeeded] = [known[field.label], required.includes(field.label)]
      const isThere = sql`${column(field.name)} is not null`
      if (!isSchema(property)) return isNeeded ? [isThere] : []
      const fits = surelyFits(property, field)
      return [isNeeded ? sql`(${isThere} and ${fits})` : sql`(not (${isThere}) or ${fits})`]
    }),
    sql`true`,
  ])
}

const plainWords = [
  'type',
  'enum',
  'const',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'minLength',
]

/** Whether a value that is there is surely as its property says. */
function surelyFits(property: Schema, field: LakeField): Part {
  if (!asksOnly(property, plainWords)) return sql`false`
  const conditions = [
    typeFits(property['type'], field.type),
    field.type === 'number' ? isPlainNumber(column(field.name)) : sql`true`,
    ...plainWords
      .slice(1)
      .flatMap((word) =>
        property[word] === undefined ? [] : [wordFits(word, property[word], field)],
      ),
  ]
  return conditions.includes(undefined) ? sql`false` : every(conditions.flatMap((one) => one ?? []))
}

const numeric: readonly FieldType[] = ['integer', 'number', 'decimal']

function typeFits(type: unknown, has: FieldType): Part | undefined {
  const isOne =
    type === undefined ||
    (type === 'string' && has === 'text') ||
    (type === 'integer' && has === 'integer') ||
    (type === 'number' && numeric.includes(has)) ||
    (type === 'boolean' && has === 'boolean')
  return isOne && has !== 'json' ? sql`true` : undefined
}

const bounds: Readonly<Record<string, Part>> = {
  minimum: sql`>=`,
  maximum: sql`<=`,
  exclusiveMinimum: sql`>`,
  exclusiveMaximum: sql`<`,
}

function wordFits(word: string, said: unknown, { name, type }: LakeField): Part | undefined {
  const cell = column(name)
  const bound = bounds[word]
  if (bound !== undefined)
    return numeric.includes(type) && typeof said === 'number'
      ? sql`${cell} ${bound} ${value(said)}`
      : undefined
  if (word === 'minLength')
    return type === 'text' && Number(said) <= 1 ? sql`${cell} <> ''` : undefined
  const allowed = word === 'const' ? [said] : said
  if (!Array.isArray(allowed) || type !== 'text') return undefined
  const texts = allowed.filter((one) => typeof one === 'string')
  return texts.length === 0 ? undefined : sql`${cell} in (${join(texts.map((one) => value(one)))})`
}
