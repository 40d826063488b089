export {
  type CompiledTarget,
  cellOf,
  compileMapping,
  itemFields,
  readFrom,
  type Sources,
} from './compile.ts'
export { formulaOf, type MappingDefinition, mappingSchema } from './definition.ts'
export { mappingFaults } from './faults.ts'
export { mappingKind, modelObjectKind } from './kinds.ts'
export {
  findsItsFields,
  type MappingFollower,
  type MappingTools,
  mappingFollower,
  modelIn,
  modelNodes,
  modelRefresher,
} from './mappings.ts'
export { proposeMapping } from './propose.ts'
export { type Brought, modelPositions, prepareMappings } from './refresh.ts'
export { lakeRelations, modelRelations, prepareModel } from './relations.ts'
export { mappingRoutes } from './routes.ts'
export { sourcesOf } from './sources.ts'
