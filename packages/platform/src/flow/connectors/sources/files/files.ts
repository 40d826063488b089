import { type Connector, defineConnector } from '../../connector.ts'
import { offersOf, takeFiles } from '../../file-place.ts'
import { filesDefinition } from './definition.ts'
import { type FilesTools, folderOpener } from './folder.ts'

/** Reads files from a folder of this machine. */
export function makeFiles(tools: FilesTools): Connector {
  const open = folderOpener(tools)
  return defineConnector({
    ...filesDefinition,
    list: async ({ settings, signal }) => offersOf(await open(settings.folder), signal),
    async *read({ settings, ...of }) {
      yield* takeFiles(await open(settings.folder), of)
    },
  })
}
