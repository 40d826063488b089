export { type CheckedQuery, type CheckOptions, checkQuery, type RelationRead } from './check.ts'
export {
  type Explore,
  type Explored,
  type ExploreTools,
  makeExplore,
  type ShownRelation,
} from './explore.ts'
export { queryFaults } from './faults.ts'
export { type CompiledFormula, compileFormula, type FormulaSources } from './formula.ts'
export type { FormulaField, FormulaLookup, LookupSource } from './formula-desk.ts'
export { type FormulaFunction, formulaFunctions } from './formula-functions.ts'
export { queryFunctions } from './functions.ts'
export { savedQueryKind } from './kinds.ts'
export type { Relation, RelationColumn } from './relation.ts'
export { queryRoutes } from './routes.ts'
export type { Origin } from './scope.ts'
export { type Traced, type TracedTable, traceQuery, type Wanted } from './trace.ts'
