import { type Body, isBody, type Path } from './body.ts'

/** The schema of a kind of definitions, out of that of all of them. */
export function schemaOfKind(all: Body, kind: string): Body | undefined {
  const kinds = Array.isArray(all['oneOf']) ? all['oneOf'].filter(isBody) : []
  const found = kinds.find(
    ({ properties }) => constIn(isBody(properties) && properties['kind']) === kind,
  )
  // Shapes that contain themselves are named apart.
  return found && { ...found, $defs: all['$defs'] }
}

/** The members that a part may have, each with its schema; of a choice of shapes, those of all of them. */
export function membersAt(schema: Body | undefined, path: Path): ReadonlyMap<string, Body> {
  if (schema === undefined) return new Map()
  const shapes = path.reduce<readonly Body[]>(
    (at, step) => at.flatMap((shape) => shapesBelow(shape, step, schema)),
    shapesIn(schema, schema),
  )
  const members = new Map<string, Body>()
  for (const { properties } of shapes) {
    if (!isBody(properties)) continue
    for (const [name, member] of Object.entries(properties)) {
      const known = members.get(name)
      if (!isBody(member)) continue
      members.set(name, known === undefined ? member : { anyOf: [known, member] })
    }
  }
  return members
}

/** The words that a member may be. */
export function choicesIn(member: Body | undefined): readonly string[] {
  if (member === undefined) return []
  const words = Array.isArray(member['enum']) ? member['enum'] : [member['const']]
  const further = choicesOf(member).flatMap(choicesIn)
  return [...new Set([...words.filter((word) => typeof word === 'string'), ...further])]
}

/** What a member may be when it is plain: a number, yes or no, or text. */
export function plainTypeIn(member: Body): 'number' | 'flag' | 'text' | undefined {
  const types = [member, ...choicesOf(member)].map(({ type }) => type)
  if (types.includes('number') || types.includes('integer')) return 'number'
  if (types.includes('boolean')) return 'flag'
  if (types.includes('string')) return 'text'
  return undefined
}

/** What is said of a member. */
export function aboutIn(member: Body | undefined): string | undefined {
  const said = member?.['description']
  return typeof said === 'string' ? said : undefined
}

const choicesOf = ({ anyOf, oneOf }: Body): readonly Body[] =>
  [anyOf, oneOf].flatMap((of) => (Array.isArray(of) ? of.filter(isBody) : []))

function shapesIn(shape: Body, root: Body): readonly Body[] {
  const { $ref } = shape
  if (typeof $ref === 'string') {
    const defs = isBody(root['$defs']) ? root['$defs'] : {}
    const named = defs[$ref.slice($ref.lastIndexOf('/') + 1)]
    return isBody(named) ? shapesIn(named, root) : []
  }
  const choices = choicesOf(shape)
  return choices.length === 0 ? [shape] : choices.flatMap((choice) => shapesIn(choice, root))
}

function shapesBelow(
  { properties, patternProperties, items }: Body,
  step: string | number,
  root: Body,
) {
  const named = isBody(properties) ? properties[step] : undefined
  // Members of any name have one schema for all of them.
  const [further] = isBody(patternProperties) ? Object.values(patternProperties) : []
  const below = typeof step === 'number' ? items : (named ?? further)
  return isBody(below) ? shapesIn(below, root) : []
}

const constIn = (member: unknown): unknown => (isBody(member) ? member['const'] : undefined)
