import type { TSchema } from 'typebox'
import { asProblems, Fault, joinPlace, type Problem } from '#kernel/fault.ts'
import { problemsOf, problemsOfDepth, read } from '#kernel/read.ts'
import { definitionFaults } from './faults.ts'

/** A value with its defaults, or what is wrong with it. */
export type Shaped =
  | { readonly isSound: true; readonly value: unknown }
  | { readonly isSound: false; readonly problems: readonly Problem[] }

/** Reads a value by a schema in which secrets may be wanted; what it says never repeats one that was given in plain. */
export function shapeOf(schema: TSchema, value: unknown, at = ''): Shaped {
  const deep = problemsOfDepth(value, at)
  if (deep.length > 0) return { isSound: false, problems: deep }
  try {
    return { isSound: true, value: read(schema, value, at) }
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown
    const plain = [...new Set(plainSecrets({ schema: asNode(schema), defs: {} }, value, at))]
    const others = asProblems(thrown).filter(
      ({ at: around }) => !plain.some((place) => isWithin(place, around)),
    )
    return { isSound: false, problems: [...plain.map(plainSecret), ...others] }
  }
}

// What is said of a whole shows a piece of it.
const isWithin = (place: string, around: string) =>
  around === '' ||
  place === around ||
  (/^[.[]/.test(place.slice(around.length)) && place.startsWith(around))

function plainSecret(at: string): Problem {
  const { code, message } = definitionFaults.plain_secret({})
  return { code, at, say: message }
}

interface Node {
  readonly [word: string]: unknown
}

interface Place {
  readonly schema: Node
  readonly defs: Node
}

// TypeBox schemas are JSON Schema; this reads them as such.
const asNode = (schema: unknown): Node => (schema ?? {}) as Node

// Another choice than the name of a secret, such as an address.
const takesPlain = (choice: Node, value: unknown): boolean =>
  typeof value !== 'object' &&
  typeof choice['type'] === 'string' &&
  problemsOf(choice, value).length === 0

// Where a value stands in plain although only the name of a secret is wanted there.
function plainSecrets({ schema, defs }: Place, value: unknown, at: string): readonly string[] {
  if (value === undefined) return []
  const all = { ...defs, ...asNode(schema['$defs']) }
  const inside = (inner: unknown): Place => ({ schema: asNode(inner), defs: all })
  if ('x-secret' in schema) return typeof value === 'object' ? [] : [at]
  if (typeof schema['$ref'] === 'string')
    return plainSecrets(inside(all[schema['$ref']]), value, at)
  if (Array.isArray(schema['anyOf']))
    return schema['anyOf'].map(asNode).some((choice) => takesPlain(choice, value))
      ? []
      : schema['anyOf'].flatMap((choice) => plainSecrets(inside(choice), value, at))
  if (Array.isArray(value))
    return value.flatMap((item, i) => plainSecrets(inside(schema['items']), item, `${at}[${i}]`))
  if (typeof value !== 'object' || value === null) return []
  const known = asNode(schema['properties'])
  const [named] = Object.values(asNode(schema['patternProperties']))
  return Object.entries(value).flatMap(([name, member]) =>
    plainSecrets(inside(known[name] ?? named), member, joinPlace(at, name)),
  )
}
