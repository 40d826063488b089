import { object, optional, type Read, text } from '#kernel/read.ts'
import type { ConnectorDefinition } from '../../connector.ts'
import { sqlSettings, sqlSource } from '../sql/definition.ts'

const settings = object({
  ...sqlSettings,
  schema: optional(
    text({ minLength: 1, description: 'Where tables are looked for by name; public unless set.' }),
  ),
})

/** What the connector for PostgreSQL says of itself. */
export const postgresDefinition = {
  key: 'postgres',
  label: 'PostgreSQL',
  about: 'Tables, views and queries of a PostgreSQL database: all rows, or only what is new.',
  settings,
  source: sqlSource,
} as const satisfies ConnectorDefinition

export type PostgresSettings = Read<typeof settings>
