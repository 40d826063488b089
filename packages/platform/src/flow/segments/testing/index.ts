import { type Engine, sql } from '#engine'
import { type InsightShape, insightTable, prepareInsights } from '#insights'
import { fillTenant, tenantModel } from '#insights/testing'
import { columnsOf } from '#model'
import type { Segment } from '../definition.ts'
import type { Ground } from '../ground.ts'
import { type Subjects, subjectsOf } from '../subjects.ts'
import { prepareSegments } from '../tables.ts'

export {
  accountRelation,
  fillTenant,
  mergePeople,
  profileId,
  setAccounts,
  setPeople,
  setRows,
  type TenantRow,
  tenantModel,
  tenantRelations,
} from '#insights/testing'

/** The small tenant with the tables that segments need, and its insight `spend`. */
export async function segmentTenant(engine: Engine): Promise<void> {
  await fillTenant(engine)
  await prepareInsights(engine)
  await prepareSegments(engine)
  await engine.change('spend', (writer) =>
    writer.run(sql`create or replace table ${insightTable('spend')} as
      select _profile as profile_id, sum(grand_total_amount) as total, max(purchased_at) as last_order
      from model.sales_order where _profile is not null group by 1`),
  )
}

const shape = (key: string, of: Pick<InsightShape, 'dimensions' | 'measures'>): InsightShape => ({
  key,
  label: key,
  on: 'individual',
  reads: [],
  query: { text: '', part: sql``, reads: [], columns: [], lineage: {} },
  ...of,
})

/** The insights of the small tenant; `fresh` has not been computed yet. */
export const tenantInsights: readonly InsightShape[] = [
  shape('spend', {
    dimensions: ['profile_id'],
    measures: new Map([
      ['total', 'decimal'],
      ['last_order', 'timestamp'],
    ]),
  }),
  shape('by_channel', {
    dimensions: ['profile_id', 'channel'],
    measures: new Map([['total', 'decimal']]),
  }),
  shape('fresh', { dimensions: ['profile_id'], measures: new Map([['n', undefined]]) }),
]

const vips: Segment = {
  key: 'vips',
  body: {
    label: 'VIPs',
    on: 'individual',
    include: { insight: 'spend.total', op: '>', value: 400 },
  },
}

/** What conditions may speak of in the small tenant. */
export const tenantSubjects: Subjects = subjectsOf({
  model: tenantModel,
  insights: tenantInsights,
  segments: [vips],
})

/** What conditions in the small tenant are compiled against. */
export const tenantGround = (now: Date): Ground => ({
  subjects: tenantSubjects,
  columns: (schema, name) =>
    new Set(
      schema === 'unified'
        ? Object.keys(tenantSubjects.person)
        : columnsOf(tenantModel.get(name)).map(([column]) => column),
    ),
  now,
})
