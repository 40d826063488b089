import { type Catalogue, defineKind, type Kind } from '#definitions'
import type { Relation } from '#query'
import { type Insight, type InsightDefinition, insightSchema } from './definition.ts'
import { insightFaults } from './faults.ts'
import { type Shapes, shapesOf } from './shapes.ts'

/** What insights may read besides each other, with these definitions. */
export type RelationsIn = (all: Catalogue) => readonly Relation[]

/** The insights among definitions. */
export const insightsIn = (all: Catalogue): readonly Insight[] =>
  all.list<InsightDefinition>('insight')

/** Looks at the insights among definitions, once for each catalogue. */
export function shapesReader(relationsIn: RelationsIn): (all: Catalogue) => Shapes {
  const seen = new WeakMap<Catalogue, Shapes>()
  return (all) => {
    const shapes =
      seen.get(all) ?? shapesOf({ insights: insightsIn(all), relations: relationsIn(all) })
    seen.set(all, shapes)
    return shapes
  }
}

/** The kind of insights. */
export function insightKind(relationsIn: RelationsIn): Kind<InsightDefinition> {
  const shapesIn = shapesReader(relationsIn)
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
    check: (_, all, { key }) => {
      const isTaken = relationsIn(all).some(({ name }) => name === key)
      if (isTaken) return insightFaults.taken_name({ name: key }).problems
      return shapesIn(all).problems.get(key) ?? []
    },
  })
}
