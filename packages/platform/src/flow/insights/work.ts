import { fingerprint } from '#definitions'
import type { Freshness, GraphNode, Refresher } from '#graph'
import type { RelationRead } from '#query'
import { personColumn } from './definition.ts'
import type { Insights } from './insights.ts'
import type { InsightShape } from './shapes.ts'

const hourMs = 3_600_000

/**
 * The nodes of insights in the graph of everything derived. `hasObject` says which model objects are in it. With the
 * positions of their last changes no change is lost when a process dies before the graph has noted it.
 */
export function insightNodes(
  shapes: readonly InsightShape[],
  hasObject: (key: string) => boolean,
  positions: ReadonlyMap<string, number> = new Map(),
): readonly GraphNode[] {
  const keys = new Set(shapes.map(({ key }) => key))
  const inputsOf = ({ relation, columns }: RelationRead): readonly string[] => {
    if (relation === 'unified_individual') return ['unified:individual']
    if (keys.has(relation)) return [`insight:${relation}`]
    if (!hasObject(relation)) return []
    // Whose a row is, is filled in by identity.
    const isPersonal = columns === 'all' || columns.includes(personColumn)
    return [`model:${relation}`, ...(isPersonal ? ['unified:individual'] : [])]
  }
  return shapes.map((shape) => ({
    key: `insight:${shape.key}`,
    kind: 'insight',
    label: shape.label,
    inputs: [...new Set(shape.reads.flatMap(inputsOf))],
    definition: fingerprint([shape.query.text, shape.dimensions, [...shape.measures.keys()]]),
    freshness: freshnessOf(shape),
    position: positions.get(shape.key) ?? 0,
  }))
}

// What reads the clock changes by itself.
const freshnessOf = ({ query }: InsightShape): Freshness =>
  /\b(current_date|current_timestamp|now|today)\b/i.test(query.text) ? { everyMs: hourMs } : 'live'

/** Refreshes nodes of kind `insight`. */
export const insightRefresher =
  (insights: Pick<Insights, 'refresh'>): Refresher =>
  async ({ key }, { signal }) => {
    const done = await insights.refresh(key.slice('insight:'.length), signal)
    const { changed, position, rows } = done
    return { changed: changed ? 'all' : 'nothing', position, counts: { rows } }
  }
