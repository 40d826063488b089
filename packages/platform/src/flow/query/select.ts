import { column, join, type Part, sql } from '#engine'
import {
  clause,
  writeDistinct,
  writeGroups,
  writeLimits,
  writeOrder,
  writeWindows,
} from './clauses.ts'
import { raw, refused, writeAll } from './desk.ts'
import { queryFaults } from './faults.ts'
import { writeFrom } from './from.ts'
import type { QueryDesk, Written } from './query-desk.ts'
import { type Cte, distinctNames, type Output, type Scope } from './scope.ts'
import { writeItems } from './select-list.ts'
import { kindOf, type Node, open, type Parts } from './tree.ts'

const nothingWritten: Written = { part: refused, outputs: [] }

/** Writes a query: SELECT, a set operation of queries, or a query in brackets. */
export function writeQuery(node: Node, desk: QueryDesk): Written {
  const parts = open(node)
  const writer = Object.hasOwn(queryKinds, parts.kind) ? queryKinds[parts.kind] : undefined
  if (writer) return writeAll(parts, () => writer(parts, desk), desk)
  const [word = ''] = parts.kind.split('_')
  desk.problems.add(queryFaults.not_a_select, { found: parts.kind.replaceAll('_', ' ') }, { word })
  return nothingWritten
}

const queryKinds: Readonly<Record<string, (parts: Parts, desk: QueryDesk) => Written>> = {
  select: writeSelect,
  union: (parts, desk) => writeSetOperation(parts, desk),
  intersect: (parts, desk) => writeSetOperation(parts, desk),
  except: (parts, desk) => writeSetOperation(parts, desk),
  subquery: writeInBrackets,
  annotated: writeInside,
  paren: writeInside,
}

function writeInside(parts: Parts, desk: QueryDesk): Written {
  const inner = parts.node('this')
  return inner ? writeQuery(inner, desk) : nothingWritten
}

function writeInBrackets(parts: Parts, desk: QueryDesk): Written {
  const inner = parts.node('this')
  if (!inner) return nothingWritten
  const { part, outputs } = writeQuery(inner, desk)
  return { part: raw('(', part, ')', writeTail(parts, outputs, desk)), outputs }
}

function writeSelect(parts: Parts, outside: QueryDesk): Written {
  const { prefix, ctes } = writeWith(parts.inner('with'), outside)
  const withCtes = outside.at({ ...outside.scope, ctes })
  const from = parts.inner('from')
  const joined = from && writeFrom(from.nodes('expressions'), parts.inners('joins'), withCtes)
  const scope = { ...withCtes.scope, sources: joined?.sources ?? [] }
  const expressions = parts.nodes('expressions')
  if (expressions.length === 0) {
    outside.problems.add(queryFaults.nothing_selected, {}, { word: 'select' })
    return nothingWritten
  }
  const { part: items, outputs } = writeItems(expressions, joined?.star ?? [], withCtes.at(scope))
  const desk = withCtes.at({ ...scope, aliases: outputs })
  const part = raw(
    prefix,
    'select ',
    writeDistinct(parts, desk),
    items,
    joined ? sql` from ${joined.part}` : raw(),
    clause(' where ', parts.inner('where_clause'), desk),
    writeGroups(parts.inner('group_by'), desk),
    clause(' having ', parts.inner('having'), desk),
    writeWindows(parts.inners('windows'), desk),
    clause(' qualify ', parts.inner('qualify'), desk),
    writeOrder(parts.inner('order_by'), desk),
    writeLimits(parts, desk),
  )
  return { part, outputs }
}

/** `order by` and `limit` behind a set operation or brackets. */
export function writeTail(parts: Parts, outputs: readonly Output[], desk: QueryDesk): Part {
  const sources = [{ name: '', outputs }]
  const after = desk.at({ ...desk.scope, sources, aliases: [] })
  return raw(writeOrder(parts.inner('order_by'), after), writeLimits(parts, after))
}

