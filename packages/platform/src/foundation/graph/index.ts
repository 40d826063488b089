export type {
  Built,
  Counts,
  Freshness,
  GraphNode,
  Look,
  NodeFault,
  NodeState,
} from './definition.ts'
export { graphFaults } from './faults.ts'
export {
  type Graph,
  type GraphTools,
  makeGraph,
  type RefreshOptions,
  type RefreshReport,
} from './graph.ts'
export { withKnownInputs } from './order.ts'
export { type Changed, graphMigrations } from './records.ts'
export type { Outcome, Progress, Refresher, RefreshTools, StepResult } from './refresh.ts'
export { graphRoutes } from './routes.ts'
export type { Reason } from './staleness.ts'
export type { NodeView } from './view.ts'
export { type Step, type Want, workList } from './work-list.ts'
