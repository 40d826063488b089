export { type Catalogue, catalogueOf } from './catalogue.ts'
export {
  type Current,
  type Definition,
  named,
  type Reference,
  type SecretRef,
  type SourceFile,
  secretRef,
  secretsIn,
} from './definition.ts'
export { type Definitions, type DefinitionTools, makeDefinitions } from './definitions.ts'
export { differences, type FieldChange } from './difference.ts'
export { type Document, type Reading, readFiles } from './documents.ts'
export { definitionFaults } from './faults.ts'
export { fingerprint } from './fingerprint.ts'
export { readFolder } from './folder.ts'
export {
  type Check,
  defineKind,
  type Kind,
  type KindName,
  type Kinds,
  type Need,
  type Warn,
} from './kind.ts'
export { type PlacedProblem, placed } from './place.ts'
export type { Plan, PlannedChange, PlannedCreate, PlannedRemove } from './plan.ts'
export { printDefinition } from './print-definition.ts'
export { printPlan } from './print-plan.ts'
export { type Change, type ChangeVerb, definitionMigrations, type Version } from './records.ts'
export { definitionRoutes } from './routes.ts'
export { schemaFileName, schemaOf, writeSchema } from './schema.ts'
export { type Shaped, shapeOf } from './shape.ts'
