import { posix } from 'node:path'
import type { ReachingTools } from '../../connector.ts'
import { connectorFaults } from '../../faults.ts'
import type { FilesOut } from '../s3/write.ts'
import type { SftpSettings } from './definition.ts'
import { openSession, type Session } from './session.ts'

/** Signs in to write files into a folder of another machine, which is made where it is not there. */
export async function writeToHost(
  tools: Pick<ReachingTools, 'network' | 'secret'>,
  settings: SftpSettings,
  signal: AbortSignal,
): Promise<FilesOut> {
  const session = await openSession(tools, settings, signal)
  const stop = () => session.end()
  signal.addEventListener('abort', stop, { once: true })
  const close = () => {
    signal.removeEventListener('abort', stop)
    session.end()
  }
  try {
    const root = await folderAt(session, settings.folder)
    return {
      close,
      write: (name, content) => writeWhole(session, { root, name }, content),
      remove: (name) => session.remove(posix.join(root, name)),
    }
  } catch (thrown) {
    close()
    throw thrown
  }
}

async function folderAt(session: Session, folder: string): Promise<string> {
  const steps = posix.normalize(folder).split('/')
  for (let end = 1; end <= steps.length; end++) {
    const path = steps.slice(0, end).join('/')
    if (path === '' || (await session.stats(path)) !== undefined) continue
    await session.makeFolder(path)
  }
  const root = await session.realPath(folder)
  if (root === undefined)
    throw connectorFaults.no_such_folder({ folder: `${session.at}:${folder}` })
  return root
}

async function writeWhole(
  session: Session,
  { root, name }: { readonly root: string; readonly name: string },
  content: AsyncIterable<Uint8Array>,
): Promise<void> {
  const [path, part] = [posix.join(root, name), posix.join(root, `.${name}.part`)]
  try {
    await session.write(part, content)
    await session.rename(part, path)
  } catch (thrown) {
    await session.remove(part).catch(() => {})
    throw thrown
  }
}
