import { type Body, isBody, listAt, type Path, valueAt, withValue } from '../../lib/body.ts'

/** Conditions on single fields, joined one way; with each, where it stands. */
export interface Conditions {
  readonly joining: 'all' | 'any'
  readonly places: readonly Path[]
}

const isAsked = (node: unknown): boolean => isBody(node) && node['field'] !== undefined

/** The conditions that stand at a place; nothing where they stand inside each other, which is for those who write them out. */
export function conditionsAt(body: Body, path: Path): Conditions | undefined {
  const node = valueAt(body, path)
  if (node === undefined) return { joining: 'all', places: [] }
  if (isAsked(node)) return { joining: 'all', places: [path] }
  for (const joining of ['all', 'any'] as const) {
    const within = [...path, joining]
    if (!isBody(node) || node[joining] === undefined || Object.keys(node).length > 1) continue
    const parts = listAt(body, within)
    if (parts.every(isAsked)) return { joining, places: parts.map((_, i) => [...within, i]) }
  }
  return undefined
}

/** The same with other conditions in that place, or joined otherwise; without any, nothing stands there. */
export function withConditions(
  body: Body,
  path: Path,
  { joining, nodes }: { readonly joining: 'all' | 'any'; readonly nodes: readonly unknown[] },
): Body {
  return withValue(body, path, nodes.length === 0 ? undefined : { [joining]: nodes })
}
