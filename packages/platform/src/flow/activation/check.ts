import type { Catalogue } from '#definitions'
import type { Problem } from '#kernel/fault.ts'
import { didYouMean } from '#kernel/near.ts'
import { type ModelObjectDefinition, modelOf, unknownField } from '#model'
import { type ActivationBody, type Attribute, measureOf, ownColumns } from './definition.ts'
import { activationFaults } from './faults.ts'

/** What an activation is checked against. */
export interface Surroundings {
  readonly all: Catalogue
  /** The measures of an insight, where they are known. */
  readonly measuresOf: (insight: string, all: Catalogue) => readonly string[] | undefined
}

/** What this room reads of a segment. */
interface SegmentBody {
  readonly on: string
}

/** What is wrong with the attributes of an activation. */
export function problemsOfAttributes(
  body: ActivationBody,
  surroundings: Surroundings,
): readonly Problem[] {
  // An unknown segment is a problem of its own, told with the other references.
  const on = surroundings.all.find<SegmentBody>('segment', body.segment)?.body.on
  const ofSource = body.attributes.flatMap((attribute, i) =>
    problemsOfSource(attribute, `attributes[${i}]`, { ...surroundings, segment: body.segment, on }),
  )
  return [...problemsOfNames(body.attributes), ...ofSource]
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

function problemsOfSource(
  attribute: Attribute,
  at: string,
  of: Surroundings & { readonly segment: string; readonly on: string | undefined },
): readonly Problem[] {
  if ('insight' in attribute) return problemsOfMeasure(attribute, `${at}.insight`, of)
  if (of.on === undefined) return []
  if ('field' in attribute)
    return problemsOfField(attribute.field, `${at}.field`, { ...of, on: of.on })
  if (of.on === 'individual') return []
  const { segment, on } = of
  return activationFaults.no_contact_points({ segment, on }, { at: `${at}.contact_point` }).problems
}

function problemsOfField(
  field: string,
  at: string,
  { all, on }: { readonly all: Catalogue; readonly on: string },
): readonly Problem[] {
  const object = modelOf(all.list<ModelObjectDefinition>('model_object').map(asCustom)).find(on)
  // The id of a record belongs to its source; a profile has its own.
  const { id: _, ...fields } = object?.fields ?? {}
  return field in fields ? [] : [unknownField({ key: on, fields }, field, at)]
}

const asCustom = ({ key, body }: { key: string; body: ModelObjectDefinition }) => ({ key, body })

function problemsOfMeasure(
  attribute: { readonly insight: string },
  at: string,
  { all, measuresOf }: Surroundings,
): readonly Problem[] {
  const { insight, measure } = measureOf(attribute)
  const measures = measuresOf(insight, all)
  if (measures === undefined || measures.includes(measure)) return []
  const near = didYouMean(measure, measures)
  return activationFaults.unknown_measure({ insight, measure, near }, { at }).problems
}
