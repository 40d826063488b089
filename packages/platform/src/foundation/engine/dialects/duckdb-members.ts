import type { Member } from '../expression.ts'

/**
 * Takes JSON objects apart in one reading, by a struct of all members. What a struct cannot hold (names that differ only in
 * their case, a path that is a value here and an object there) is read by itself.
 */
export function writeMembers(of: string, body: string, members: readonly Member[]): string {
  const tree = treeOf(members)
  const it = name(body)
  const shape = shapeOf(tree)
  const isPlain = new Set(plainLeaves(tree))
  const cells = members.map((member) =>
    isPlain.has(member)
      ? `cast(${field(member.path)} as varchar) as ${name(member.name)}`
      : `${alone(it, member, objectAt(tree, member.path))} as ${name(member.name)}`,
  )
  const whole =
    shape === undefined ? 'null' : `json_transform(${it}, ${text(JSON.stringify(shape))})`
  const opened = `(select ${['*', ...cells].join(', ')} from (select *, ${whole} as _whole from ${of} as lines) as whole)`
  return `(select * exclude (${it}, _whole), ${stray(it, tree)} as _stray from ${opened} as opened)`
}

/** Members by their place in the object. */
interface Node {
  readonly path: readonly string[]
  readonly inner: Map<string, Node>
  readonly leaves: Member[]
}

function treeOf(members: readonly Member[]): Node {
  const root: Node = { path: [], inner: new Map(), leaves: [] }
  for (const member of members) {
    let node = root
    for (const part of member.path) {
      const next = node.inner.get(part) ?? {
        path: [...node.path, part],
        inner: new Map(),
        leaves: [],
      }
      node.inner.set(part, next)
      node = next
    }
    node.leaves.push(member)
  }
  return root
}

const objectAt = (root: Node, path: readonly string[]): boolean => {
  let node: Node | undefined = root
  for (const part of path) node = node?.inner.get(part)
  return (node?.inner.size ?? 0) > 0
}

/** The nodes below one that a struct can hold beside each other. */
function plainNodes({ inner }: Node): readonly Node[] {
  const times = new Map<string, number>()
  for (const part of inner.keys()) {
    const same = part.toLowerCase()
    times.set(same, (times.get(same) ?? 0) + 1)
  }
  return [...inner].flatMap(([part, node]) =>
    part !== '' && times.get(part.toLowerCase()) === 1 ? [node] : [],
  )
}

const plainLeaves = (node: Node): readonly Member[] =>
  plainNodes(node).flatMap((one) =>
    one.inner.size === 0 ? one.leaves.slice(0, 1) : plainLeaves(one),
  )

interface Shape {
  readonly [part: string]: Shape | string
}

function shapeOf(node: Node): Shape | undefined {
  const members = plainNodes(node).flatMap((one): [string, Shape | string][] => {
    const [leaf] = one.leaves
    const part = one.path.at(-1) ?? ''
    if (one.inner.size === 0) return leaf ? [[part, leaf.as === 'json' ? 'JSON' : 'VARCHAR']] : []
    const inner = shapeOf(one)
    return inner === undefined ? [] : [[part, inner]]
  })
  return members.length === 0 ? undefined : Object.fromEntries(members)
}

function alone(body: string, { path, as }: Member, isObjectToo: boolean): string {
  const at = text(pointerOf(path))
  const kind = `json_type(${body}, ${at})`
  const cell =
    as === 'json'
      ? `case when ${kind} <> 'NULL' then cast(json_extract(${body}, ${at}) as varchar) end`
      : `json_extract_string(${body}, ${at})`
  return isObjectToo ? `case when ${kind} <> 'OBJECT' then ${cell} end` : cell
}

/**
 * Whether something else than an object stands where members are looked for. Such a struct is there with nothing in it; only
 * then the object is read once more.
 */
function stray(body: string, root: Node): string {
  const objects = objectsIn(root)
  if (objects.length === 0) return 'false'
  const isPlain = new Set(plainLeaves(root))
  const gaps = objects.map((node) => {
    const leaves = leavesOf(node)
    return leaves.every((leaf) => isPlain.has(leaf))
      ? `(${[`${field(node.path)} is not null`, ...leaves.map((leaf) => `${name(leaf.name)} is null`)].join(' and ')})`
      : 'true'
  })
  const kinds = `json_type(${body}, [${objects.map(({ path }) => text(pointerOf(path))).join(', ')}])`
  return `case when ${gaps.join(' or ')} then list_has_any(${kinds}, ['ARRAY', 'VARCHAR', 'BOOLEAN', 'BIGINT', 'UBIGINT', 'DOUBLE']) else false end`
}

/** Nodes that only ever are objects; where values are expected as well, nothing is astray. */
const objectsIn = (node: Node): readonly Node[] =>
  [...node.inner.values()].flatMap((one) => [
    ...(one.inner.size > 0 && one.leaves.length === 0 ? [one] : []),
    ...objectsIn(one),
  ])

const leavesOf = (node: Node): readonly Member[] => [
  ...node.leaves,
  ...[...node.inner.values()].flatMap(leavesOf),
]

const field = (path: readonly string[]) => ['_whole', ...path.map(name)].join('.')

const pointerOf = (path: readonly string[]) =>
  path.map((part) => `/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')

const name = (of: string) => `"${of.replaceAll('"', '""')}"`

const text = (of: string) => `'${of.replaceAll("'", "''")}'`
