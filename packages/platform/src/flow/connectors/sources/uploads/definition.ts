import { object } from '#kernel/read.ts'
import type { ConnectorDefinition } from '../../connector.ts'
import { filesDefinition } from '../files/definition.ts'

/** What the connector for sent files says of itself. */
export const uploadsDefinition = {
  key: 'uploads',
  label: 'Sent files',
  about: 'Files that people sent through the command line, the API or the console.',
  settings: object({}),
  source: filesDefinition.source,
} as const satisfies ConnectorDefinition
