import { object, type Read } from '#kernel/read.ts'
import type { ConnectorDefinition } from '../../connector.ts'
import { sqlSettings, sqlSource } from '../sql/definition.ts'

const settings = object(sqlSettings)

/** What the connector for MySQL and MariaDB says of itself. */
export const mysqlDefinition = {
  key: 'mysql',
  label: 'MySQL and MariaDB',
  about: 'Tables, views and queries of a MySQL or MariaDB database: all rows, or only what is new.',
  settings,
  source: sqlSource,
} as const satisfies ConnectorDefinition

export type MysqlSettings = Read<typeof settings>
