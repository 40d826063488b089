import { fingerprint } from '#definitions'
import type { Freshness, GraphNode, Outcome, Refresher } from '#graph'
import type { RelationRead } from '#query'
import { personColumn, secondsOf } from './definition.ts'
import { unifiedNodes } from './fields.ts'
import type { Insights } from './insights.ts'
import type { RefreshDone } from './runs.ts'
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
    rests: 'as long as it costs',
    position: positions.get(shape.key) ?? 0,
  }))
}

function freshnessOf({ query, plan }: InsightShape): Freshness {
  const wish = plan?.refresh ?? 'live'
  if (typeof wish === 'object' && 'cron' in wish) return { cron: wish.cron }
  if (typeof wish === 'object') return { everyMs: 1000 * secondsOf(wish.every) }
  if (wish === 'on demand') return wish
  // What reads the clock changes by itself. Windows read it only to leave out what is said to happen in the future.
  const changesAlone = plan?.built?.window === undefined && readsClock(query.text)
  return changesAlone ? { atLeastEveryMs: hourMs } : 'live'
}

/** Refreshes nodes of kind `insight`. */
export const insightRefresher =
  (insights: Pick<Insights, 'refresh'>): Refresher =>
  async ({ key }, { signal, scope, from, to }) => {
    const inputs = { from: scope === 'changes' ? from : {}, to }
    return outcomeOf(await insights.refresh(key.slice('insight:'.length), { signal, inputs }))
  }

/** Refreshes one insight, whole, as somebody asks for it; written down in the graph, so that its schedule counts from there. */
export const askedRefresh =
  (
    insights: Pick<Insights, 'refresh' | 'shapes'>,
    make: (node: string, by: Refresher, signal?: AbortSignal) => Promise<void>,
  ): Insights['refresh'] =>
  async (key, ask) => {
    const isInGraph = (await insights.shapes()).some((shape) => shape.key === key)
    // It says itself what is wrong with it.
    if (!isInGraph) return insights.refresh(key, ask)
    let done: RefreshDone | undefined
    const refresh: Refresher = async () => {
      done = await insights.refresh(key, ask)
      return outcomeOf(done)
    }
    await make(`insight:${key}`, refresh, ask?.signal)
    if (!done) throw new Error(`the insight ${key} was not refreshed`)
    return done
  }

function outcomeOf({ changed, position, rows, run }: RefreshDone): Outcome {
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
