/** A JSON Schema that is an object. */
export type Schema = Readonly<Record<string, unknown>>

/** Whether something is one; true and false, which are schemas too, say nothing of members. */
export const isSchema = (of: unknown): of is Schema =>
  typeof of === 'object' && of !== null && !Array.isArray(of)

/** The types of JSON Schema. */
const types = ['string', 'number', 'integer', 'boolean', 'object', 'array', 'null']

/** Words that hold a schema or a list of them, and those that hold schemas by name. */
const holders = [
  ...['items', 'prefixItems', 'additionalItems', 'contains', 'additionalProperties'],
  ...['propertyNames', 'unevaluatedItems', 'unevaluatedProperties'],
  ...['allOf', 'anyOf', 'oneOf', 'not', 'if', 'then', 'else'],
]
const shelves = ['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas']

/**
 * What keeps a schema from meaning anything, though a compiler takes it: a type that there is not, and a reference that leads
 * nowhere or out of the house. Nothing where it is sound. References by names of their own (`$id`, `$anchor`) are not followed.
 */
export function unsoundIn(schema: Schema): string | undefined {
  const isNamed = /"\$(id|anchor|dynamicAnchor)":/.test(JSON.stringify(schema))
  return unsoundAt(schema, '', isNamed ? undefined : schema)
}

/** One schema; `root` is what its references lead into, where they are followed. */
function unsoundAt(part: unknown, at: string, root: Schema | undefined): string | undefined {
  if (!isSchema(part)) return undefined
  const place = at === '' ? 'the schema' : at
  const inner = partsOf(part).map(([name, one]) =>
    unsoundAt(one, at === '' ? name : `${at}.${name}`, root),
  )
  return [wrongType(part, place), root && wrongReference(part, place, root), ...inner].find(
    (one) => one !== undefined,
  )
}

const partsOf = (schema: Schema): readonly (readonly [string, unknown])[] => [
  ...holders.flatMap((word) => {
    const held = schema[word]
    return Array.isArray(held)
      ? held.map((one, i) => [`${word}.${i}`, one] as const)
      : [[word, held] as const]
  }),
  ...shelves.flatMap((word) => {
    const held = schema[word]
    return isSchema(held)
      ? Object.entries(held).map(([name, one]) => [`${word}.${name}`, one] as const)
      : []
  }),
]

function wrongType({ type }: Schema, place: string): string | undefined {
  const given = Array.isArray(type) ? type : [type]
  const wrong = given.find((one) => typeof one === 'string' && !types.includes(one))
  return wrong === undefined
    ? undefined
    : `${place}: there is no type "${wrong}"; there are ${types.join(', ')}`
}

function wrongReference({ $ref: to }: Schema, place: string, root: Schema): string | undefined {
  if (typeof to !== 'string' || leads(to, root)) return undefined
  return `${place}: the reference "${to}" leads nowhere; references lead to a place in the schema itself, such as #/$defs/address`
}

function leads(to: string, root: Schema): boolean {
  if (to === '#') return true
  if (!to.startsWith('#/')) return false
  let part: unknown = root
  for (const word of to.slice(2).split('/')) {
    const name = unescaped(word)
    if (typeof part !== 'object' || part === null || !Object.hasOwn(part, name)) return false
    part = (part as Schema)[name]
  }
  return true
}

function unescaped(word: string): string {
  const plain = (of: string) => of.replaceAll('~1', '/').replaceAll('~0', '~')
  try {
    return plain(decodeURIComponent(word))
  } catch {
    // The compiler says what is wrong with it.
    return plain(word)
  }
}
