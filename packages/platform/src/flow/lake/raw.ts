import { call, cast, column, type Draft, join, jsonNumber, type Part, sql, value } from '#engine'
import { pathOf } from './paths.ts'
import { isMain, type LakeField, moreName } from './tables.ts'

interface Node {
  readonly leaves: LakeField[]
  readonly inner: Map<string, Node>
}

/** A row as the JSON object it came as: every value at its path, also what stands beside its column. */
export function rawOf(fields: readonly LakeField[]): Draft {
  const root: Node = { leaves: [], inner: new Map() }
  for (const field of fields.filter(isMain)) {
    let node = root
    for (const part of pathOf(field.label)) {
      const next = node.inner.get(part) ?? { leaves: [], inner: new Map() }
      node.inner.set(part, next)
      node = next
    }
    node.leaves.push(field)
  }
  const whole = cast(objectOf(root, fields), 'text')
  const more = fields.some(({ name }) => name === moreName)
    ? sql`coalesce(${column(moreName)}, '{}')`
    : value('{}')
  // A patch leaves out what is null.
  return sql`${call('json_patch', more, whole)}`
}

function objectOf(node: Node, fields: readonly LakeField[]): Part {
  const pairs = [...node.inner].flatMap(([part, one]) => [value(part), cellOf(one, fields)])
  return call('json_read', call('json_object', ...pairs))
}

function jsonOf({ name, type }: LakeField): Part {
  const cell = column(name)
  if (type === 'number') return jsonNumber(cell)
  return call(type === 'json' ? 'json_read' : 'json_of', cell)
}

function cellOf(node: Node, fields: readonly LakeField[]): Part {
  const given = node.leaves.flatMap((leaf) => [
    leaf,
    ...fields.filter(({ sideOf }) => sideOf === leaf.name),
  ])
  const cells = given.map(jsonOf)
  const inner = node.inner.size > 0 ? [objectOf(node, fields)] : []
  return sql`coalesce(${join([...cells, ...inner])})`
}
