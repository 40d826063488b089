import type { Model, ModelObject } from '#model'
import { contactColumns, linkTo, type ValueColumn } from './contacts.ts'
import type { Subject } from './definition.ts'
import { formOf } from './forms.ts'

/** What of records is weighed: a column as settings of models name it, and the values that it holds. */
export interface RecordColumn extends ValueColumn {
  readonly name: string
  /** Whether a record may have several values. */
  readonly isList: boolean
  /** A field that says what kind the value is; values of two kinds are never the same. */
  readonly per?: string
}

const identification = {
  object: 'party_identification',
  field: 'identification_number',
  per: 'identification_type',
}

/**
 * The columns of records: the fields of the unified object, one value each; and how somebody is reached or known elsewhere,
 * which may be several. A field that is called like one before it carries the name of its object in front.
 */
export function recordColumns(on: Subject, model: Model): readonly RecordColumn[] {
  const own = ownColumns(model.get(on))
  const others = model.objects
    .filter((object) => isContact(object, on))
    .flatMap((object) => [...contactColumns(object).map(listOf), ...identifications(object)])
  const all = [...own, ...others]
  return all.map((of, i) => {
    const isTaken = all.findIndex(({ name }) => name === of.name) < i
    return isTaken ? { ...of, name: `${of.object}_${of.field}` } : of
  })
}

const isContact = (object: ModelObject, on: Subject): boolean =>
  object.key !== on && object.category === 'profile' && linkTo(object, on) !== undefined

// When something was put down, and what links to others, says nothing about who somebody is.
const ownColumns = (object: ModelObject): readonly RecordColumn[] =>
  Object.entries(object.fields).flatMap(([field, of]) => {
    if (field === 'id' || of.links_to || (of.type !== 'text' && of.type !== 'date')) return []
    const by = formOf(object.key, field, of) ? ('normalised' as const) : ('exact' as const)
    return [{ name: field, object: object.key, field, by, isList: false }]
  })

const listOf = ({ object, field, by }: ValueColumn): RecordColumn => ({
  name: field,
  object,
  field,
  by,
  isList: true,
})

function identifications({ key, fields }: ModelObject): readonly RecordColumn[] {
  const { object, field, per } = identification
  if (key !== object || !Object.hasOwn(fields, field) || !Object.hasOwn(fields, per)) return []
  return [{ name: field, object, field, by: 'exact', isList: true, per }]
}

/** The values that a model weighs, beside those of rules. */
export const modelColumns = (on: Subject, model: Model): readonly ValueColumn[] =>
  recordColumns(on, model).flatMap(({ object, field, by, per }) => [
    { object, field, by },
    ...(per === undefined ? [] : [{ object, field: per, by: 'exact' as const }]),
  ])
