import { formulaOf, type MappingBody } from '../../lib/mapping.ts'

/** A field of a stream, or a formula over several, that fills a field of the model. */
export interface Origin {
  readonly stream: string
  readonly formula: string
}

/** Where the fields of an object come from, by their names. */
export function originsOf(
  object: string,
  mappings: readonly MappingBody[],
): ReadonlyMap<string, readonly Origin[]> {
  const all = mappings.flatMap(({ stream, objects }) =>
    objects
      .filter((target) => target.object === object)
      .flatMap(({ fields }) =>
        Object.entries(fields).map(([field, filling]) => ({
          field,
          origin: { stream, formula: formulaOf(filling) },
        })),
      ),
  )
  return new Map(
    [...Map.groupBy(all, ({ field }) => field)].map(([field, of]) => [
      field,
      of.map(({ origin }) => origin),
    ]),
  )
}

/** Something that is made of the model. */
export interface Use {
  readonly kind: 'segment' | 'insight' | 'activation'
  readonly key: string
  /** `object.field` of everything it asks. */
  readonly fields: ReadonlySet<string>
}

/** The fields that a condition of a segment, or the attributes of an activation, ask: of people, or of the rows that `related` names. */
export function fieldsIn(body: unknown, on: string): ReadonlySet<string> {
  const found = new Set<string>()
  walk(body, on, (path) => found.add(path))
  return found
}

function walk(value: unknown, on: string, found: (path: string) => void): void {
  if (Array.isArray(value)) {
    for (const member of value) walk(member, on, found)
    return
  }
  if (typeof value !== 'object' || value === null) return
  const members = Object.entries(value)
  const related = members.find(([name]) => name === 'related')?.[1]
  const inside = typeof related === 'string' ? related : on
  for (const [name, member] of members) {
    const isField = name === 'field' || (name === 'of' && typeof related === 'string')
    // A path leads over links; what it begins with is a field of this object.
    if (isField && typeof member === 'string') found(`${inside}.${member.split('.')[0]}`)
    else walk(member, inside, found)
  }
}
