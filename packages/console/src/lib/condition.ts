import { type Body, isBody, listAt, type Path, valueAt, withMoved, withValue } from './body.ts'

/** What a condition asks, or how it joins others; `unknown` is what this console cannot show as a form. */
export type NodeKind =
  | 'all'
  | 'any'
  | 'not'
  | 'field'
  | 'insight'
  | 'segment'
  | 'consent'
  | 'related'
  | 'sequence'
  | 'unknown'

const told = [
  'all',
  'any',
  'not',
  'field',
  'insight',
  'segment',
  'consent',
  'related',
  'sequence',
] as const

/** The kind of a condition. */
export const kindOf = (node: unknown): NodeKind =>
  (isBody(node) && told.find((kind) => node[kind] !== undefined)) || 'unknown'

/** How conditions are joined. */
export type Joining = 'all' | 'any'

/** The places of the conditions that a group joins. */
export function partsAt(body: Body, path: Path): readonly Path[] {
  const node = valueAt(body, path)
  const kind = kindOf(node)
  if (kind === 'not') return [[...path, 'not']]
  if (kind !== 'all' && kind !== 'any') return []
  return listAt(body, [...path, kind]).map((_, i) => [...path, kind, i])
}

/** Where a condition stands among others, if it is one of several in a group. */
function standingOf(
  path: Path,
): { readonly list: Path; readonly group: Path; readonly place: number } | undefined {
  const place = path.at(-1)
  return typeof place === 'number'
    ? { list: path.slice(0, -1), group: path.slice(0, -2), place }
    : undefined
}

/** What a change of a tree brings: the definition, and where the condition stands that was changed. */
export interface Changed {
  readonly body: Body
  readonly at: Path
}

/** One more condition at the end of a group; what is no group yet becomes one of all. */
export function withAdded(body: Body, path: Path, node: Body): Changed {
  const there = valueAt(body, path)
  const kind = kindOf(there)
  if (kind === 'all' || kind === 'any') {
    const list = [...path, kind]
    return {
      body: withValue(body, list, [...listAt(body, list), node]),
      at: [...list, listAt(body, list).length],
    }
  }
  const all = isBody(there) ? [there, node] : [node]
  return { body: withValue(body, path, { all }), at: [...path, 'all', all.length - 1] }
}

/** The same tree without a condition; `not` goes with what it denies. */
export function withRemoved(body: Body, path: Path): Changed {
  const last = path.at(-1)
  const above = path.slice(0, -1)
  if (last === 'not') return withRemoved(body, above)
  if (typeof last === 'number') {
    const rest = listAt(body, above).toSpliced(last, 1)
    return { body: withValue(body, above, rest), at: above.slice(0, -1) }
  }
  // Whom a segment includes has to be said; nobody has to be left out.
  const isNeeded = path.length === 1 && last === 'include'
  return { body: withValue(body, path, isNeeded ? { all: [] } : undefined), at: above }
}

/** The same tree with a condition put into a group of its own, or denied. */
export function withWrapped(body: Body, path: Path, by: Joining | 'not'): Changed {
  const node = valueAt(body, path)
  return {
    body: withValue(body, path, by === 'not' ? { not: node } : { [by]: [node] }),
    at: path,
  }
}

/** Whether a group can give its conditions to the group around it, or what it holds alone to its place. */
export const canUnwrap = (body: Body, path: Path): boolean => {
  const parts = partsAt(body, path)
  return parts.length === 1 || (parts.length > 1 && standingOf(path) !== undefined)
}

/** The same tree with the conditions of a group in the place of that group. */
export function withUnwrapped(body: Body, path: Path): Changed {
  const nodes = partsAt(body, path).map((part) => valueAt(body, part))
  const standing = standingOf(path)
  if (standing === undefined) return { body: withValue(body, path, nodes[0]), at: path }
  const { list, place } = standing
  return { body: withValue(body, list, listAt(body, list).toSpliced(place, 1, ...nodes)), at: path }
}

/** The same tree with a group that joins its conditions the other way. */
export function withJoining(body: Body, path: Path, to: Joining): Changed {
  const kind = kindOf(valueAt(body, path))
  if (kind !== 'all' && kind !== 'any') return { body, at: path }
  return { body: withValue(body, path, { [to]: listAt(body, [...path, kind]) }), at: path }
}

/** The same tree with a condition one place further up or down; at the end of its group it steps out of it. */
export function withShifted(body: Body, path: Path, by: -1 | 1): Changed {
  const standing = standingOf(path)
  if (standing === undefined) return { body, at: path }
  const { list, group, place } = standing
  const to = place + by
  if (to >= 0 && to < listAt(body, list).length)
    return { body: withMoved(body, list, place, by), at: [...list, to] }
  const outer = standingOf(group)
  if (outer === undefined) return { body, at: path }
  const node = valueAt(body, path)
  const without = withValue(body, list, listAt(body, list).toSpliced(place, 1))
  const landing = by === -1 ? outer.place : outer.place + 1
  return {
    body: withValue(without, outer.list, listAt(without, outer.list).toSpliced(landing, 0, node)),
    at: [...outer.list, landing],
  }
}

/** Whether a condition can go one place further up or down. */
export const canShift = (body: Body, path: Path, by: -1 | 1): boolean =>
  withShifted(body, path, by).body !== body

/** The same tree with a condition twice, one after the other; alone in its place, in a group of all. */
export function withDoubled(body: Body, path: Path): Changed {
  const node = valueAt(body, path)
  const standing = standingOf(path)
  if (standing === undefined)
    return { body: withValue(body, path, { all: [node, node] }), at: [...path, 'all', 1] }
  const { list, place } = standing
  return {
    body: withValue(body, list, listAt(body, list).toSpliced(place, 0, node)),
    at: [...list, place + 1],
  }
}
