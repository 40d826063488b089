import { secretRef } from '#definitions/definition'
import { object, optional, type Read, text, whole } from '#kernel/read.ts'
import type { ConnectorDefinition } from '../../connector.ts'
import { fileOptions, filePath } from '../../file-options.ts'

/** What is needed to sign in to a host. */
export const hostAccess = {
  host: text({ minLength: 1, description: 'The name or the address of the host.' }),
  port: optional(whole({ minimum: 1, maximum: 65_535, description: '22 unless set.' })),
  user: text({ minLength: 1, description: 'Who signs in.' }),
  password: optional(secretRef),
  private_key: optional(secretRef),
  passphrase: optional(secretRef),
  host_key: optional(
    text({
      pattern: '^SHA256:[A-Za-z0-9+/]{43}=?$',
      expected: 'a fingerprint as `ssh-keygen -l` prints it, SHA256: and 43 signs',
      description:
        'The fingerprint of the host, such as SHA256:...; without it the refusal shows the one to be confirmed.',
    }),
  ),
} as const

const settings = object({
  ...hostAccess,
  folder: text({
    minLength: 1,
    description: 'The folder, absolute or relative to the one that the user arrives in.',
  }),
})

const source = object({ path: filePath, ...fileOptions })

/** What the connector for SFTP says of itself. */
export const sftpDefinition = {
  key: 'sftp',
  label: 'SFTP',
  about: 'Delimited text, JSON, parquet and workbooks in a folder of another machine, over SSH.',
  settings,
  source,
} as const satisfies ConnectorDefinition

export type SftpSettings = Read<typeof settings>
