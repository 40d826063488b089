import { type Catalogue, type KindName, shapeOf } from '#definitions'
import type { InsightShape } from '#insights'
import { asProblems, Fault, type Problem } from '#kernel/fault.ts'
import { didYouMean } from '#kernel/near.ts'
import type { FieldType } from '#kernel/scalar.ts'
import { type Model, modelFaults, unknownField } from '#model'
import { isUnified, subjectsOf } from '#segments'
import { consentOf } from './asked-consent.ts'
import { compiled, contactObject } from './compile.ts'
import {
  type ActivationBody,
  type Attribute,
  type ContactAttribute,
  type DestinationBody,
  measureOf,
  ownColumns,
  type RelatedAttribute,
  sendWords,
} from './definition.ts'
import { destinationOf } from './destinations/index.ts'
import { activationFaults } from './faults.ts'

/** Names the kind `destination`. */
export const destinationName: KindName<DestinationBody> = { kind: 'destination' }

/** Names the kind `activation`. */
export const activationName: KindName<ActivationBody> = { kind: 'activation' }

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

/** What is wrong with an activation. */
export function problemsOfActivation(
  body: ActivationBody,
  all: Catalogue,
  known: KnownAround,
): readonly Problem[] {
  const { attributes, segment, send, updates } = body
  const on = all.find<{ on: string }>('segment', segment)?.body.on
  const around = { ...known, all, segment, on }
  return [
    ...problemsOfNames(attributes),
    ...attributes.flatMap((one, i) => problemsOfSource(one, `attributes[${i}]`, around)),
    ...problemsOfFilter(body, around),
    ...(updates === true && send === 'everything'
      ? activationFaults.updates_of_everything({}, { at: 'updates' }).problems
      : []),
    ...problemsOfNeeds(body, on, all),
  ]
}

// What the destination speaks of must be sent, in a way that it can take.
function problemsOfNeeds(
  body: ActivationBody,
  on: string | undefined,
  all: Catalogue,
): readonly Problem[] {
  const { destination: key, attributes, send } = body
  const found = all.find(destinationName, key)?.body
  if (found === undefined) return []
  const destination = destinationOf(found.type)
  // Settings that are wrong are told at the destination.
  if (!shapeOf(destination.settings, found.settings, 'settings').isSound) return []
  const names = attributes.map(({ as }) => as)
  const { sends = sendWords, label } = destination
  return [
    ...(sends.includes(send)
      ? []
      : activationFaults.only_changes({ label }, { at: 'send' }).problems),
    ...missingAttributes(destination.needs(found.settings), { destination: key, names }),
    ...problemsOfConsent(body, on, found),
    ...problemsOfSharing(body, found, all),
  ]
}

/** What a destination speaks of and is not sent, by the names of what is. */
export function missingAttributes(
  needs: readonly string[],
  { destination, names }: { readonly destination: string; readonly names: readonly string[] },
): readonly Problem[] {
  const known = [...ownColumns, ...names]
  return needs
    .filter((as) => !known.includes(as))
    .flatMap((as) => {
      const details = { destination, as, near: didYouMean(as, known) }
      return activationFaults.missing_attribute(details, { at: 'attributes' }).problems
    })
}

// Whoever leaves one of two activations would be taken from under the other.
function problemsOfSharing(
  { destination }: ActivationBody,
  found: DestinationBody,
  all: Catalogue,
) {
  const place = placeOf(found)
  if (place === undefined) return []
  const there = all.list(activationName).filter(({ body }) => {
    const other = all.find(destinationName, body.destination)?.body
    return body.destination === destination || (other && placeOf(other) === place)
  })
  if (there.length < 2) return []
  const activations = there.map(({ key }) => `"${key}"`).join(' and ')
  return activationFaults.shared_place({ place, activations }, { at: 'destination' }).problems
}

function placeOf({ type, settings }: DestinationBody): string | undefined {
  const destination = destinationOf(type)
  const shaped = shapeOf(destination.settings, settings, 'settings')
  return shaped.isSound ? destination.fills?.(shaped.value) : undefined
}

// Only of people, and of contact points, can it be known.
function problemsOfConsent(
  { consent, segment }: ActivationBody,
  on: string | undefined,
  there: DestinationBody,
): readonly Problem[] {
  const asked = consentOf(consent, there)
  if (on === undefined || on === 'individual' || !asked || asked.attribute !== undefined) return []
  const at = consent === undefined ? 'destination' : 'consent'
  return activationFaults.consent_of_people({ segment, on }, { at }).problems
}

function problemsOfFilter({ filter }: ActivationBody, of: Around): readonly Problem[] {
  if (filter === undefined || of.on === undefined) return []
  return problemsOfCondition(filter, 'filter', { ...of, object: of.on })
}