function writeSetOperation(parts: Parts, outside: QueryDesk, afterLeft?: AfterLeft): Written {
  const { prefix, ctes } = writeWith(parts.inner('with'), outside)
  const desk = outside.at({ ...outside.scope, ctes })
  const [leftNode, rightNode] = [parts.node('left'), parts.node('right')]
  parts.take('distinct')
  if (!leftNode || !rightNode) return nothingWritten
  const left = writeQuery(leftNode, desk)
  const right = writeQuery(rightNode, afterLeft ? afterLeft(left.outputs, desk) : desk)
  const byName = parts.flag('by_name')
  const outputs = byName ? joinByName(left.outputs, right.outputs) : joinByPlace(left, right)
  const words = `${parts.kind}${parts.flag('all') ? ' all' : ''}${byName ? ' by name' : ''}`
  const tail = writeTail(parts, outputs, desk)
  const part = raw(prefix, '(', left.part, `) ${words} (`, right.part, ')', tail)
  return { part, outputs }
}

type AfterLeft = (left: readonly Output[], desk: QueryDesk) => QueryDesk

const joinByPlace = (left: Written, right: Written): readonly Output[] =>
  left.outputs.map(({ name, from }, i) => ({
    name,
    from: [...from, ...(right.outputs[i]?.from ?? [])],
  }))

function joinByName(left: readonly Output[], right: readonly Output[]): readonly Output[] {
  const all = [...left, ...right]
  const names = new Map(all.map(({ name }) => [name.toLowerCase(), name]))
  return [...names].map(([lower, name]) => ({
    name,
    from: all.filter((output) => output.name.toLowerCase() === lower).flatMap(({ from }) => from),
  }))
}

/** The parts of WITH: each by itself, all before a SELECT, and what can be named after them. */
export interface WrittenWith {
  readonly parts: readonly Part[]
  readonly prefix: Part
  readonly ctes: Scope['ctes']
}

/** Writes WITH. Each part gets a name of ours: what the user calls it can never be taken for a table or a file. */
export function writeWith(of: Parts | undefined, desk: QueryDesk): WrittenWith {
  if (!of) return { parts: [], prefix: raw(), ctes: desk.scope.ctes }
  const recursive = of.flag('recursive')
  const ctes = new Map(desk.scope.ctes)
  const written = of.inners('ctes').map((parts) => {
    const label = parts.name('alias')?.text ?? ''
    const name = `with_${desk.next()}`
    const inside = desk.at({ ...desk.scope, ctes: new Map(ctes) })
    const cte = writeCte(parts, { name, label, recursive }, inside)
    ctes.set(label.toLowerCase(), cte)
    const columns = join(cte.outputs.map((output) => column(output.name)))
    return sql`${column(name)} (${columns}) as ${cte.how}(${cte.part})`
  })
  const prefix = raw(recursive ? 'with recursive ' : 'with ', join(written), ' ')
  return { parts: written, prefix, ctes }
}

interface CteNaming {
  readonly name: string
  readonly label: string
  readonly recursive: boolean
}

function writeCte(
  parts: Parts,
  naming: CteNaming,
  desk: QueryDesk,
): Cte & { readonly part: Part; readonly how: Part } {
  const node = parts.node('this')
  const given = parts.names('columns')
  const materialized = parts.take('materialized')
  const nameAll = (outputs: readonly Output[]) =>
    distinctNames(outputs.map((o, i) => ({ ...o, name: given[i]?.text ?? o.name })))
  const { part, outputs } = node ? writeBody(node, naming, nameAll, desk) : nothingWritten
  return {
    name: naming.name,
    label: naming.label,
    outputs: nameAll(outputs),
    part,
    how: raw(materialized === true ? 'materialized ' : ''),
  }
}

// The right side of a recursive part sees the part itself, with the columns of its left side.
function writeBody(
  node: Node,
  { name, label, recursive }: CteNaming,
  nameAll: (outputs: readonly Output[]) => readonly Output[],
  desk: QueryDesk,
): Written {
  if (!recursive || kindOf(node) !== 'union') return desk.query(node)
  const parts = open(node)
  const afterLeft: AfterLeft = (left, at) => {
    const ctes = new Map(at.scope.ctes)
    ctes.set(label.toLowerCase(), { name, label, outputs: nameAll(left) })
    return at.at({ ...at.scope, ctes })
  }
  const inside = desk.at({ ...desk.scope, sources: [], aliases: [], outer: desk.scope })
  return writeAll(parts, () => writeSetOperation(parts, inside, afterLeft), desk)
}
