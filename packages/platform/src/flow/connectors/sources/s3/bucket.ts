import { posix } from 'node:path'
import type { LongAnswer } from '#outgoing'
import { arriving } from '../../arriving.ts'
import { connectorFaults } from '../../faults.ts'
import type { FilePlace, PlacedFile, Taken } from '../../file-place.ts'
import { fixedPrefix, inOrder, isHidden, leadsOut, pathMatcher, whatIsThere } from '../../paths.ts'
import type { Spool } from '../../spool.ts'
import type { RandomBytes } from '../../zip/bytes.ts'
import type { StoredObject } from './listing.ts'
import type { Store } from './store.ts'

/** An object of a bucket as a file. */
interface BucketFile extends PlacedFile {
  readonly object: StoredObject
}

/** The objects of a bucket whose names begin with a folder, as files below it. */
export function filesOfBucket(
  store: Store,
  folder: string,
  signal: AbortSignal,
): FilePlace<BucketFile> {
  const root = folder === '' ? '' : `${posix.normalize(folder).replace(/^\/|\/$/g, '')}/`
  const place = `${store.at}/${root}`
  const listed = new Map<string, BucketFile>()
  async function* files(below: string): AsyncGenerator<BucketFile> {
    for await (const object of store.objects(root + below)) {
      signal.throwIfAborted()
      // An object whose name ends in a slash is what programs make to show an empty folder.
      if (object.key.endsWith('/')) continue
      const file = fileOf(object, root)
      listed.set(file.name, file)
      yield file
    }
  }
  const all = async (most: number) => {
    const names: string[] = []
    for await (const { name } of files('')) {
      if (names.length === most) break
      if (!isHidden(name)) names.push(name)
    }
    return inOrder(names)
  }
  return {
    all,
    match: async (pattern) => {
      if (leadsOut(pattern)) throw connectorFaults.outside_folder({ path: pattern, folder: place })
      const names = await matching(files, posix.normalize(pattern))
      if (names.length > 0) return names
      const near = whatIsThere(pattern, await all(1000))
      throw connectorFaults.no_such_file({ path: pattern, folder: place, near })
    },
    find: async (path) => {
      const file = listed.get(path)
      if (file) return file
      throw connectorFaults.no_such_file({ path, folder: place, near: '' })
    },
    take: (file, spool) => take(store, file, { spool, signal }),
    look: (file, use) => use(lookInto(store, file)),
  }
}

function fileOf(object: StoredObject, root: string): BucketFile {
  const { key, sizeBytes, etag, changedAt } = object
  const name = key.slice(root.length)
  return { name, fingerprint: `${name}:${sizeBytes}:${etag}`, sizeBytes, changedAt, object }
}

/** The names that a pattern stands for, among those that begin as all of them do. */
async function matching(
  files: (below: string) => AsyncIterable<PlacedFile>,
  pattern: string,
): Promise<readonly string[]> {
  const [matches, fixed] = [pathMatcher(pattern), fixedPrefix(pattern)]
  const names: string[] = []
  for await (const { name } of files(fixed)) {
    // A file may have a name with brackets or braces in it.
    if (name === pattern) return [name]
    if (matches(name)) names.push(name)
  }
  return inOrder(names)
}

async function take(
  store: Store,
  { name, sizeBytes, fingerprint, object }: BucketFile,
  { spool, signal }: { readonly spool: Spool; readonly signal: AbortSignal },
): Promise<Taken> {
  const answer = await store.get(object)
  const { etag } = answer.headers
  if (etag !== undefined && object.etag !== '' && etag !== object.etag) {
    await cancel(answer)
    throw connectorFaults.changed_meanwhile({ name })
  }
  const content = arriving(answer.body, { at: store.at, name, sizeBytes })
  const spooled = await spool.write(content, signal)
  if (spooled.sizeBytes === sizeBytes) return { spooled, fingerprint }
  await spool.remove(spooled.path)
  throw connectorFaults.changed_meanwhile({ name })
}

async function cancel({ body }: LongAnswer): Promise<void> {
  for await (const _ of body) break
}

function lookInto(store: Store, { name, sizeBytes, object }: BucketFile): RandomBytes {
  const read = async (at: number, length: number) => {
    const end = Math.min(at + length, sizeBytes)
    if (end <= at) return Buffer.alloc(0)
    const { status, body } = await store.get(object, `bytes=${at}-${end - 1}`)
    const pieces: Uint8Array[] = []
    for await (const piece of body) pieces.push(piece)
    const found = Buffer.concat(pieces)
    // A store that knows no ranges gives everything.
    return status === 206 ? found : found.subarray(at, end)
  }
  return { name, sizeBytes, read }
}
