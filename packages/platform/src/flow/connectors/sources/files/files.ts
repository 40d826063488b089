import { realpath } from 'node:fs/promises'
import { resolve } from 'node:path'
import { type Connector, defineConnector } from '../../connector.ts'
import { offersOf, takeFiles } from '../../file-place.ts'
import { filesDefinition } from './definition.ts'
import { openFolder } from './folder.ts'

/** What the connector for files is given: where relative folders begin, and folders that nobody may read. */
export interface FilesTools {
  readonly baseFolder: string
  readonly closedFolders: readonly string[]
}

/** Reads files from a folder of this machine. */
export function makeFiles({ baseFolder, closedFolders }: FilesTools): Connector {
  const open = async (folder: string) => {
    const closed = closedFolders.map((path) => realpath(path).catch(() => resolve(path)))
    return openFolder(resolve(baseFolder, folder), await Promise.all(closed))
  }
  return defineConnector({
    ...filesDefinition,
    list: async ({ settings, signal }) => offersOf(await open(settings.folder), signal),
    async *read({ settings, ...of }) {
      yield* takeFiles(await open(settings.folder), of)
    },
  })
}
