import type { FieldType, Scalar } from '#kernel/scalar.ts'

/** A value that travels beside the text of a statement, never in it. */
export interface Value {
  readonly kind: 'value'
  readonly value: Scalar | bigint | Date
  readonly type: FieldType
}

/** A column, if need be of a named relation. */
export interface ColumnName {
  readonly kind: 'column'
  readonly of?: string
  readonly name: string
}

/** A table in one of the engine's schemas. */
export interface TableName {
  readonly kind: 'table'
  readonly schema: string
  readonly name: string
}

/** A call of one of the functions that every dialect answers for. */
export interface Call {
  readonly kind: 'call'
  readonly fn: FunctionName
  readonly args: readonly Part[]
}

/** A cast; `try` gives null where a value does not fit, instead of failing. */
export interface Cast {
  readonly kind: 'cast'
  readonly of: Part
  readonly to: FieldType
  readonly how: 'strict' | 'try'
}

/** The name of a type, as the dialect writes it. */
export interface TypeName {
  readonly kind: 'type'
  readonly type: FieldType
}

/** Hand-written SQL whose holes hold only engine-made parts. */
export interface Draft {
  readonly kind: 'draft'
  readonly parts: readonly (string | Part)[]
}

/** A member of JSON objects by its path, and the column it goes to: as its text, or as the JSON it is. */
export interface Member {
  readonly path: readonly string[]
  readonly name: string
  readonly as: 'text' | 'json'
}

/** A relation whose JSON objects are taken apart. */
export interface Members {
  readonly kind: 'members'
  readonly of: Part
  readonly body: string
  readonly members: readonly Member[]
}

export type Part = Value | ColumnName | TableName | Call | Cast | TypeName | Draft | Members

/** Functions whose names or forms differ between engines. */
export const functionNames = [
  'key64',
  'strip_accents',
  'replace_all',
  'matches',
  'contains',
  'starts_with',
  'ends_with',
  'extract_match',
  'split_part',
  'split',
  'parse_date',
  'parse_timestamp',
  'first_by',
  'last_by',
  'last_known',
  'list_of',
  'json_text',
  'json_is_valid',
  'json_items',
  'json_is_object',
  'json_keys',
  'json_keys_at',
  'json_at',
  'json_object',
  'json_kind',
  'json_of',
  'json_read',
  'json_patch',
  'json_has',
  'json_has_folded',
  'days_between',
  'add_days',
  'now',
  'today',
  'random_order',
  'code32',
  'code64',
  'title_case',
  'unnest',
  'places',
  'epoch_ms',
  'from_epoch_ms',
  'day_of',
  'local_time',
  'jaro_winkler',
  'levenshtein',
  'damerau_levenshtein',
  'octets',
  'hamming',
] as const

export type FunctionName = (typeof functionNames)[number]

/** A value; its type is taken from it unless given. */
export const value = (of: Scalar | bigint | Date, type: FieldType = typeOf(of)): Value => ({
  kind: 'value',
  value: of,
  type,
})

/** A column by name, quoted when printed. */
export const column = (name: string, of?: string): ColumnName =>
  of === undefined ? { kind: 'column', name } : { kind: 'column', name, of }

/** A table by schema and name, quoted when printed. */
export const table = (schema: string, name: string): TableName => ({ kind: 'table', schema, name })

/** A call of a portable function. */
export const call = (fn: FunctionName, ...args: readonly Part[]): Call => ({
  kind: 'call',
  fn,
  args,
})

/**
 * A relation (a table, or a query in brackets) without the column `body`, whose JSON object stands instead as one column
 * per member. `_stray` tells of rows where something else than an object stands in the middle of a path.
 */
export const members = (of: Part, body: string, each: readonly Member[]): Members => ({
  kind: 'members',
  of,
  body,
  members: each,
})

/** Casts, failing on what does not fit. */
export const cast = (of: Part, to: FieldType): Cast => ({ kind: 'cast', of, to, how: 'strict' })

/** Casts, giving null for what does not fit. */
export const tryCast = (of: Part, to: FieldType): Cast => ({ kind: 'cast', of, to, how: 'try' })

/** The dialect's word for a type. */
export const typeName = (type: FieldType): TypeName => ({ kind: 'type', type })

/** The tables that a part names, each as often as it does. */
export function tablesIn(part: Part): readonly TableName[] {
  const found: TableName[] = []
  const look = (of: Part | string): void => {
    if (typeof of === 'string') return
    if (of.kind === 'table') found.push(of)
    else if (of.kind === 'draft') of.parts.forEach(look)
    else if (of.kind === 'call') of.args.forEach(look)
    else if (of.kind === 'cast' || of.kind === 'members') look(of.of)
  }
  look(part)
  return found
}

function typeOf(of: Scalar | bigint | Date): FieldType {
  if (of instanceof Date) return 'timestamp'
  if (typeof of === 'boolean') return 'boolean'
  if (typeof of === 'bigint') return 'integer'
  if (typeof of === 'number') return Number.isInteger(of) ? 'integer' : 'number'
  return 'text'
}
