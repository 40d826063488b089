import { posix } from 'node:path'
import { Fault, sentenceOf } from '#kernel/fault.ts'
import { arriving } from '../../arriving.ts'
import { connectorFaults } from '../../faults.ts'
import type { FilePlace, PlacedFile, Taken } from '../../file-place.ts'
import { fixedPrefix, inOrder, isHidden, leadsOut, pathMatcher, whatIsThere } from '../../paths.ts'
import type { Spool } from '../../spool.ts'
import type { RemoteFile, Session } from './session.ts'

/** A file below a folder of another machine; links inside of the folder lead to one name only. */
interface FarFile extends PlacedFile {
  readonly path: string
}

/** What is known of a file of the other machine without opening it. */
interface FarStats {
  readonly size: number
  readonly mtime: number
}

/** Opens a folder of another machine. */
export async function openFarFolder(
  session: Session,
  folder: string,
  signal: AbortSignal,
): Promise<FilePlace<FarFile>> {
  const root = await session.realPath(folder)
  const isFolder = root !== undefined && (await session.stats(root))?.isDirectory()
  if (!isFolder) throw connectorFaults.no_such_folder({ folder: `${session.at}:${folder}` })
  const of = { session, root, place: `${session.at}:${root}`, signal, listed: new Map() }
  return {
    match: (pattern) => match(of, pattern),
    all: (most) => namesBelow(of, { most }),
    find: async (path) => of.listed.get(path) ?? find(of, path),
    take: (file, spool) => take(of, file, spool),
    look: (file, use) =>
      usingFile(of, file, ({ read }) => use({ name: file.name, sizeBytes: file.sizeBytes, read })),
  }
}

interface Opened {
  readonly session: Session
  readonly root: string
  /** For sentences. */
  readonly place: string
  readonly signal: AbortSignal
  /** The ordinary files that were met, so that nobody asks for each of them again. */
  readonly listed: Map<string, FarFile>
}

const fileOf = (root: string, name: string, { size, mtime }: FarStats): FarFile => ({
  name,
  path: posix.join(root, name),
  sizeBytes: size,
  changedAt: new Date(mtime * 1000),
  fingerprint: `${name}:${size}:${mtime}`,
})

async function match(of: Opened, pattern: string): Promise<readonly string[]> {
  const { session, root, place } = of
  if (leadsOut(pattern)) throw connectorFaults.outside_folder({ path: pattern, folder: place })
  const normal = posix.normalize(pattern)
  // A file may have a name with brackets or braces in it.
  const stats = await session.stats(posix.join(root, normal))
  if (stats && !stats.isDirectory()) return [normal]
  const below = fixedPrefix(normal).replace(/[^/]*$/, '')
  const depth = normal.includes('**') ? Number.POSITIVE_INFINITY : normal.split('/').length
  const found = (await namesBelow(of, { below, depth })).filter(pathMatcher(normal))
  if (found.length > 0) return found
  const near = whatIsThere(pattern, await namesBelow(of, { most: 1000 }))
  throw connectorFaults.no_such_file({ path: pattern, folder: place, near })
}

interface Walk {
  /** The folder to begin in, with a slash at its end; empty for the whole. */
  readonly below?: string
  /** How many steps a path may have. */
  readonly depth?: number
  readonly most?: number
}

async function namesBelow(of: Opened, walk: Walk): Promise<readonly string[]> {
  const { below = '', depth = Number.POSITIVE_INFINITY, most = Number.POSITIVE_INFINITY } = walk
  const names: string[] = []
  const folders = [below]
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    of.signal.throwIfAborted()
    const inside = await look(of, folder)
    names.push(...inside.files)
    if (names.length >= most) break
    folders.push(...inside.folders.filter((name) => name.split('/').length <= depth))
  }
  return inOrder(names.slice(0, most))
}

/** The files and the folders in a folder that people see. Links count as files until they are followed. */
async function look(of: Opened, folder: string) {
  const files: string[] = []
  const folders: string[] = []
  for (const { name: entry, stats } of await entriesOf(of, folder)) {
    const name = folder + entry
    if (isHidden(name)) continue
    if (stats.isDirectory()) folders.push(`${name}/`)
    else files.push(name)
    if (stats.isFile()) of.listed.set(name, fileOf(of.root, name, stats))
  }
  return { files, folders }
}

/** What is in a folder; nothing where it is not there or may not be looked into, as on this machine. */
async function entriesOf({ session, root }: Opened, folder: string) {
  try {
    return await session.list(posix.join(root, folder))
  } catch (thrown) {
    if (thrown instanceof Fault || !(thrown instanceof Error && 'code' in thrown)) throw thrown
    return []
  }
}

async function find({ session, root, place }: Opened, path: string): Promise<FarFile> {
  const real = await session.realPath(posix.join(root, path))
  const stats = real === undefined ? undefined : await session.stats(real)
  if (real === undefined || stats === undefined) {
    throw connectorFaults.unreadable_file({ name: path, why: 'it is no longer there' })
  }
  if (!real.startsWith(root === '/' ? root : `${root}/`)) {
    throw connectorFaults.outside_folder({ path, folder: place })
  }
  if (!stats.isFile()) {
    throw connectorFaults.unreadable_file({ name: path, why: 'it is no ordinary file' })
  }
  return fileOf(root, posix.relative(root, real), stats)
}

async function take(of: Opened, file: FarFile, spool: Spool): Promise<Taken> {
  const { name } = file
  return usingFile(of, file, async (opened) => {
    const before = await opened.stats()
    const expected = { at: of.session.at, name, sizeBytes: before.size }
    const content = arriving(contentOf(opened, before.size), expected)
    const spooled = await spool.write(content, of.signal)
    const after = await opened.stats()
    const isSame = before.size === after.size && before.mtime === after.mtime
    if (isSame && spooled.sizeBytes === before.size) {
      return { spooled, fingerprint: fileOf(of.root, name, before).fingerprint }
    }
    await spool.remove(spooled.path)
    throw connectorFaults.changed_meanwhile({ name })
  })
}

async function usingFile<Result>(
  { session }: Opened,
  { name, path }: FarFile,
  use: (opened: RemoteFile) => Promise<Result>,
): Promise<Result> {
  const opened = await session.open(path).catch((thrown: unknown) => {
    if (thrown instanceof Fault || !(thrown instanceof Error && 'code' in thrown)) throw thrown
    throw connectorFaults.unreadable_file({ name, why: sentenceOf(thrown) }, { cause: thrown })
  })
  try {
    return await use(opened)
  } finally {
    // Where the connection is lost, so is the file that was open.
    await opened.close().catch(() => {})
  }
}

/** What every host hands out at once, and how many such pieces are asked for ahead, as each takes the way there and back. */
const [pieceBytes, piecesAhead] = [32 * 1024, 32]

async function* contentOf(file: RemoteFile, sizeBytes: number): AsyncGenerator<Buffer> {
  const ahead: Promise<Buffer>[] = []
  let next = 0
  const askForMore = () => {
    const piece = file.read(next, Math.min(pieceBytes, sizeBytes - next))
    // Whoever has stopped reading does not care for what becomes of it.
    piece.catch(() => {})
    ahead.push(piece)
    next += pieceBytes
  }
  while (next < sizeBytes && ahead.length < piecesAhead) askForMore()
  for (let piece = ahead.shift(); piece !== undefined; piece = ahead.shift()) {
    yield await piece
    if (next < sizeBytes) askForMore()
  }
}
