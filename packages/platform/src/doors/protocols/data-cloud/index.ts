export { dataCloudForm } from './action-form.ts'
export { dataCloudMigrations } from './bulk/records.ts'
export { ingestFaults } from './faults.ts'
export { type DataCloudFront, makeDataCloudFront } from './front.ts'
export { type IngestField, type IngestObject, type IngestType, ingestTypes } from './object.ts'
export { ingestSchemaRoutes } from './schema-routes.ts'
export type {
  BulkCounts,
  BulkLoad,
  BulkPart,
  DataCloudTools,
  Load,
} from './tools.ts'
