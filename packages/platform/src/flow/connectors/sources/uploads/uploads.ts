import { type Connector, defineConnector } from '../../connector.ts'
import { makeFiles } from '../files/files.ts'
import { uploadsDefinition } from './definition.ts'

/** Reads the files that people sent: the connector for files, kept to the one folder where they lie. */
export function makeUploads(folder: string): Connector {
  const files = makeFiles({ baseFolder: folder, closedFolders: [] })
  const settings = { folder: '.' }
  return defineConnector({
    ...uploadsDefinition,
    list: (of) => files.list({ ...of, settings }),
    read: (of) => files.read({ ...of, settings }),
  })
}
