import { glob, lstat, realpath, stat } from 'node:fs/promises'
import { join, normalize, relative, resolve, sep } from 'node:path'
import { nearest } from '#kernel/near.ts'
import { connectorFaults } from '../../faults.ts'

/** A folder that is read from; everything in it is known by its path below it. */
export interface Folder {
  /** Where it really is. */
  readonly root: string
  /** The real place of a file below the folder; refuses what leads elsewhere. */
  readonly find: (path: string) => Promise<FoundFile>
  /** The paths that a file name or a pattern stands for, in the order people count in. */
  readonly match: (pattern: string) => Promise<readonly string[]>
  /** The paths of all files that are not hidden. */
  readonly all: () => Promise<readonly string[]>
}

/** A file below a folder. */
export interface FoundFile {
  /** Its real path below the folder: links inside of the folder lead to one name only. */
  readonly name: string
  readonly path: string
  readonly sizeBytes: number
  readonly changedNs: bigint
}

/** Opens a folder. `closed` are real paths below which nothing is read. */
export async function openFolder(path: string, closed: readonly string[]): Promise<Folder> {
  const root = await realpath(path).catch(() => undefined)
  if (root === undefined || !(await stat(root)).isDirectory()) {
    throw connectorFaults.no_such_folder({ folder: path })
  }
  return {
    root,
    find: (below) => find(root, below, closed),
    match: (pattern) => match(root, pattern),
    all: () => matches(root, '**/*'),
  }
}

async function find(root: string, below: string, closed: readonly string[]): Promise<FoundFile> {
  const path = await realpath(join(root, below))
  if (!isBelow(root, path)) throw connectorFaults.outside_folder({ path: below, folder: root })
  if (closed.some((folder) => isBelow(folder, path))) {
    throw connectorFaults.closed_folder({ path: below })
  }
  const stats = await stat(path, { bigint: true })
  const name = relative(root, path)
  if (!stats.isFile()) {
    throw connectorFaults.unreadable_file({ name: below, why: 'it is no ordinary file' })
  }
  return { name, path, sizeBytes: Number(stats.size), changedNs: stats.mtimeNs }
}

const isBelow = (folder: string, path: string) =>
  path.startsWith(folder.endsWith(sep) ? folder : folder + sep)

async function match(root: string, pattern: string): Promise<readonly string[]> {
  // The walk itself must not leave the folder either, so this is asked before it.
  if (/^[/\\]|^[a-z]:|(^|[/\\{,])\.\.($|[/\\},])|\0/i.test(pattern)) {
    throw connectorFaults.outside_folder({ path: pattern, folder: root })
  }
  // A file may have a name with brackets or braces in it.
  const isFile = await lstat(resolve(root, pattern)).then(
    (stats) => !stats.isDirectory(),
    () => false,
  )
  if (isFile) return [normalize(pattern)]
  const found = await matches(root, normalize(pattern))
  if (found.length > 0) return found
  throw connectorFaults.no_such_file({
    path: pattern,
    folder: root,
    near: await hint(root, pattern),
  })
}

async function matches(root: string, pattern: string): Promise<readonly string[]> {
  const entries = glob(pattern, {
    cwd: root,
    withFileTypes: true,
    exclude: ({ name }) => name.startsWith('.'),
  })
  const found: string[] = []
  for await (const entry of entries) {
    if (!entry.isDirectory()) found.push(relative(root, join(entry.parentPath, entry.name)))
  }
  return found.sort(byNumberAndLetter.compare)
}

// `part-2` before `part-10`, and 2023 before 2024.
const byNumberAndLetter = new Intl.Collator('en', { numeric: true })

async function hint(root: string, pattern: string): Promise<string> {
  const all = await matches(root, '**/*')
  if (all.length === 0) return '; the folder is empty'
  const near = nearest(pattern, all)
  if (near !== undefined) return `; did you mean "${near}"?`
  const some = all.slice(0, 5).map((name) => `"${name}"`)
  return `; there ${some.length === 1 ? 'is' : 'are'} ${some.join(', ')}${all.length > 5 ? ' ...' : ''}`
}
