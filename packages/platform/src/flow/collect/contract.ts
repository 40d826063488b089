import { Compile } from 'typebox/schema'
import type { Message } from './collect.ts'
import { collectFaults } from './faults.ts'
import { isSchema, type Schema, unsoundIn } from './sound-schema.ts'

/** What the sender and the house have agreed on: the shape of a body, as JSON Schema. */
export interface Contract {
  readonly schema: Readonly<Record<string, unknown>>
  /** What is done with members that the schema does not name. */
  readonly unknown: 'allow' | 'warn' | 'reject'
  /** Members that belong to the way a body is sent, so that they need no name in the schema. */
  readonly always?: readonly string[]
}

/** Why a body is not as agreed; nothing when it is. */
export type ContractCheck = (body: Message) => string | undefined

/** Makes the check of a contract that is about to be agreed on; refuses besides what a compiler takes and nothing could pass. */
export function newCheckOf(contract: Contract): ContractCheck {
  const why = unsoundIn(contract.schema)
  if (why !== undefined) throw collectFaults.bad_contract({ why })
  return checkOf(contract)
}

/** Makes the check of a contract once, so that asking it is cheap. Refuses a schema that is none. */
export function checkOf(contract: Contract): ContractCheck {
  const agreed = withAlways(contract)
  const schema = contract.unknown === 'reject' ? closed(agreed) : agreed
  const compiled = compiledOf(schema)
  return (body) => {
    if (compiled.Check(body)) return undefined
    const [, errors] = compiled.Errors(body)
    // What may not be there is told by the object that it is in.
    const telling = errors.filter(({ keyword }) => keyword !== 'boolean')
    return telling.slice(0, mostReasons).map(reasonOf).join('; ') || 'it is not as agreed'
  }
}

/** The members that a contract does not name, by path, for those that are only warned of. */
export function unknownIn(contract: Contract, body: Message): readonly string[] {
  return strangers(withAlways(contract), body, '')
}

/** The schema, in which what always comes has a name wherever others may not come. */
function withAlways({ schema, always = [] }: Contract): Schema {
  const { properties } = schema
  if (!isSchema(properties) && !('additionalProperties' in schema)) return schema
  const others = Object.fromEntries(always.map((name) => [name, {}]))
  return { ...schema, properties: { ...others, ...(isSchema(properties) ? properties : {}) } }
}

const mostReasons = 5

function compiledOf(schema: Readonly<Record<string, unknown>>) {
  try {
    return Compile(schema)
  } catch (thrown) {
    throw collectFaults.bad_contract({
      why: thrown instanceof Error ? thrown.message : String(thrown),
    })
  }
}

interface SchemaError {
  readonly keyword: string
  readonly instancePath: string
  readonly message: string
  readonly params: object
}

function reasonOf({ instancePath, message, params }: SchemaError): string {
  const at = instancePath.slice(1).replaceAll('/', '.')
  const names = Object.values(params)
    .flat()
    .filter((part) => typeof part === 'string')
  const detail = names.length === 0 ? '' : ` (${names.join(', ')})`
  return `${at === '' ? 'the body' : at} ${message}${detail}`
}

/** The schema with every object that names members closed to others, unless it says itself what others may be. */
function closed(schema: Schema): Schema {
  const { properties } = schema
  if (!isSchema(properties)) return schema
  const inner = Object.fromEntries(
    Object.entries(properties).map(([name, one]) => [name, isSchema(one) ? closed(one) : one]),
  )
  return { additionalProperties: false, ...schema, properties: inner }
}

function strangers(schema: Schema, value: unknown, at: string): readonly string[] {
  const { properties } = schema
  if (!isSchema(properties) || !isSchema(value)) return []
  return Object.entries(value).flatMap(([name, member]) => {
    const known = Object.hasOwn(properties, name) ? properties[name] : undefined
    const place = at === '' ? name : `${at}.${name}`
    if (known === undefined) return 'additionalProperties' in schema ? [] : [place]
    return isSchema(known) ? strangers(known, member, place) : []
  })
}
