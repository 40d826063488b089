import type { ConnectorDefinition } from './connector.ts'
import { eventsDefinition } from './sources/events/definition.ts'
import { filesDefinition } from './sources/files/definition.ts'
import { httpDefinition } from './sources/http/definition.ts'
import { ingestApiDefinition } from './sources/ingest_api/definition.ts'
import { kafkaDefinition } from './sources/kafka/definition.ts'
import { mysqlDefinition } from './sources/mysql/definition.ts'
import { postgresDefinition } from './sources/postgres/definition.ts'
import { s3Definition } from './sources/s3/definition.ts'
import { sftpDefinition } from './sources/sftp/definition.ts'
import { sqliteDefinition } from './sources/sqlite/definition.ts'
import { uploadsDefinition } from './sources/uploads/definition.ts'
import { webhookDefinition } from './sources/webhook/definition.ts'

export type { ConnectorDefinition } from './connector.ts'
export { type Encoding, encodings, type FileOptions, type Format, formats } from './file-options.ts'
export { type Takes, takes } from './sources/events/definition.ts'
export type { FilesSettings, FilesSource } from './sources/files/definition.ts'

/** What every connector says of itself, with the schemas of its settings and sources: for forms and for the docs. */
export const connectorDefinitions: readonly ConnectorDefinition[] = [
  filesDefinition,
  uploadsDefinition,
  eventsDefinition,
  webhookDefinition,
  ingestApiDefinition,
  httpDefinition,
  kafkaDefinition,
  postgresDefinition,
  mysqlDefinition,
  sqliteDefinition,
  s3Definition,
  sftpDefinition,
]

export type { IngestApiSettings } from './sources/ingest_api/definition.ts'
export { bucketAccess } from './sources/s3/definition.ts'
export { hostAccess } from './sources/sftp/definition.ts'
export type { WebhookSettings } from './sources/webhook/definition.ts'
