import { glob, lstat, realpath, stat } from 'node:fs/promises'
import { join, normalize, relative, resolve, sep } from 'node:path'
import { connectorFaults } from '../../faults.ts'
import type { FilePlace, PlacedFile } from '../../file-place.ts'
import { inOrder, leadsOut, whatIsThere } from '../../paths.ts'
import { usingFile } from '../../zip/bytes.ts'

/** A file below a folder; links inside of the folder lead to one name only. */
interface FoundFile extends PlacedFile {
  readonly path: string
}

/** What reading files of this machine needs: where relative folders begin, and folders that nobody may read. */
export interface FilesTools {
  readonly baseFolder: string
  readonly closedFolders: readonly string[]
}

/** Opens a folder as a connection names it. */
export type FolderOpener = (folder: string) => Promise<FilePlace<FoundFile>>

/** Opens folders by their names, relative to the base folder. */
export function folderOpener({ baseFolder, closedFolders }: FilesTools): FolderOpener {
  return async (folder) => {
    const closed = closedFolders.map((path) => realpath(path).catch(() => resolve(path)))
    return openFolder(resolve(baseFolder, folder), await Promise.all(closed))
  }
}

/** Opens a folder. `closed` are real paths below which nothing is read. */
async function openFolder(path: string, closed: readonly string[]): Promise<FilePlace<FoundFile>> {
  const root = await realpath(path).catch(() => undefined)
  if (root === undefined || !(await stat(root)).isDirectory()) {
    throw connectorFaults.no_such_folder({ folder: path })
  }
  return {
    match: (pattern) => match(root, pattern),
    all: (most) => matches(root, '**/*', most),
    find: (below) => find(root, below, closed),
    take: async ({ name, path: from }, spool) => {
      const spooled = await spool.take(from)
      // Of the very file that was taken: it may have been another one a moment before.
      return { spooled, fingerprint: fingerprintOf(name, spooled) }
    },
    look: usingFile,
  }
}

async function find(root: string, below: string, closed: readonly string[]): Promise<FoundFile> {
  const path = await realpath(join(root, below))
  if (!isBelow(root, path)) throw connectorFaults.outside_folder({ path: below, folder: root })
  if (closed.some((folder) => isBelow(folder, path))) {
    throw connectorFaults.closed_folder({ path: below })
  }
  const stats = await stat(path, { bigint: true })
  if (!stats.isFile()) {
    throw connectorFaults.unreadable_file({ name: below, why: 'it is no ordinary file' })
  }
  const [name, sizeBytes] = [relative(root, path), Number(stats.size)]
  const fingerprint = fingerprintOf(name, { sizeBytes, changedNs: stats.mtimeNs })
  return { name, path, sizeBytes, fingerprint, changedAt: stats.mtime }
}

// Size and time tell a change without reading the file, so a folder can be looked at every minute whatever its size. A
// file that was written again with the same content looks new, which costs a load and loses nothing.
const fingerprintOf = (name: string, of: { sizeBytes: number; changedNs: bigint }) =>
  `${name}:${of.sizeBytes}:${of.changedNs}`

const isBelow = (folder: string, path: string) =>
  path.startsWith(folder.endsWith(sep) ? folder : folder + sep)

async function match(root: string, pattern: string): Promise<readonly string[]> {
  // The walk itself must not leave the folder either, so this is asked before it.
  if (leadsOut(pattern)) throw connectorFaults.outside_folder({ path: pattern, folder: root })
  // A file may have a name with brackets or braces in it.
  const isFile = await lstat(resolve(root, pattern)).then(
    (stats) => !stats.isDirectory(),
    () => false,
  )
  if (isFile) return [normalize(pattern)]
  const found = await matches(root, normalize(pattern))
  if (found.length > 0) return found
  const near = whatIsThere(pattern, await matches(root, '**/*', 1000))
  throw connectorFaults.no_such_file({ path: pattern, folder: root, near })
}

async function matches(
  root: string,
  pattern: string,
  most = Number.POSITIVE_INFINITY,
): Promise<readonly string[]> {
  const entries = glob(pattern, {
    cwd: root,
    withFileTypes: true,
    exclude: ({ name }) => name.startsWith('.'),
  })
  const found: string[] = []
  for await (const entry of entries) {
    if (entry.isDirectory()) continue
    if (found.length === most) break
    found.push(relative(root, join(entry.parentPath, entry.name)))
  }
  return inOrder(found)
}
