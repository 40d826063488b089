type Schema = Readonly<Record<string, unknown>>

const isObject = (of: unknown): of is Schema =>
  typeof of === 'object' && of !== null && !Array.isArray(of)

/** The types of JSON Schema. */
const types = ['string', 'number', 'integer', 'boolean', 'object', 'array', 'null']

/** Words whose values are data and no schemas. */
const data = ['enum', 'const', 'default', 'examples']

/**
 * What keeps a schema from meaning anything, though a compiler takes it: a type that there is not, and a reference that leads
 * nowhere or out of the house. Nothing where it is sound.
 */
export function unsoundIn(schema: Schema): string | undefined {
  return unsoundAt(schema, '', schema)
}

function unsoundAt(part: unknown, at: string, root: Schema): string | undefined {
  if (Array.isArray(part))
    return firstOf(
      part.map((one, i) => [String(i), one]),
      at,
      root,
    )
  if (!isObject(part)) return undefined
  const place = at === '' ? 'the schema' : at
  return (
    wrongType(part, place) ??
    wrongReference(part, place, root) ??
    firstOf(Object.entries(part), at, root)
  )
}

const firstOf = (parts: readonly (readonly [string, unknown])[], at: string, root: Schema) =>
  parts
    .filter(([name]) => !data.includes(name))
    .map(([name, part]) => unsoundAt(part, at === '' ? name : `${at}.${name}`, root))
    .find((one) => one !== undefined)

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

/** What parts of a schema are called, as references call them. */
function names(part: unknown): ReadonlySet<string> {
  if (Array.isArray(part)) return new Set(part.flatMap((one) => [...names(one)]))
  if (!isObject(part)) return new Set()
  const own = [part['$id'], part['$anchor'] === undefined ? undefined : `#${part['$anchor']}`]
  const inner = Object.values(part).flatMap((one) => [...names(one)])
  return new Set([...own.filter((one) => typeof one === 'string'), ...inner])
}

function leads(to: string, root: Schema): boolean {
  if (to === '#' || names(root).has(to)) return true
  if (!to.startsWith('#/')) return false
  let part: unknown = root
  for (const word of to.slice(2).split('/')) {
    const name = decodeURIComponent(word).replaceAll('~1', '/').replaceAll('~0', '~')
    if (!(isObject(part) || Array.isArray(part)) || !Object.hasOwn(part, name)) return false
    part = (part as Schema)[name]
  }
  return true
}
