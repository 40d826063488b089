import { object, type Read, text } from '#kernel/read.ts'
import type { ConnectorDefinition } from '../../connector.ts'
import { filesFolder } from '../files/definition.ts'
import { sqlSource } from '../sql/definition.ts'

const settings = object({
  folder: filesFolder,
  file: text({
    minLength: 1,
    description: 'The file of the database, by its path below the folder, such as `shop.db`.',
  }),
})

/** What the connector for SQLite says of itself. */
export const sqliteDefinition = {
  key: 'sqlite',
  label: 'SQLite',
  about:
    'Tables, views and queries of a SQLite file of this machine: all rows, or only what is new.',
  settings,
  source: sqlSource,
} as const satisfies ConnectorDefinition

export type SqliteSettings = Read<typeof settings>