interface Formula extends Around {
  readonly object: string
}

function problemsOfCondition(text: string, at: string, of: Formula): readonly Problem[] {
  return problemsOfFormula(text, at, of, (type) =>
    type === 'boolean'
      ? []
      : activationFaults.filter_not_boolean({ type: type ?? 'nothing' }, { at }).problems,
  )
}

function problemsOfFormula(
  text: string,
  at: string,
  { modelIn, all, object }: Formula,
  judge: (type: FieldType | undefined) => readonly Problem[] = () => [],
): readonly Problem[] {
  const found = modelIn(all).find(object)
  if (found === undefined) return []
  try {
    return judge(compiled(text, found).type)
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown
    return asProblems(thrown, at)
  }
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
  if ('related' in attribute) return problemsOfRelated(attribute, at, of)
  if ('formula' in attribute) {
    const { on } = of
    if (on === undefined) return []
    return problemsOfFormula(attribute.formula, `${at}.formula`, { ...of, object: on })
  }
  return problemsOfContact(attribute, at, of)
}

function problemsOfContact(attribute: ContactAttribute, at: string, of: Around) {
  const { segment, on = 'individual', modelIn, all } = of
  const model = modelIn(all)
  const object = contactObject(attribute.contact_point)
  if (!subjectsOf({ model, insights: [], segments: [], on }).objects.has(object)) {
    return activationFaults.no_contact_points({ segment, on }, { at: `${at}.contact_point` })
      .problems
  }
  const fields = model.find(object)?.fields ?? {}
  return [
    ...(attribute.purpose !== undefined && fields['usage_type'] === undefined
      ? activationFaults.no_purpose_field({ object }, { at: `${at}.purpose` }).problems
      : []),
  ]
}

/** How this room reads mappings: which source systems there are. */
const mappingName: KindName<{ readonly qualifier: string }> = { kind: 'mapping' }

/** What should be known of an activation: sources that no mapping has, misspelt or still to come, are preferred in vain. */
export function warningsOfActivation(
  { attributes }: Pick<ActivationBody, 'attributes'>,
  all: Catalogue,
): readonly Problem[] {
  const known = new Set(all.list(mappingName).map(({ body }) => body.qualifier))
  return attributes.flatMap((one, i) => {
    if (!('contact_point' in one)) return []
    return (one.sources ?? []).flatMap((source, n) => {
      if (known.has(source)) return []
      const details = { source, near: didYouMean(source, known) }
      const at = `attributes[${i}].sources[${n}]`
      return activationFaults.source_nowhere(details, { at }).problems
    })
  })
}

function problemsOfRelated(attribute: RelatedAttribute, at: string, of: Around) {
  const { on, modelIn, all } = of
  if (on === undefined) return []
  const model = modelIn(all)
  const object = model.find(attribute.related)
  if (object === undefined) {
    const near = didYouMean(
      attribute.related,
      model.objects.map(({ key }) => key),
    )
    return modelFaults.unknown_object({ object: attribute.related, near }, { at: `${at}.related` })
      .problems
  }
  const { fields, where, order } = attribute
  const named = [
    ...fields.map(({ field }, i) => [field, `${at}.fields[${i}].field`] as const),
    ...(order === undefined ? [] : [[order.field, `${at}.order.field`] as const]),
  ]
  const names = fields.map(({ as }) => as)
  return [
    ...(!subjectsOf({ model, insights: [], segments: [], on }).objects.has(object.key)
      ? activationFaults.not_related({ object: object.key, on }, { at: `${at}.related` }).problems
      : []),
    ...named.flatMap(([field, place]) =>
      Object.hasOwn(object.fields, field) ? [] : [unknownField(object, field, place)],
    ),
    ...names.flatMap((as, i) =>
      names.indexOf(as) < i
        ? activationFaults.duplicate_attribute({ as }, { at: `${at}.fields[${i}].as` }).problems
        : [],
    ),
    ...(where === undefined
      ? []
      : problemsOfCondition(where, `${at}.where`, { ...of, object: object.key })),
  ]
}

function problemsOfField(
  field: string,
  at: string,
  { modelIn, all, on }: Around,
): readonly Problem[] {
  const object = on === undefined ? undefined : modelIn(all).find(on)
  if (object === undefined) return []
  // The id of a record belongs to its source; a profile has its own, and other things have no better one.
  const { id, ...others } = object.fields
  const fields = id === undefined || isUnified(object.key) ? others : { id, ...others }
  return Object.hasOwn(fields, field) ? [] : [unknownField({ key: object.key, fields }, field, at)]
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
