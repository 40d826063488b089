import { object, type Read, text } from '#kernel/read.ts'
import type { ConnectorDefinition } from '../../connector.ts'
import { fileOptions } from '../../file-options.ts'

const settings = object({
  folder: text({
    minLength: 1,
    description: 'The folder, absolute or relative to the one that Tessera was started in.',
  }),
})

const source = object({
  path: text({
    minLength: 1,
    maxLength: 500,
    description: 'One file below the folder, or a pattern such as sales/*.csv or **/*.json.',
  }),
  ...fileOptions,
})

/** What the connector for files says of itself. */
export const filesDefinition = {
  key: 'files',
  label: 'Files',
  about: 'Delimited text, JSON and parquet files in a folder of this machine, also compressed.',
  settings,
  source,
} as const satisfies ConnectorDefinition

export type FilesSettings = Read<typeof settings>
export type FilesSource = Read<typeof source>
