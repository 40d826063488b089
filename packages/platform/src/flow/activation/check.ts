import type { Catalogue } from '#definitions'
import type { InsightShape } from '#insights'
import type { Problem } from '#kernel/fault.ts'
import { didYouMean } from '#kernel/near.ts'
import { type Model, unknownField } from '#model'
import { type ActivationBody, type Attribute, measureOf, ownColumns } from './definition.ts'
import { activationFaults } from './faults.ts'

/** How the other rooms read the definitions that attributes speak of. */
export interface KnownAround {
  readonly modelIn: (all: Catalogue) => Model
  readonly shapesIn: (all: Catalogue) => {
    readonly shapes: ReadonlyMap<string, Pick<InsightShape, 'on' | 'dimensions' | 'measures'>>
  }
}

interface Around extends KnownAround {
  readonly all: Catalogue
  readonly segment: string
  /** What the segment is made of; nothing when there is no such segment, which is told with the other references. */
  readonly on: string | undefined
}

/** What is wrong with the attributes of an activation. */
export function problemsOfAttributes(
  { attributes, segment }: ActivationBody,
  all: Catalogue,
  known: KnownAround,
): readonly Problem[] {
  const on = all.find<{ on: string }>('segment', segment)?.body.on
  const around = { ...known, all, segment, on }
  return [
    ...problemsOfNames(attributes),
    ...attributes.flatMap((one, i) => problemsOfSource(one, `attributes[${i}]`, around)),
  ]
}

function problemsOfNames(attributes: readonly Attribute[]): readonly Problem[] {
  const names = attributes.map(({ as }) => as.toLowerCase())
  return attributes.flatMap(({ as }, i) => {
    const name = as.toLowerCase()
    const place = { at: `attributes[${i}].as` }
    if (ownColumns.some((own) => own === name)) {
      return activationFaults.taken_name({ as }, place).problems
    }
    const isSecond = names.indexOf(name) < i
    return isSecond ? activationFaults.duplicate_attribute({ as }, place).problems : []
  })
}

function problemsOfSource(attribute: Attribute, at: string, of: Around): readonly Problem[] {
  if ('insight' in attribute) return problemsOfMeasure(attribute, `${at}.insight`, of)
  if ('field' in attribute) return problemsOfField(attribute.field, `${at}.field`, of)
  const { segment, on = 'individual' } = of
  if (on === 'individual') return []
  return activationFaults.no_contact_points({ segment, on }, { at: `${at}.contact_point` }).problems
}

function problemsOfField(
  field: string,
  at: string,
  { modelIn, all, on }: Around,
): readonly Problem[] {
  const object = on === undefined ? undefined : modelIn(all).find(on)
  if (object === undefined) return []
  // The id of a record belongs to its source; a profile has its own.
  const { id: _, ...fields } = object.fields
  return field in fields ? [] : [unknownField({ key: object.key, fields }, field, at)]
}

function problemsOfMeasure(
  attribute: { readonly insight: string },
  at: string,
  { shapesIn, all, on = 'individual' }: Around,
): readonly Problem[] {
  const { insight, measure } = measureOf(attribute)
  const shape = shapesIn(all).shapes.get(insight)
  // One that is missing or wrong itself is told elsewhere.
  if (shape === undefined) return []
  if (shape.on !== on || shape.dimensions.length !== 1) {
    const by = shape.dimensions.join(', ') || 'nothing'
    return activationFaults.not_one_value({ insight, on, by }, { at }).problems
  }
  if (shape.measures.has(measure)) return []
  const near = didYouMean(measure, shape.measures.keys())
  return activationFaults.unknown_measure({ insight, measure, near }, { at }).problems
}
