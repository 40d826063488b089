import type { ConnectorDefinition } from './connector.ts'
import { filesDefinition } from './sources/files/definition.ts'
import { uploadsDefinition } from './sources/uploads/definition.ts'

export type { ConnectorDefinition } from './connector.ts'
export { type Encoding, encodings, type FileOptions, type Format, formats } from './file-options.ts'
export type { FilesSettings, FilesSource } from './sources/files/definition.ts'

/** What every connector says of itself, with the schemas of its settings and sources: for forms and for the docs. */
export const connectorDefinitions: readonly ConnectorDefinition[] = [
  filesDefinition,
  uploadsDefinition,
]
