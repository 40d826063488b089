import { column, join, type Part, sql } from '#engine'
import { raw, refused, refuseRest } from './desk.ts'
import { listed } from './expressions.ts'
import type { QueryDesk } from './query-desk.ts'
import { kindOf, type Node, open, type Parts } from './tree.ts'
import { orderBy, writeWindow } from './windows.ts'

/** A condition behind its word, or nothing. */
export function clause(word: string, of: Parts | undefined, desk: QueryDesk): Part {
  const condition = of?.node('this')
  return condition ? raw(word, desk.write(condition)) : raw()
}

/** `distinct`, `distinct on (…)`, or nothing. */
export function writeDistinct(parts: Parts, desk: QueryDesk): Part {
  const on = parts.nodes('distinct_on')
  if (on.length > 0) {
    parts.take('distinct')
    return raw('distinct on (', listed(on, desk), ') ')
  }
  return raw(parts.flag('distinct') ? 'distinct ' : '')
}

/** The named windows of a SELECT. */
export function writeWindows(windows: readonly Parts[], desk: QueryDesk): Part {
  if (windows.length === 0) return raw()
  const written = windows.map((window) => {
    const [name, spec] = [window.name('name'), window.inner('spec')]
    return sql`${column(name?.text ?? '')} as ${spec ? writeWindow(spec, desk) : refused}`
  })
  return raw(' window ', join(written))
}

// The parser keeps GROUPING SETS and its kin as functions of these names.
const groupings = new Set(['GROUPING SETS', 'ROLLUP', 'CUBE'])

/** `group by …`, or nothing. */
export function writeGroups(of: Parts | undefined, desk: QueryDesk): Part {
  if (!of) return raw()
  if (of.flag('all')) return raw(' group by all')
  const keys = of.nodes('expressions').map((node) => writeGrouping(node, desk))
  return raw(' group by ', join(keys))
}

function writeGrouping(node: Node, desk: QueryDesk): Part {
  const parts = kindOf(node) === 'function' ? open(node) : undefined
  const name = parts?.word('name').toUpperCase() ?? ''
  if (!parts || !groupings.has(name)) return desk.write(node)
  const sets = parts.nodes('args').map((arg) => writeGrouping(arg, desk))
  refuseRest(parts, desk)
  return raw(`${name.toLowerCase()} (`, join(sets), ')')
}

/** `order by …` behind a space, or nothing. */
export function writeOrder(of: Parts | undefined, desk: QueryDesk): Part {
  return of ? raw(' ', orderBy(of.inners('expressions'), desk)) : raw()
}

/** `limit` and `offset`; FETCH FIRST means the same as LIMIT. */
export function writeLimits(parts: Parts, desk: QueryDesk): Part {
  const fetch = parts.inner('fetch')
  fetch?.take('direction')
  fetch?.take('rows')
  const limit = amountOf(parts, 'limit') ?? fetch?.node('count')
  const offset = amountOf(parts, 'offset')
  return raw(
    limit ? raw(' limit ', desk.write(limit)) : raw(),
    offset ? raw(' offset ', desk.write(offset)) : raw(),
  )
}

// A SELECT keeps `{this: amount}`, a set operation the amount itself.
function amountOf(parts: Parts, part: string): Node | undefined {
  const node = parts.node(part)
  if (node && kindOf(node) !== 'this') return node
  return parts.inner(part)?.node('this')
}
