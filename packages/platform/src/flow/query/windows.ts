import { column, join, type Part } from '#engine'
import { type Desk, raw, refused } from './desk.ts'
import { listed } from './expressions.ts'
import { asName, asNode, isRecord, kindOf, type Node, open, type Parts } from './tree.ts'

/** `order by …`, or nothing. */
export function orderBy(items: readonly Parts[], desk: Desk): Part {
  if (items.length === 0) return raw()
  return raw('order by ', join(items.map((item) => orderItem(item, desk))))
}

function orderItem(item: Parts, desk: Desk): Part {
  const node = item.node('this')
  item.take('explicit_asc')
  const nulls = item.take('nulls_first')
  return raw(
    node ? orderKey(node, desk) : refused,
    item.flag('desc') ? ' desc' : '',
    nulls === true ? ' nulls first' : '',
    nulls === false ? ' nulls last' : '',
  )
}

// The parser takes the `all` of `order by all` for a column; the word is reserved, so it can be none.
function orderKey(node: Node, desk: Desk): Part {
  const name = kindOf(node) === 'column' ? open(node).name('name') : undefined
  if (name && !name.quoted && name.text.toLowerCase() === 'all') return raw('all')
  return desk.write(node)
}

/** What stands after OVER: a window's name, or its definition in brackets. */
export function writeOver(over: Parts, desk: Desk): Part {
  const name = over.name('window_name')
  const inside = windowParts(over, desk)
  if (name && inside.length === 0) return column(name.text)
  return raw('(', join([...(name ? [column(name.text)] : []), ...inside], raw(' ')), ')')
}

/** The definition of a named window, in brackets. */
export function writeWindow(spec: Parts, desk: Desk): Part {
  const name = spec.name('window_name')
  const parts = [...(name ? [column(name.text)] : []), ...windowParts(spec, desk)]
  return raw('(', join(parts, raw(' ')), ')')
}

function windowParts(of: Parts, desk: Desk): readonly Part[] {
  const partition = of.nodes('partition_by')
  const order = of.inners('order_by')
  const frame = of.inner('frame')
  return [
    ...(partition.length > 0 ? [raw('partition by ', listed(partition, desk))] : []),
    ...(order.length > 0 ? [orderBy(order, desk)] : []),
    ...(frame ? [writeFrame(frame, desk)] : []),
  ]
}

const frameKinds: Readonly<Record<string, string>> = {
  Rows: 'rows',
  Range: 'range',
  Groups: 'groups',
}

const excluded: Readonly<Record<string, string>> = {
  CurrentRow: ' exclude current row',
  Group: ' exclude group',
  Ties: ' exclude ties',
  NoOthers: ' exclude no others',
}

function writeFrame(frame: Parts, desk: Desk): Part {
  const start = writeBound(frame.take('start'), desk)
  const end = frame.take('end') ?? 'CurrentRow'
  return raw(
    `${frameKinds[frame.word('kind')] ?? 'rows'} between `,
    start,
    ' and ',
    writeBound(end, desk),
    excluded[frame.word('exclude')] ?? '',
  )
}

const bounds: Readonly<Record<string, string>> = {
  CurrentRow: 'current row',
  UnboundedPreceding: 'unbounded preceding',
  UnboundedFollowing: 'unbounded following',
}

function writeBound(bound: unknown, desk: Desk): Part {
  if (typeof bound === 'string' && bounds[bound] !== undefined) return raw(bounds[bound])
  if (isRecord(bound)) {
    const [side = '', value] = Object.entries(bound)[0] ?? []
    const node = asName(value) ? undefined : asNode(value)
    if (node && side === 'Preceding') return raw(desk.write(node), ' preceding')
    if (node && side === 'Following') return raw(desk.write(node), ' following')
  }
  desk.forbid('this window frame', { word: 'between' })
  return refused
}
