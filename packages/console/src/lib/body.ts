/** A definition, or a part of one: members that this console knows, and those that it does not. */
export type Body = Readonly<Record<string, unknown>>

/** Where something stands in a definition: names of members and numbers of entries. */
export type Path = readonly (string | number)[]

/** A place as the server names it: `match[0].all[1].field`. */
export const placeOf = (path: Path): string =>
  path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`))
    .join('')
    .replace(/^\./, '')

/** Whether something has members. */
export const isBody = (value: unknown): value is Body =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** What stands in a place. */
export function valueAt(value: unknown, [step, ...rest]: Path): unknown {
  if (step === undefined) return value
  return valueAt(memberOf(value, step), rest)
}

/** The text in a place; empty when there is none. */
export function textAt(body: Body, path: Path): string {
  const found = valueAt(body, path)
  return typeof found === 'string' ? found : ''
}

/** The number in a place, if there is one. */
export function numberAt(body: Body, path: Path): number | undefined {
  const found = valueAt(body, path)
  return typeof found === 'number' ? found : undefined
}

/** The list in a place; empty when there is none. */
export function listAt(body: Body, path: Path): readonly unknown[] {
  const found = valueAt(body, path)
  return Array.isArray(found) ? found : []
}

/** The texts of the list in a place. */
export const textsAt = (body: Body, path: Path): string[] =>
  listAt(body, path).filter((entry) => typeof entry === 'string')

/** The members of what stands in a place. */
export function bodyAt(body: Body, path: Path): Body {
  const found = valueAt(body, path)
  return isBody(found) ? found : {}
}

/**
 * The same definition with something else in one place; `undefined` takes the member or the entry away. What is on the
 * way is made when it is missing, and taken away when nothing is left in it. All else stays as it is, also what this
 * console knows nothing of.
 */
export function withValue(body: Body, path: Path, value: unknown): Body {
  const next = replaced(body, path, value)
  return isBody(next) ? next : {}
}

/** The same definition with one more entry at the end of a list. */
export const withEntry = (body: Body, path: Path, entry: unknown): Body =>
  withValue(body, path, [...listAt(body, path), entry])

/** The same definition with an entry of a list moved by one. */
export function withMoved(body: Body, path: Path, from: number, by: -1 | 1): Body {
  const list = listAt(body, path)
  const to = from + by
  if (to < 0 || to >= list.length) return body
  const without = list.toSpliced(from, 1)
  return withValue(body, path, without.toSpliced(to, 0, list[from]))
}

function memberOf(value: unknown, step: string | number): unknown {
  if (typeof step === 'number') return Array.isArray(value) ? value[step] : undefined
  return isBody(value) ? value[step] : undefined
}

function replaced(of: unknown, [step, ...rest]: Path, value: unknown): unknown {
  if (step === undefined) return value
  const inner = replaced(memberOf(of, step), rest, value)
  if (typeof step === 'number') {
    const list: readonly unknown[] = Array.isArray(of) ? of : []
    return inner === undefined ? list.toSpliced(step, 1) : list.toSpliced(step, 1, inner)
  }
  const members = isBody(of) ? of : {}
  if (inner !== undefined && !isNothing(inner, rest)) return { ...members, [step]: inner }
  const { [step]: _, ...others } = members
  return others
}

// A part that was emptied member by member, such as limits without a limit, is no longer said.
const isNothing = (inner: unknown, rest: Path): boolean =>
  rest.length > 0 && isBody(inner) && Object.keys(inner).length === 0
