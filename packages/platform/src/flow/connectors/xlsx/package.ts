import { posix } from 'node:path'
import { plainText, readWholeXml } from '../text/xml.ts'
import { damaged, type RandomBytes } from '../zip/bytes.ts'
import { zipEntries } from '../zip/directory.ts'
import { unpack } from '../zip/unpack.ts'

const mebibyte = 1024 ** 2

/**
 * How much a part may unpack to, so that nobody fills memory or disk with a small file: texts are held in memory, sheets go
 * through it row by row.
 */
const mostBytes = { sheet: 4096 * mebibyte, texts: 256 * mebibyte, other: 32 * mebibyte } as const

/** A package of parts that refer to one another, as office programs write it. */
export interface OfficePackage {
  readonly bytes: RandomBytes
  readonly content: (path: string, kind: keyof typeof mostBytes) => AsyncIterable<Uint8Array>
  /** What a part refers to; nothing when it refers to none. */
  readonly relationsOf: (path: string) => Promise<readonly Relation[]>
}

/** That a part refers to another one. */
export interface Relation {
  readonly id: string
  /** The last word of its type, such as `worksheet`. */
  readonly type: string
  readonly path: string
}

/** Reads which parts a package has. */
export async function openPackage(bytes: RandomBytes): Promise<OfficePackage> {
  const entries = await zipEntries(bytes)
  const content: OfficePackage['content'] = (path, kind) => {
    const entry = entries.get(path.toLowerCase())
    if (entry === undefined) throw damaged(bytes, `${path} is missing`)
    return unpack(bytes, entry, mostBytes[kind])
  }
  return {
    bytes,
    content,
    relationsOf: async (path) => {
      const list = posix.join(posix.dirname(path), '_rels', `${posix.basename(path)}.rels`)
      if (!entries.has(list.toLowerCase())) return []
      return readRelations(content(list, 'other'), {
        name: bytes.name,
        folder: posix.dirname(path),
      })
    },
  }
}

async function readRelations(
  content: AsyncIterable<Uint8Array>,
  of: { readonly name: string; readonly folder: string },
): Promise<readonly Relation[]> {
  const relations: Relation[] = []
  const open = (element: string, attributes: () => Readonly<Record<string, string>>) => {
    if (element !== 'Relationship') return
    const { Id: id = '', Type: type = '', Target: target = '' } = attributes()
    const path = posix.join('/', target.startsWith('/') ? '' : of.folder, plainText(target))
    relations.push({ id, type: type.slice(type.lastIndexOf('/') + 1), path: path.slice(1) })
  }
  await readWholeXml(content, { open }, of)
  return relations
}
