import { defineKind, type Kind } from '#definitions'
import { joinPlace } from '#kernel/fault.ts'
import { type SavedQuery, savedQuerySchema } from './definition.ts'
import { parseText } from './parse.ts'

/**
 * Questions that people keep. Only whether they can be read is checked: what they read may come and go, and a question
 * stands in nobody's way.
 */
export const savedQueryKind: Kind<SavedQuery> = defineKind({
  kind: 'query',
  label: 'Saved query',
  schema: savedQuerySchema,
  sample: `kind: query
key: orders_by_month
label: Orders by month
sql: |
  select date_trunc('month', purchased_at) as month, count(*) as orders
  from sales_order
  group by 1
  order by 1
chart: { type: line, x: month, y: [orders] }
`,
  check: ({ sql }) =>
    parseText(sql).problems.map((problem) => ({ ...problem, at: joinPlace('sql', problem.at) })),
})
