import type { TableName } from '#engine'
import { didYouMean } from '#kernel/near.ts'
import type { FieldType } from '#kernel/scalar.ts'

/** Something that users may name in a query. */
export interface Relation {
  /** As users write it; may hold a dot. */
  readonly name: string
  readonly label?: string
  readonly columns: readonly RelationColumn[]
  /** The table that is read; users never see its name. */
  readonly table: TableName
}

export interface RelationColumn {
  readonly name: string
  readonly type: FieldType
  /** What the column is called in the table, where that differs. */
  readonly physical?: string
}

/** The relations by name, whatever the case. */
export interface Catalogue {
  readonly find: (name: string) => Relation | undefined
  readonly near: (name: string, more: Iterable<string>) => string
}

export function catalogueOf(relations: readonly Relation[]): Catalogue {
  const byName = new Map(relations.map((relation) => [relation.name.toLowerCase(), relation]))
  return {
    find: (name) => byName.get(name.toLowerCase()),
    near: (name, more) => didYouMean(name, [...more, ...relations.map((r) => r.name)]),
  }
}
