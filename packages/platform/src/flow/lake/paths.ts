import type { Member } from '#engine'
import { columnNames } from '#kernel/names.ts'
import type { LakeField } from './tables.ts'

/** Members deeper than this are kept as JSON. */
export const deepest = 5

/** What a path is called: `properties.price`. A dot inside a name has a backslash before it. */
export const labelOf = (path: readonly string[]): string =>
  path.map((part) => part.replace(/[\\.]/g, '\\$&')).join('.')

/** The path that a label names. */
export function pathOf(label: string): readonly string[] {
  const parts = ['']
  for (const [piece] of label.matchAll(/\\.|[^\\]/gsu)) {
    if (piece === '.') parts.push('')
    else parts[parts.length - 1] += piece.length > 1 && piece[0] === '\\' ? piece.slice(1) : piece
  }
  return parts
}

/** A path as a JSON Pointer. */
export const pointerOf = (path: readonly string[]): string =>
  path.map((part) => `/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')

/** A column for a path, by a name that is not taken. */
export function nameFor(path: readonly string[], taken: ReadonlySet<string>): string {
  const [plain = ''] = columnNames([labelOf(path)])
  let name = plain
  for (let n = 2; taken.has(name); n++) name = `${plain.slice(0, 57)}_${n}`
  return name
}

/** Where a field is found in an event. */
export const memberOf = ({ label, name, type }: LakeField): Member => ({
  path: pathOf(label),
  name,
  as: type === 'json' ? 'json' : 'text',
})

/** The names of all objects that paths lead through. */
export function objectsOf(labels: Iterable<string>): Set<string> {
  const objects = new Set<string>()
  for (const label of labels) {
    const path = pathOf(label)
    for (let depth = 1; depth < path.length; depth++) objects.add(labelOf(path.slice(0, depth)))
  }
  return objects
}

type Paths = readonly (readonly string[])[]

/** What takes all these members out of an object, for `json_patch`. */
export const patchOf = (paths: Paths): string => treeOf(paths, null)

/** An object that has all these members. */
export const wholeOf = (paths: Paths): string => treeOf(paths, true)

type Leaf = null | true

interface Tree {
  [part: string]: Tree | Leaf
}

const treeOf = (paths: Paths, leaf: Leaf): string =>
  JSON.stringify(paths.reduce<Tree>((tree, path) => grown(tree, path, leaf), {}))

function grown(tree: Tree, [part = '', ...rest]: readonly string[], leaf: Leaf): Tree {
  const found = Object.hasOwn(tree, part) ? tree[part] : undefined
  const inner = typeof found === 'object' && found !== null ? found : undefined
  // Not by assignment, which would lose a member that is called `__proto__`.
  return Object.defineProperty(tree, part, {
    value: rest.length > 0 ? grown(inner ?? {}, rest, leaf) : (inner ?? leaf),
    enumerable: true,
    configurable: true,
    writable: true,
  })
}
