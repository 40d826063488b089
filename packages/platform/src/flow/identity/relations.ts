import type { TableName } from '#engine'
import type { FieldType } from '#kernel/scalar.ts'
import type { Model } from '#model'
import { type Ruleset, type Subject, subjects } from './definition.ts'
import { unifiedFields, unifiedTable } from './tables.ts'

/** A column that users may name in SQL; `physical` where the table calls it otherwise. */
export interface UnifiedColumn {
  readonly name: string
  readonly type: FieldType
  readonly physical?: string
}

/** A relation that users may name in SQL, and the table that is read. */
export interface UnifiedRelation {
  readonly name: string
  readonly label: string
  readonly columns: readonly UnifiedColumn[]
  readonly table: TableName
}

const names: Readonly<Record<Subject, { readonly name: string; readonly label: string }>> = {
  individual: { name: 'unified_individual', label: 'Unified individual' },
  account: { name: 'unified_account', label: 'Unified account' },
}

/** The columns of unified people or accounts: the id of the profile, its fields, and how many records it has. */
export const unifiedColumns = (model: Model, on: Subject): readonly UnifiedColumn[] => [
  { name: 'profile_id', type: 'integer', physical: 'profile' },
  ...unifiedFields(model.get(on)).map(([name, type]) => ({ name, type })),
  { name: 'record_count', type: 'integer' },
]

/** Who is unified, people always: what is made from them is there before the first ruleset is. */
export const unifiedSubjects = (rulesets: readonly Pick<Ruleset, 'on'>[]): readonly Subject[] =>
  subjects.filter((on) => on === 'individual' || rulesets.some((ruleset) => ruleset.on === on))

/** The unified relations for the catalogue of queries; `unified` names the subjects that have a ruleset. */
export const unifiedRelations = (
  model: Model,
  unified: readonly Subject[] = ['individual'],
): readonly UnifiedRelation[] =>
  unified.map((on) => ({
    ...names[on],
    table: unifiedTable(on),
    columns: unifiedColumns(model, on),
  }))
