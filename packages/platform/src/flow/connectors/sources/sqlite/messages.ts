/** What can stand in the place of a value in a statement. */
export type Bound = string | number | bigint

/** A statement, and what stands in its places. */
export interface Asked {
  readonly sql: string
  readonly values: readonly Bound[]
}

/** What the reading process is asked, one thing after the other. */
export type Question =
  | { readonly kind: 'open'; readonly path: string }
  /** The columns that a select would bring. */
  | { readonly kind: 'describe'; readonly sql: string }
  /** Begins a select, whose rows are then asked for. */
  | ({ readonly kind: 'select' } & Asked)
  | { readonly kind: 'next'; readonly mostRows: number }

/** A column of a select, and the type it was declared with. */
export interface Declared {
  readonly name: string
  readonly type: string | null
}

/** What came of a question; every kind has the members it needs. */
export interface Result {
  readonly columns: readonly Declared[]
  readonly rows: readonly (readonly (string | null)[])[]
  /** Whether no rows come after these. */
  readonly isLast: boolean
}

/** What SQLite refused, or the column in which bytes are not text. */
export type Refusal =
  | { readonly message: string; readonly errcode: number }
  | { readonly message: string; readonly notText: string }

/** What the reading process answers. */
export type Answer = { readonly result: Result } | { readonly refusal: Refusal }

// Columns under such a name were asked for exactly; any other is the cursor.
const exactPrefix = 'tessera exact '

/** The column that was asked for exactly under this name, if it was. */
export const exactColumn = (name: string): string | undefined =>
  name.startsWith(exactPrefix) ? name.slice(exactPrefix.length) : undefined

/** A name between quotes. */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`

/**
 * Asks for a value in a form of which nothing is lost: texts as their bytes, bytes as hexadecimal digits. (The driver
 * would put question marks for bytes that are not text.)
 */
export const exactly = (expression: string, name: string): string =>
  `case typeof(${expression}) when 'text' then cast(${expression} as blob)
    when 'blob' then hex(${expression}) else ${expression} end as ${quoted(exactPrefix + name)}`
