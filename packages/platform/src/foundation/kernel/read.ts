import Type, { type Static, type TProperties, type TSchema } from 'typebox'
import { Check, Convert, Default } from 'typebox/value'
import { faults, joinPlace, type Problem, refusal, refuseIfAny } from './fault.ts'
import { instantPattern, isInstant } from './instant.ts'
import { didYouMean } from './near.ts'

/** The type that a reader promises. */
export type Read<R extends TSchema> = Static<R>

type Words = Readonly<{ description?: string; default?: unknown }>

/** An object with just these members; anything else in it is a problem. */
export const object = <P extends TProperties>(properties: P, words: Words = {}) =>
  Type.Object(properties, { additionalProperties: false, ...words })

/** An object whose members have names of the user's choosing. */
export const record = <V extends TSchema>(values: V, words: Words = {}) =>
  Type.Record(Type.String(), values, words)

// What a pattern allows, in words and with an example: "a time of day such as 09:30". Refusals say it instead of the pattern.
type Patterned = Readonly<{ pattern?: string; expected?: string }>

/** Text, if need be of a pattern. */
export const text = (words: Words & Patterned & { maxLength?: number; minLength?: number } = {}) =>
  Type.String(words)

/** A day, which begins in UTC, or an instant with its zone. */
export const instant = (words: Words = {}) =>
  Type.Refine(
    Type.String({ pattern: instantPattern, expected: anInstant, ...words }),
    isInstant,
    (written) => unlikeWords(anInstant, written),
  )

const anInstant = 'a day such as 2026-01-31 or an instant such as 2026-01-31T12:00:00Z'

/** An address on the web. */
export const webAddress = (words: Words = {}) =>
  text({
    pattern: '^https?://',
    expected: 'an http or https address such as https://example.com/customers',
    ...words,
  })

/** A key: what definitions are called, and what becomes a name of tables and columns. */
export const key = (words: Words = {}) =>
  Type.String({ pattern: '^[a-z][a-z0-9_]{0,62}$', expected: aKey, ...words })

const aKey = 'a key such as new_customers: up to 63 small letters, digits and _, the first a letter'

/** The id of a profile or a record: a whole number of 64 bits, in digits, since JSON has no number so long. */
export const idText = (words: Words & Patterned = {}) =>
  Type.Refine(
    Type.String({ pattern: '^\\d{1,19}$', expected: 'an id in digits such as 4711', ...words }),
    fits64Bits,
    (digits) => `${shown(digits)} is too long for an id, which is a whole number of 64 bits`,
  )

const fits64Bits = (digits: string): boolean => BigInt.asIntN(64, BigInt(digits)) === BigInt(digits)

/** A whole number. */
export const whole = (words: Words & { minimum?: number; maximum?: number } = {}) =>
  Type.Integer(words)

/** A number. */
export const number = (words: Words & { minimum?: number; maximum?: number } = {}) =>
  Type.Number(words)

/** True or false. */
export const flag = (words: Words = {}) => Type.Boolean(words)

/** A list. */
export const list = <I extends TSchema>(items: I, words: Words & { minItems?: number } = {}) =>
  Type.Array(items, words)

/** One of these words. */
export const oneOf = <const W extends readonly string[]>(words: W, more: Words = {}) =>
  Type.Enum<[...W]>([...words], more)

/** Exactly this word. */
export const exactly = <const W extends string | number | boolean>(word: W) => Type.Literal(word)

/** What may be left out. */
export const optional = <S extends TSchema>(schema: S) => Type.Optional(schema)

/** One of several shapes. A refusal speaks of the shape that comes nearest. */
export const either = <S extends TSchema[]>(...shapes: [...S]) => Type.Union(shapes)

/** A shape that contains itself: `shapes` by name, each naming others (or itself) with `shape`; `first` is what is read. */
export const recursive = <const D extends TProperties, N extends string>(shapes: D, first: N) =>
  Type.Cyclic(shapes, first)

/** One of the shapes of the `recursive` around it. */
export const shape = <const N extends string>(name: N) => Type.Ref(name)

/** Anything; for parts that another reader looks at later. */
export const anything = (words: Words = {}) => Type.Unknown(words)

export const readFaults = faults('kernel', {
  unreadable: {
    status: 422,
    say: (d: { what: string }) => d.what,
    help: 'A value has the wrong shape. The message names the place, what stood there and what was expected.',
  },
})

