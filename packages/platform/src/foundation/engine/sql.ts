import { call, type Draft, type Part, value } from './expression.ts'

/** Hand-written SQL. A plain string cannot enter a hole: a forgotten quote is a type error. */
export function sql(text: TemplateStringsArray, ...holes: readonly Part[]): Draft {
  return { kind: 'draft', parts: text.flatMap((piece, i) => [piece, ...holes.slice(i, i + 1)]) }
}

/** Nothing at all; for parts of a statement that may be left out. */
export const nothing: Draft = { kind: 'draft', parts: [] }

/** Parts one after the other with a separator between them. */
export function join(parts: readonly Part[], separator: Draft = sql`, `): Draft {
  return {
    kind: 'draft',
    parts: parts.flatMap((part, i) => (i === 0 ? [part] : [separator, part])),
  }
}

/** All conditions must hold; none at all holds for every row. */
export const every = (conditions: readonly Part[]): Draft =>
  conditions.length === 0 ? sql`true` : sql`(${join(conditions, sql` and `)})`

/** One condition must hold; none at all holds for no row. */
export const some = (conditions: readonly Part[]): Draft =>
  conditions.length === 0 ? sql`false` : sql`(${join(conditions, sql` or `)})`

/** `a as b`. */
export const as = (part: Part, name: Part): Draft => sql`${part} as ${name}`

/**
 * The 64-bit key of several readable parts, such as space, qualifier and key. Null when the last part is null: a null
 * key is never hashed and never joins.
 */
export function keyOf(outer: readonly string[], readable: Part): Draft {
  const before = value(outer.map((part) => `${part}\u001f`).join(''))
  return sql`case when ${readable} is not null then ${call('key64', sql`${before} || ${readable}`)} end`
}
