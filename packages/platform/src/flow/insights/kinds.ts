import { type Catalogue, defineKind, type Kind } from '#definitions'
import { type Model, modelOf } from '#model'
import type { Relation } from '#query'
import { type Insight, type InsightDefinition, insightSchema } from './definition.ts'
import { insightFaults } from './faults.ts'
import { type Known, type Seen, type Shapes, shapesOf } from './shapes.ts'

/** What insights may read besides each other, with these definitions. */
export type RelationsIn = (all: Catalogue) => readonly Relation[]

/** What links lead to, with these definitions. */
export type ModelIn = (all: Catalogue) => Model

const standard = modelOf([])

/** The insights among definitions. */
export const insightsIn = (all: Catalogue): readonly Insight[] =>
  all.list<InsightDefinition>('insight')

/** Looks at the insights among definitions, once for each catalogue. */
export function shapesReader(
  relationsIn: RelationsIn,
  modelIn: ModelIn = () => standard,
): (all: Catalogue) => Shapes {
  const seen = new WeakMap<Catalogue, Shapes>()
  let ground: (Pick<Known, 'relations' | 'model'> & { readonly insights: Seen }) | undefined
  return (all) => {
    const [relations, model] = [relationsIn(all), modelIn(all)]
    // From one catalogue to the next, insights that stayed the same need not be read again.
    if (ground?.relations !== relations || ground.model !== model)
      ground = { relations, model, insights: new Map() }
    const shapes =
      seen.get(all) ?? shapesOf({ insights: insightsIn(all), relations, model }, ground.insights)
    seen.set(all, shapes)
    return shapes
  }
}

/** What the check of insights needs beside relations. */
export interface KindTools {
  readonly modelIn?: ModelIn
  /** What is wrong with a schedule, if anything. */
  readonly problemWithSchedule?: (cron: string) => string | undefined
}

/** The kind of insights. */
export function insightKind(
  relationsIn: RelationsIn,
  { modelIn = () => standard, problemWithSchedule = () => undefined }: KindTools = {},
): Kind<InsightDefinition> {
  const shapesIn = shapesReader(relationsIn, modelIn)
  return defineKind({
    kind: 'insight',
    label: 'Insight',
    schema: insightSchema,
    sample: `kind: insight
key: lifetime_spend
label: Lifetime spend
sql: |
  select profile_id, sum(grand_total_amount) as total, count(*) as orders
  from sales_order
  group by profile_id
dimensions: [profile_id]
`,
    // SQL reads whatever its writer names.
    rights: ({ sql }) => (sql === undefined ? [] : ['read']),
    check: ({ refresh }, all, { key }) => {
      const isTaken = relationsIn(all).some(({ name }) => name === key)
      if (isTaken) return insightFaults.taken_name({ name: key }).problems
      const cron = typeof refresh === 'object' && 'cron' in refresh ? refresh.cron : undefined
      const why = cron === undefined ? undefined : problemWithSchedule(cron)
      return [
        ...(shapesIn(all).problems.get(key) ?? []),
        ...(cron !== undefined && why !== undefined
          ? insightFaults.bad_refresh({ cron, why }, { at: 'refresh.cron' }).problems
          : []),
      ]
    },
  })
}
