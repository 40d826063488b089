import type { Part, TableName } from '#engine'

/** What is compared: records with values that were tidied up before. */
export interface Records {
  /** One row per record: `n` (a whole number, not negative), `space`, and the columns of values. */
  readonly table: TableName
  /** The columns of values, one value per record each. */
  readonly columns: readonly string[]
  /** Values of which a record may have several: tables of `n`, `value`. */
  readonly lists?: Readonly<Record<string, TableName>>
  /** What there is beside the records at hand, where these are only some. */
  readonly beside?: Beside
  /** How first names were tidied up, so that nicknames are tidied up in the same way. */
  readonly tidyName?: (of: Part) => Part
}

/** What there is beside some records, so that they make the pairs that they make among all. */
export interface Beside {
  /** How many other records stand in a block: `key` (as \`blockKeys\` tells it), `size`. */
  readonly others: TableName
  /** Records (`n`) of which every pair has one; unless set, all pairs are made. */
  readonly fresh?: TableName
}

/** Whether a column holds one value per record, or a list of them. */
export const isList = ({ lists = {} }: Records, column: string): boolean =>
  Object.hasOwn(lists, column)

/** Every column that can be named. */
export const namesOf = ({ columns, lists = {} }: Records): readonly string[] => [
  ...columns,
  ...Object.keys(lists),
]
