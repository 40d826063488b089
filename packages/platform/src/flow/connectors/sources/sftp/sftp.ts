import { type Connector, defineConnector, type ReachingTools } from '../../connector.ts'
import { offersOf, takeFiles } from '../../file-place.ts'
import { sftpDefinition } from './definition.ts'
import { openFarFolder } from './folder.ts'
import { openSession } from './session.ts'

/** Reads files from a folder of another machine, over SSH. */
export function makeSftp(tools: ReachingTools): Connector {
  return defineConnector({
    ...sftpDefinition,
    list: async ({ settings, signal }) => {
      const session = await openSession(tools, settings, signal)
      try {
        return await offersOf(await openFarFolder(session, settings.folder, signal), signal)
      } finally {
        session.end()
      }
    },
    async *read({ settings, ...of }) {
      const session = await openSession(tools, settings, of.signal)
      try {
        yield* takeFiles(await openFarFolder(session, settings.folder, of.signal), of)
      } finally {
        session.end()
      }
    },
  })
}
