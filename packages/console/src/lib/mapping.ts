/** How a field of a model object is filled: by a formula, which may name the source whose key it is. */
export type Filling = string | { readonly value: string; readonly qualifier?: string }

/** One model object that a mapping fills. */
export interface MappingTarget {
  readonly object: string
  /** A list: one row for each of its items. */
  readonly each?: string
  readonly where?: string
  readonly fields: Readonly<Record<string, Filling>>
}

/** How the fields of a stream fill fields of the model. */
export interface MappingBody {
  readonly stream: string
  readonly qualifier: string
  readonly objects: readonly MappingTarget[]
}

/** The formula of a field, however it was written. */
export const formulaOf = (filling: Filling): string =>
  typeof filling === 'string' ? filling : filling.value

/** Whether a formula names a field of its stream. What stands in quotes is text, but for names in double ones. */
export function mentions(formula: string, field: string): boolean {
  const withoutTexts = formula.replace(/'(?:[^']|'')*'/g, "''")
  const name = field.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`(?<![\\w"])(?:"${name}"|${name})(?![\\w"(])`).test(withoutTexts)
}

// What only tells rows apart or leads back to the person says nothing about what a field is.
const keyFields: readonly string[] = ['id', 'individual_id']

const itemNames: readonly string[] = ['item', 'item_number']

/** Whether a formula leads to a field of the stream: by its name, or by the items of the list that it holds. */
function leadsTo(formula: string, field: string, each: string | undefined): boolean {
  if (each === undefined) return mentions(formula, field)
  if (mentions(each, field) && mentions(formula, 'item')) return true
  return !itemNames.includes(field) && mentions(formula, field)
}

/** The fields of the model whose formulas name a field of a stream; once, however often the stream fills their object. */
export function filledBy(
  mapping: MappingBody,
  field: string,
): readonly { readonly object: string; readonly field: string }[] {
  const filled = mapping.objects.flatMap(({ object, each, fields }) =>
    Object.entries(fields)
      .filter(([, filling]) => leadsTo(formulaOf(filling), field, each))
      .map(([name]) => ({ object, field: name })),
  )
  return [...new Map(filled.map((one) => [`${one.object}.${one.field}`, one])).values()]
}

/** What a field of a stream fills, as `object.field`; keys only where it fills nothing else. */
export function fillsOf(mapping: MappingBody, field: string): readonly string[] {
  const all = filledBy(mapping, field)
  const telling = all.filter((filled) => !keyFields.includes(filled.field))
  return (telling.length > 0 ? telling : all).map((filled) => `${filled.object}.${filled.field}`)
}

/** A field as it is written in a formula: in quotes where it would be read as a word of SQL or is no plain name. */
export const quotedField = (field: string): string =>
  /^[a-z_][a-z0-9_]*$/.test(field) && !sqlWords.has(field) ? field : `"${field}"`

const sqlWords = new Set(
  'key number order group name date time timestamp value user end from to table column row select where case when then else left right primary index'.split(
    ' ',
  ),
)