/** Turns an unknown value into its type, with defaults filled in, or throws all its problems at once. */
export function read<S extends TSchema>(schema: S, value: unknown, at = ''): Static<S> {
  refuseIfAny(problemsOfDepth(value, at))
  const filled = Default(schema, structuredClone(value))
  if (Check(schema, filled)) return filled
  throw refusal(problemsOf(schema, filled, at))
}

/** How deep values may stand inside each other; whoever means less says so. */
const deepest = 128

/** That a value is nested too deep to be looked at, if it is. */
export const problemsOfDepth = (value: unknown, at = ''): readonly Problem[] =>
  isDeeper(value, deepest)
    ? [problem(at, `this is nested more than ${deepest} levels deep; take it apart`)]
    : []

const isDeeper = (value: unknown, levels: number): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1)))

/** The same value with texts turned into the numbers and truths a schema asks for; for addresses, where all is text. */
export const fromText = (schema: TSchema, value: unknown): unknown =>
  Convert(schema, structuredClone(value))

/** Everything that is wrong with a value; empty when the schema accepts it. */
export function problemsOf(schema: TSchema, value: unknown, at = ''): readonly Problem[] {
  if (Check(schema, value)) return []
  const found = explain({ schema: asNode(schema), defs: {} }, value, at)
  return found.length > 0 ? found : [problem(at, `this does not fit: ${shown(value)}`)]
}

interface Node {
  readonly [word: string]: unknown
}

interface Place {
  readonly schema: Node
  readonly defs: Node
}

// TypeBox schemas are JSON Schema; this reads them as such.
const asNode = (schema: unknown): Node => schema as Node

const problem = (at: string, say: string): Problem => ({
  code: readFaults.unreadable.code,
  at,
  say,
})

function explain({ schema, defs }: Place, value: unknown, at: string): readonly Problem[] {
  const all = { ...defs, ...asNode(schema['$defs'] ?? {}) }
  const inside = (inner: unknown): Place => ({ schema: asNode(inner), defs: all })
  if (typeof schema['$ref'] === 'string') return explain(inside(all[schema['$ref']]), value, at)
  if (Array.isArray(schema['anyOf'])) return explainChoice(schema['anyOf'].map(inside), value, at)
  if (Array.isArray(schema['enum'])) return explainEnum(schema['enum'], value, at)
  if ('const' in schema)
    return value === schema['const']
      ? []
      : [problem(at, `expected ${shown(schema['const'])}, found ${shown(value)}`)]
  if (schema['type'] === 'object') return explainObject(inside(schema), value, at)
  if (schema['type'] === 'array') return explainList(inside(schema), value, at)
  return explainPlain(schema, value, at)
}

function explainChoice(choices: readonly Place[], value: unknown, at: string): readonly Problem[] {
  const answers = choices.map((choice) => ({
    found: explain(choice, value, at),
    fit: fitOf(choice, value),
  }))
  if (answers.some(({ found }) => found.length === 0)) return []
  if (answers.every(({ fit }) => fit === 0)) {
    const expected = choices.map(({ schema, defs }) => formOf(schema, defs)).join(' or ')
    return [problem(at, `expected ${expected}, found ${shown(value)}`)]
  }
  answers.sort((a, b) => b.fit - a.fit || a.found.length - b.found.length)
  return answers[0]?.found ?? []
}

// How much a value looks like a shape: the share of its members that the shape knows.
function fitOf({ schema, defs }: Place, value: unknown): number {
  if (typeof schema['$ref'] === 'string')
    return fitOf({ schema: asNode(defs[schema['$ref']]), defs }, value)
  if (Array.isArray(schema['anyOf']))
    return Math.max(...schema['anyOf'].map((s) => fitOf({ schema: asNode(s), defs }, value)))
  if (schema['type'] === 'array') return Array.isArray(value) ? 1 : 0
  if (schema['type'] !== 'object' || !isObject(value)) return 0
  const known = asNode(schema['properties'] ?? {})
  const names = Object.keys(value)
  const constantsHold = names.every((name) => {
    const expected = asNode(known[name] ?? {})
    return !('const' in expected) || expected['const'] === value[name]
  })
  const score = names.filter((name) => name in known).length / Math.max(1, names.length)
  return constantsHold ? score : score / 10
}

