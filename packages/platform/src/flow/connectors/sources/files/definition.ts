import { object, type Read, text } from '#kernel/read.ts'
import type { ConnectorDefinition } from '../../connector.ts'
import { fileOptions, filePath } from '../../file-options.ts'

/** The folder of a connection. */
export const filesFolder = text({
  minLength: 1,
  description: 'The folder, absolute or relative to the one that Tessera was started in.',
})

const settings = object({ folder: filesFolder })

const source = object({ path: filePath, ...fileOptions })

/** What the connector for files says of itself. */
export const filesDefinition = {
  key: 'files',
  label: 'Files',
  about:
    'Delimited text, JSON, parquet and workbooks in a folder of this machine, also compressed.',
  settings,
  source,
} as const satisfies ConnectorDefinition

export type FilesSettings = Read<typeof settings>
export type FilesSource = Read<typeof source>
