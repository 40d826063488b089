import { column, type Part, sql, type TableName, typeName } from '#engine'
import { didYouMean } from '#kernel/near.ts'
import type { FieldType } from '#kernel/scalar.ts'
import { type Desk, refused } from './desk.ts'
import { queryFaults } from './faults.ts'
import type { Problems } from './problems.ts'
import type { Name, Node } from './tree.ts'

/** A field that a formula may name. */
export interface FormulaField {
  readonly name: string
  readonly type: FieldType
  /** Whether no row has had it yet, so that it is null in all of them. */
  readonly isAbsent?: boolean
}

/** Another stream whose rows a formula may look up: its current rows. */
export interface LookupSource {
  readonly table: TableName
  /** Undefined where they are not known yet: any name is then taken as it is written. */
  readonly fields: readonly FormulaField[] | undefined
}

/** A lookup that a formula makes, so that its stream counts as an input. */
export interface FormulaLookup {
  readonly stream: string
  readonly keyField: string
  readonly resultField: string
}

/** The desk of a formula: fields of one row, types, lookups. */
export interface FormulaDesk extends Desk {
  readonly problems: Problems
  readonly fields: readonly FormulaField[]
  readonly sources: Readonly<Record<string, LookupSource>>
  readonly typeOf: (node: Node) => FieldType | undefined
  readonly lookups: FormulaLookup[]
  readonly reads: Set<string>
  /** Whether any name may come to be a field. */
  readonly isOpen: boolean
  readonly lacks: Set<string>
}

/** Refuses something with a sentence of its own. */
export function refuseFormula(why: string, node: Node | undefined, desk: FormulaDesk): Part {
  desk.problems.add(queryFaults.bad_formula, { why }, { node })
  return refused
}

/** A field by name, whatever the case. */
export const fieldNamed = (
  name: string,
  fields: readonly FormulaField[],
): FormulaField | undefined =>
  fields.find((field) => field.name.toLowerCase() === name.toLowerCase())

/** Writes a field of the row, which is called `r` where formulas stand. */
export function writeField(name: Name, of: Name | undefined, desk: FormulaDesk): Part {
  const field = of ? undefined : fieldNamed(name.text, desk.fields)
  if (field?.isAbsent) {
    desk.lacks.add(field.name)
    return sql`cast(null as ${typeName(field.type)})`
  }
  if (field) {
    desk.reads.add(field.name)
    return column(field.name, 'r')
  }
  if (!of && desk.isOpen) {
    desk.lacks.add(name.text)
    return sql`null`
  }
  const hint = didYouMean(
    name.text,
    desk.fields.map((candidate) => candidate.name),
  )
  const spoken = of ? `${of.text}.${name.text}` : name.text
  desk.problems.add(
    queryFaults.unknown_column,
    { name: spoken, of: '', hint },
    { node: { name: name.text, span: { start: name.offset } } },
  )
  return refused
}
