export type { InsightOverview, InsightValues, MeasureOverview } from './api.ts'
export {
  type Insight,
  type InsightDefinition,
  insightSchema,
  personColumn,
} from './definition.ts'
export { insightFaults } from './faults.ts'
export { type Insights, type InsightTools, makeInsights } from './insights.ts'
export { insightKind, insightsIn, type RelationsIn, shapesReader } from './kinds.ts'
export { insightRoutes } from './routes.ts'
export { type InsightShape, type Known, relationOf, type Shapes, shapesOf } from './shapes.ts'
export { computedTypes, insightTable, prepareInsights, type Types } from './tables.ts'
export { whoseId, whoseIn } from './whose.ts'
export { askedRefresh, insightNodes, insightRefresher } from './work.ts'
