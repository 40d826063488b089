import { fingerprint } from '#definitions'
import type { Freshness, GraphNode, Refresher } from '#graph'
import type { RelationRead } from '#query'
import { type Insight, personColumn, secondsOf } from './definition.ts'
import { unifiedNodes } from './fields.ts'
import type { Insights } from './insights.ts'
import type { InsightShape } from './shapes.ts'
import type { InsightRun } from './tables.ts'
import { readsClock } from './text.ts'

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
    const unified = unifiedNodes.get(relation)
    if (unified !== undefined) return [unified]
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

function freshnessOf({ query, plan }: InsightShape): Freshness {
  const wish = plan?.refresh
  // A calendar asks for it by name.
  if (wish === 'on demand' || (typeof wish === 'object' && 'cron' in wish)) return 'on demand'
  if (typeof wish === 'object') return { everyMs: 1000 * secondsOf(wish.every) }
  // Windows read the clock only to leave out what is said to happen in the future.
  if (wish === 'live' || plan?.built?.window) return 'live'
  // What reads the clock changes by itself.
  return readsClock(query.text) ? { everyMs: hourMs } : 'live'
}

/** The insights that are refreshed by a calendar: their nodes, and when. */
export const insightSchedules = (
  insights: readonly Insight[],
): readonly { readonly node: string; readonly cron: string }[] =>
  insights.flatMap(({ key, body: { refresh } }) =>
    typeof refresh === 'object' && 'cron' in refresh
      ? [{ node: `insight:${key}`, cron: refresh.cron }]
      : [],
  )

/** Refreshes nodes of kind `insight`. */
export const insightRefresher =
  (insights: Pick<Insights, 'refresh'>): Refresher =>
  async ({ key }, { signal, scope, from, to }) => {
    const inputs = { from: scope === 'changes' ? from : {}, to }
    const { changed, position, rows, run } = await insights.refresh(key.slice('insight:'.length), {
      signal,
      inputs,
    })
    const { groups, tooLate, missingRates } = run
    return {
      changed: changed ? 'all' : 'nothing',
      position,
      counts: {
        rows,
        ...(groups === undefined ? {} : { groups }),
        ...(tooLate === undefined ? {} : { too_late: tooLate }),
        ...(missingRates === undefined ? {} : { missing_rates: missingRates }),
      },
      note: noteOf(run),
    }
  }

function noteOf({ how, why = '', groups = 0, tooLate = 0, missingRates = 0 }: InsightRun): string {
  return [
    how === 'changes'
      ? `${groups} groups computed, as only their rows had changed`
      : `computed whole: ${why}`,
    ...(tooLate > 0 ? [`${tooLate} events came too late for their windows`] : []),
    ...(missingRates > 0 ? [`${missingRates} amounts without a rate`] : []),
  ].join('; ')
}
