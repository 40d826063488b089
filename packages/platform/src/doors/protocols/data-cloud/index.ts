export { dataCloudMigrations } from './bulk/records.ts'
export { ingestFaults } from './faults.ts'
export { type DataCloudFront, makeDataCloudFront } from './front.ts'
export { type IngestField, type IngestObject, type IngestType, ingestTypes } from './object.ts'
export { fieldsFromOpenApi, type SchemaContext } from './schema/from-open-api.ts'
export type { ObjectSchema } from './schema/object-schema.ts'
export { openApiOf } from './schema/open-api-of.ts'
export type {
  BulkCounts,
  BulkLoad,
  BulkPart,
  DataCloudTools,
  Load,
} from './tools.ts'
