import { as, call, column, type Draft, join, keyOf, type Part, sql, tryCast, value } from '#engine'
import { asProblems, Fault, type Problem } from '#kernel/fault.ts'
import { didYouMean } from '#kernel/near.ts'
import type { FieldType } from '#kernel/scalar.ts'
import { currentTable, type LakeField } from '#lake'
import {
  linkColumn,
  linkFields,
  type Model,
  type ModelObject,
  modelFaults,
  systemColumns,
  unknownField,
} from '#model'
import { type CompiledFormula, compileFormula, type LookupSource } from '#query'
import { formulaOf, type MappingDefinition, type MappingTarget, qualifierOf } from './definition.ts'
import { mappingFaults } from './faults.ts'

/** Streams whose rows the formulas of a target look up. */
export const lookedUp = (target: CompiledTarget): readonly string[] => [
  ...new Set(
    [...formulasOf(target), ...(target.each ? [target.each] : [])].flatMap(({ lookups }) =>
      lookups.map(({ stream }) => stream),
    ),
  ),
]

/** The fields that a target names and no row of its stream has had yet. */
export const lackedBy = (target: CompiledTarget): readonly string[] => [
  ...new Set(
    [...formulasOf(target), ...(target.each ? [target.each] : [])].flatMap(({ lacks }) => lacks),
  ),
]

const formulasOf = ({ filled, where }: CompiledTarget): readonly CompiledFormula[] => [
  ...filled.map(({ formula }) => formula),
  ...(where ? [where] : []),
]

/** What formulas may name: the fields of the stream, and those of other streams that are looked up. */
export interface Sources {
  /** Not known before the first batch: formulas are then checked for their form only. */
  readonly fields: readonly SourceField[] | undefined
  /** Whether the stream may bring fields that nobody has named: whatever else a formula names is null so far. */
  readonly isOpen?: boolean
  /** Streams by key; undefined where a stream's fields are not known yet. */
  readonly lookups: Readonly<Record<string, readonly LakeField[] | undefined>>
}

/** A field that formulas may name; stated, and null in all rows, as long as none has had it. */
export type SourceField = LakeField & { readonly isAbsent?: boolean }

/** One field of a target: its formula, compiled, and the field it fills. */
export interface FilledField {
  readonly name: string
  readonly type: FieldType
  readonly formula: CompiledFormula
}

/** A target that was compiled: a query over the stream that gives one column per filled field, and `_position`. */
export interface CompiledTarget {
  readonly object: ModelObject
  readonly filled: readonly FilledField[]
  readonly qualifiers: Readonly<Record<string, string>>
  readonly where: CompiledFormula | undefined
  /** The list of whose items there is one row each. */
  readonly each: CompiledFormula | undefined
}

/** Compiles every target of a mapping, or gives all that is wrong with it, each with its place. */
export function compileMapping(
  mapping: MappingDefinition,
  model: Model,
  sources: Sources,
): { targets: readonly CompiledTarget[]; problems: readonly Problem[] } {
  const problems: Problem[] = []
  const targets = mapping.objects.flatMap((target, i) => {
    const at = `objects[${i}]`
    const object = model.find(target.object)
    if (!object) {
      const near = didYouMean(
        target.object,
        model.objects.map(({ key }) => key),
      )
      problems.push(
        ...modelFaults.unknown_object({ object: target.object, near }, { at: `${at}.object` })
          .problems,
      )
      return []
    }
    const compiled = compileTarget({ mapping, target, object, sources, at }, problems)
    return compiled ? [compiled] : []
  })
  return { targets, problems }
}

interface TargetPlace {
  readonly mapping: MappingDefinition
  readonly target: MappingTarget
  readonly object: ModelObject
  readonly sources: Sources
  readonly at: string
}

function compileTarget(place: TargetPlace, problems: Problem[]): CompiledTarget | undefined {
  const { target, object, mapping, at } = place
  const before = problems.length
  if (!('id' in target.fields))
    problems.push(...mappingFaults.no_id({ object: object.key }, { at: `${at}.fields` }).problems)
  const optional = (text: string | undefined, from: Sources, place: string) =>
    text === undefined ? undefined : formulaAt(text, from, `${at}.${place}`, problems)
  const each = optional(target.each, place.sources, 'each')
  const sources = target.each === undefined ? place.sources : withItem(place.sources)
  const links = linkFields(object)
  const filled = Object.entries(target.fields).flatMap(([name, of]) => {
    const field = object.fields[name]
    const fieldAt = `${at}.fields.${name}`
    if (!field) {
      problems.push(unknownField(object, name, fieldAt))
      return []
    }
    if (typeof of !== 'string' && of.qualifier !== undefined && !links.includes(name)) {
      problems.push(
        ...mappingFaults.not_a_link({ object: object.key, field: name }, { at: fieldAt }).problems,
      )
    }
    const formula = formulaAt(formulaOf(of), sources, fieldAt, problems)
    return formula ? [{ name, type: field.type, formula }] : []
  })
  const where = optional(target.where, sources, 'where')
  const isCompiled =
    filled.length === Object.keys(target.fields).length &&
    (where || !target.where) &&
    (each || !target.each)
  if (problems.length > before || !isCompiled) return undefined
  const qualifiers = Object.fromEntries(
    links.map((name) => [name, qualifierOf(target.fields[name] ?? '', mapping.qualifier)]),
  )
  return { object, filled, qualifiers, where, each }
}

