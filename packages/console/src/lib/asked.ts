import { type Body, isBody, type Path, textAt, valueAt, withValue } from './body.ts'
import { kindOf, partsAt, withRemoved } from './condition.ts'

/** What conditions of a form ask: fields of what happened, or whatever a live profile can be asked. */
export type AskedOf = 'what happened' | 'the person'

/** What can be asked of a live profile beside its fields; a condition on each has a word of its own. */
const ofPeople = ['segment', 'insight'] as const

/** What a condition asks, by one name; nothing where it does not ask in a way that the form knows. */
export function askedBy(node: unknown, of: AskedOf): string | undefined {
  if (!isBody(node)) return undefined
  if (node['field'] !== undefined) return textAt(node, ['field'])
  const kind = of === 'the person' ? ofPeople.find((one) => node[one] !== undefined) : undefined
  // Who a definition means is not known as an event arrives.
  if (kind === undefined || node['use'] === 'definition') return undefined
  return `${kind}.${textAt(node, [kind])}`
}

/** The condition that asks what has that name; a comparison that fits is kept. */
export function asking(name: string, of: AskedOf, comparison: Body = { op: '=' }): Body {
  const kind = of === 'the person' ? ofPeople.find((one) => name.startsWith(`${one}.`)) : undefined
  if (kind === undefined) return { field: name, ...comparison }
  const rest = name.slice(kind.length + 1)
  return kind === 'segment' ? { segment: rest } : { [kind]: rest, ...comparison }
}

/** How a condition compares, without what it asks. */
export function comparisonOf(node: Body): Body {
  const { field: _, segment: __, insight: ___, use: ____, ...comparison } = node
  return comparison
}

/** The same without a condition; groups that are left empty go with it. */
export function without(body: Body, root: Path, path: Path): Body {
  if (path.length <= root.length) return withValue(body, root, undefined)
  const { body: next, at } = withRemoved(body, path)
  const kind = kindOf(valueAt(next, at))
  const isEmpty = (kind === 'all' || kind === 'any') && partsAt(next, at).length === 0
  return isEmpty ? without(next, root, at) : next
}