function formOf(schema: Node, defs: Node): string {
  if (typeof schema['$ref'] === 'string') return formOf(asNode(defs[schema['$ref']]), defs)
  if (typeof schema['expected'] === 'string') return schema['expected']
  if (Array.isArray(schema['enum'])) return `one of ${schema['enum'].map(shown).join(', ')}`
  if ('const' in schema) return shown(schema['const'])
  if (schema['type'] === 'object') {
    const required = Array.isArray(schema['required']) ? schema['required'] : []
    return required.length > 0 ? `an object with ${required.map(shown).join(', ')}` : 'an object'
  }
  return formNames[String(schema['type'])] ?? 'something else'
}

const formNames: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  null: 'nothing',
}

function explainEnum(words: readonly unknown[], value: unknown, at: string): readonly Problem[] {
  if (words.includes(value)) return []
  const hint = typeof value === 'string' ? didYouMean(value, words.map(String)) : ''
  return [
    problem(at, `expected one of ${words.map(shown).join(', ')}, found ${shown(value)}${hint}`),
  ]
}

function explainObject({ schema, defs }: Place, value: unknown, at: string): readonly Problem[] {
  if (!isObject(value)) return [problem(at, `expected an object, found ${shown(value)}`)]
  const known = asNode(schema['properties'] ?? {})
  const required = Array.isArray(schema['required']) ? schema['required'].map(String) : []
  const patterns = Object.values(asNode(schema['patternProperties'] ?? {}))
  const missing = required
    .filter((name) => value[name] === undefined)
    .map((name) => problem(joinPlace(at, name), 'is missing'))
  const inside = Object.entries(value).flatMap(([name, member]) => {
    const expected = known[name] ?? patterns[0]
    if (expected !== undefined) {
      if (member === undefined) return []
      return explain({ schema: asNode(expected), defs }, member, joinPlace(at, name))
    }
    if (schema['additionalProperties'] !== false) return []
    return [
      problem(joinPlace(at, name), `is not known here${didYouMean(name, Object.keys(known))}`),
    ]
  })
  return [...missing, ...inside]
}

function explainList({ schema, defs }: Place, value: unknown, at: string): readonly Problem[] {
  if (!Array.isArray(value)) return [problem(at, `expected a list, found ${shown(value)}`)]
  const least = Number(schema['minItems'] ?? 0)
  const few =
    value.length < least
      ? [problem(at, `needs at least ${least} entries, has ${value.length}`)]
      : []
  const items = asNode(schema['items'] ?? {})
  return [
    ...few,
    ...value.flatMap((item, i) => explain({ schema: items, defs }, item, `${at}[${i}]`)),
  ]
}

function explainPlain(schema: Node, value: unknown, at: string): readonly Problem[] {
  if (Check(schema as TSchema, value)) return []
  const expected = formNames[String(schema['type'])] ?? 'something else'
  if (typeof value === 'string' && schema['type'] === 'string' && schema['pattern'] !== undefined) {
    return [problem(at, unlike(schema, value))]
  }
  const bounds = ['minimum', 'maximum', 'minLength', 'maxLength']
    .filter((bound) => schema[bound] !== undefined)
    .map((bound) => `${bound} ${String(schema[bound])}`)
  const within = bounds.length > 0 ? ` (${bounds.join(', ')})` : ''
  return [problem(at, `expected ${expected}${within}, found ${shown(value)}`)]
}

// A refinement is only asked about what is of the pattern.
function unlike(schema: Node, value: string): string {
  const pattern = String(schema['pattern'])
  const refined = Type.IsRefine(schema) && new RegExp(pattern, 'u').test(value)
  const own = refined ? schema['~refine'].find(({ check }) => !check(value)) : undefined
  if (own) return own.error(value)
  const { expected } = schema
  return typeof expected === 'string'
    ? unlikeWords(expected, value)
    : `${shown(value)} does not match ${pattern}`
}

const unlikeWords = (expected: string, found: string): string =>
  `expected ${expected}, found ${shown(found)}`

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function shown(value: unknown): string {
  if (value === undefined) return 'nothing'
  const json = JSON.stringify(value) ?? String(value)
  return json.length > 60 ? `${json.slice(0, 57)}...` : json
}