/** What formulas over the items of a list may name besides the fields of the row; a field of such a name is hidden. */
export const itemFields = [
  { name: 'item', label: 'item', type: 'json' },
  { name: 'item_number', label: 'item_number', type: 'integer' },
] as const satisfies readonly LakeField[]

const isOfItem = (name: string) => itemFields.some((field) => field.name === name)

const withItem = ({ fields, ...sources }: Sources): Sources => ({
  ...sources,
  fields: fields && [...itemFields, ...fields.filter(({ name }) => !isOfItem(name))],
})

function formulaAt(
  text: string,
  { fields, lookups, isOpen = false }: Sources,
  at: string,
  problems: Problem[],
): CompiledFormula | undefined {
  try {
    return compileFormula(text, { fields: fields ?? [], lookups: lookupSources(lookups), isOpen })
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown
    const found = asProblems(thrown, at)
    const isKnown = fields !== undefined
    problems.push(...(isKnown ? found : found.filter(({ code }) => !code.includes('unknown'))))
    return undefined
  }
}

const lookupSources = (lookups: Sources['lookups']): Record<string, LookupSource> =>
  Object.fromEntries(
    Object.entries(lookups).map(([stream, fields]) => [
      stream,
      { table: currentTable(stream), fields },
    ]),
  )

/** Which rows of a stream are read: those that came after a position, up to another one. */
export interface Window {
  readonly stream: string
  readonly after: number
  readonly until: number
}

/** The values of a target before they are cast, one row per row of the stream; `_raw_…` where a cast may lose something. */
export function valuesOf(target: CompiledTarget, window: Window): Draft {
  const fields = target.filled.flatMap((field) => {
    const { name, type, formula } = field
    const cell = as(cellOf(field), column(name))
    return isLossy(formula, type) ? [cell, as(formula.part, column(rawColumn(name)))] : [cell]
  })
  const where = target.where ? sql`and (${target.where.part})` : sql``
  const rows = readFrom(target, currentTable(window.stream), systemColumns.position)
  return sql`select r._position, ${join(fields)} from ${rows}
    where r._position > ${value(window.after)} and r._position <= ${value(window.until)} ${where}`
}

/**
 * What the formulas of a target are asked of, called `r`: rows of its stream or, where it fills one row each, the items of a list
 * in them. `place` is the column that tells where a row came from.
 */
export function readFrom(target: CompiledTarget, rows: Part, place: string): Draft {
  const { each } = target
  if (each === undefined) return sql`${rows} r`
  const read = new Set(formulasOf(target).flatMap(({ reads }) => reads))
  const kept = join([place, ...read].filter((name) => !isOfItem(name)).map((name) => column(name)))
  const items = column('_items')
  const list = call('json_items', cellOf({ name: '', type: 'text', formula: each }))
  return sql`(select ${kept}, ${as(call('unnest', items), column('item'))}, ${as(call('places', items), column('item_number'))}
    from (select ${kept}, ${as(list, items)} from ${rows} r) l) r`
}

/** The rows of a model object's table, from the values of a target. */
export function rowsOf(
  target: CompiledTarget,
  of: { values: Part; stream: string; source: string; space: string },
): Draft {
  const { stream, source, space, position, key, profile } = systemColumns
  const links = Object.entries(target.qualifiers)
    .filter(([name]) => target.filled.some((field) => field.name === name))
    .map(([name, qualifier]) =>
      as(keyOf([of.space, qualifier], column(name)), column(linkColumn(name))),
    )
  const columns = [
    as(value(of.stream), column(stream)),
    as(value(of.source), column(source)),
    as(value(of.space), column(space)),
    column(position),
    as(keyOf([of.space, of.source], column('id')), column(key)),
    as(sql`cast(null as bigint)`, column(profile)),
    ...target.filled.map(({ name }) => column(name)),
    ...links,
  ]
  return sql`select ${join(columns)} from ${of.values} where id is not null`
}

/** The columns that `rowsOf` fills, in its order. */
export const filledColumns = (target: CompiledTarget): readonly string[] => [
  ...Object.values(systemColumns),
  ...target.filled.map(({ name }) => name),
  ...Object.keys(target.qualifiers)
    .filter((name) => target.filled.some((field) => field.name === name))
    .map(linkColumn),
]

/** Names of the fields whose cast may lose a value, with where the value before the cast stands. */
export const lossyFields = (
  target: CompiledTarget,
): readonly { name: string; type: FieldType; raw: string }[] =>
  target.filled
    .filter(({ formula, type }) => isLossy(formula, type))
    .map(({ name, type }) => ({ name, type, raw: rawColumn(name) }))

const rawColumn = (name: string) => `_raw_${name}`

const isLossy = ({ type: from }: CompiledFormula, to: FieldType) =>
  to !== 'text' &&
  to !== 'json' &&
  from !== to &&
  !(from === 'integer' && (to === 'decimal' || to === 'number'))

/** The value that a field gets of a row. Blank is nothing: text is trimmed and empty text becomes null, so that no rule has to ask twice. */
export function cellOf({ formula: { part, type: from }, type: to }: FilledField): Part {
  if (to === 'text')
    return sql`nullif(trim(${from === 'text' ? part : sql`cast(${part} as varchar)`}), '')`
  if (from === to) return part
  if (to === 'date' && from === 'timestamp') return call('day_of', part)
  return tryCast(
    from === 'text' || from === undefined ? sql`trim(cast(${part} as varchar))` : part,
    to,
  )
}
