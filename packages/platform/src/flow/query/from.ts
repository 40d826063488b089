import { as, column, join, type Part, sql } from '#engine'
import { raw, refused, refuseRest, writeAll } from './desk.ts'
import { listed } from './expressions.ts'
import { queryFaults } from './faults.ts'
import { rowFunctions } from './functions.ts'
import { nodeOf, type QueryDesk, refuseColumn } from './query-desk.ts'
import type { Relation } from './relation.ts'
import { type Cte, columnOf, distinctNames, type Output, type Source, same } from './scope.ts'
import { kindOf, type Name, type Node, open, type Parts } from './tree.ts'

/** What stands in FROM: its text, what can be named, and the columns that `*` stands for. */
export interface Joined {
  readonly part: Part
  readonly sources: readonly Source[]
  readonly star: readonly Output[]
}

const nothingRead: Joined = { part: refused, sources: [], star: [] }

/** Writes FROM with its joins; each item sees those before it. */
export function writeFrom(
  items: readonly Node[],
  joins: readonly Parts[],
  desk: QueryDesk,
): Joined {
  const [first, ...others] = items
  if (!first) return nothingRead
  let joined = writeItem(first, desk)
  for (const item of others) {
    const right = writeItem(item, seeing(joined, desk))
    joined = together(joined, right, sql`${joined.part}, ${right.part}`)
  }
  for (const parts of joins) joined = writeJoin(joined, parts, desk)
  return joined
}

const seeing = ({ sources }: Joined, desk: QueryDesk) =>
  desk.at({ ...desk.scope, sources: [...desk.scope.sources, ...sources] })

const together = (left: Joined, right: Joined, part: Part): Joined => ({
  part,
  sources: [...left.sources, ...right.sources],
  star: [...left.star, ...right.star],
})

function writeItem(node: Node, desk: QueryDesk): Joined {
  const parts = open(node)
  return writeAll(parts, () => writeKnownItem(node, parts, desk), desk)
}

function writeKnownItem(node: Node, parts: Parts, desk: QueryDesk): Joined {
  switch (parts.kind) {
    case 'table':
      return writeTable(parts, desk)
    case 'subquery':
      return writeSubquery(parts, desk)
    case 'paren':
      return writeBracketed(parts, desk)
    case 'alias':
      return writeAliased(parts, desk)
    case 'joined_table':
      return writeJoinedTable(parts, desk)
    case 'unnest':
    case 'function':
      return writeRows(node, parts, {}, desk)
    default:
      desk.forbid(`${parts.kind.replaceAll('_', ' ')} in FROM`, { node, word: parts.kind })
      return nothingRead
  }
}

// `(t)`, `((t))`, `((select …) union (select …))`.
function writeBracketed(parts: Parts, desk: QueryDesk): Joined {
  const node = parts.node('this')
  if (!node) return nothingRead
  const kind = kindOf(node)
  if (kind === 'table' || kind === 'paren' || kind === 'joined_table') return writeItem(node, desk)
  return derived(node, {}, desk)
}

function writeAliased(parts: Parts, desk: QueryDesk): Joined {
  const naming = { alias: parts.name('alias'), columns: parts.names('column_aliases') }
  const node = parts.node('this')
  if (!node) return nothingRead
  const inner = open(node)
  if (inner.kind === 'function' || inner.kind === 'unnest') {
    return writeAll(inner, () => writeRows(node, inner, naming, desk), desk)
  }
  if (inner.kind !== 'paren') {
    desk.forbid(`${inner.kind.replaceAll('_', ' ')} in FROM`, { node, word: inner.kind })
    return nothingRead
  }
  const item = writeBracketed(inner, desk)
  refuseRest(inner, desk)
  return renamedAll(item, naming, desk)
}

interface Naming {
  readonly alias?: Name | undefined
  readonly columns?: readonly Name[]
  readonly full?: string
  /** The alias when the user gave none. */
  readonly usually?: string
  readonly hidden?: readonly string[]
}

/** Puts a name on something that gives rows; its columns get names of their own where two are alike. */
function named(part: Part, outputs: readonly Output[], naming: Naming, desk: QueryDesk): Joined {
  const { alias, columns = [], full, usually, hidden = [] } = naming
  const name = alias?.text ?? usually ?? `unnamed_${desk.next()}`
  const given = outputs.map((output, i) => ({ ...output, name: columns[i]?.text ?? output.name }))
  const unique = distinctNames(given)
  const spoken = unique.some((output, i) => output.name !== outputs[i]?.name)
  const list = spoken ? sql`(${join(unique.map((output) => column(output.name)))})` : raw()
  const source = {
    name,
    outputs: unique,
    ...(full && !alias ? { full } : {}),
    ...(hidden.length > 0 ? { hidden } : {}),
  }
  return { part: sql`${as(part, column(name))}${list}`, sources: [source], star: unique }
}

function writeTable(parts: Parts, desk: QueryDesk): Joined {
  const names = ['catalog', 'schema', 'name'].flatMap((part) => parts.name(part) ?? [])
  const naming = { alias: parts.name('alias'), columns: parts.names('column_aliases') }
  const name = names.map(({ text }) => text).join('.')
  const cte = names.length === 1 ? desk.scope.ctes.get(name.toLowerCase()) : undefined
  if (cte) return writeCte(cte, naming, desk)
  const relation = desk.catalogue.find(name)
  if (relation) return writeRelation(relation, naming, desk)
  const known = [...desk.scope.ctes.values()].map(({ label }) => label)
  desk.problems.add(
    queryFaults.unknown_relation,
    { name, hint: desk.catalogue.near(name, known) },
    { node: names[0] ? nodeOf(names[0]) : {} },
  )
  return { ...nothingRead, sources: [{ name: naming.alias?.text ?? name, outputs: [] }] }
}

function writeCte(cte: Cte, naming: Naming, desk: QueryDesk): Joined {
  const usually = cte.label
  if (!desk.beside) return named(column(cte.name), cte.outputs, { ...naming, usually }, desk)
  const { part, outputs, hidden } = desk.beside.cte(cte, naming.alias?.text ?? usually)
  const columns = cte.outputs.map(
    ({ name }, i) => naming.columns?.[i] ?? { text: name, quoted: true, offset: undefined },
  )
  return named(sql`(${part})`, outputs, { ...naming, columns, usually, hidden }, desk)
}

// Only the columns of the catalogue leave the table, under the names of the catalogue.
function writeRelation(relation: Relation, naming: Naming, desk: QueryDesk): Joined {
  desk.reads(relation.name, [])
  const columns = relation.columns.map(({ name, physical = name }) =>
    physical === name ? column(name) : as(column(physical), column(name)),
  )
  const outputs = relation.columns.map(({ name }) => ({
    name,
    from: [{ relation: relation.name, column: name }],
  }))
  const usually = relation.name.split('.').at(-1) ?? relation.name
  const beside = desk.beside?.relation(relation, naming.alias?.text ?? usually) ?? []
  const all = [...columns, ...beside.map((shown) => as(shown.part, column(shown.name)))]
  const part = sql`(select ${join(all)} from ${relation.table})`
  const hidden = beside.map((shown) => shown.name)
  return named(part, outputs, { ...naming, full: relation.name, usually, hidden }, desk)
}

function writeSubquery(parts: Parts, desk: QueryDesk): Joined {
  const naming = { alias: parts.name('alias'), columns: parts.names('column_aliases') }
  const node = parts.node('this')
  const lateral = parts.flag('lateral')
  if (!node) return nothingRead
  const joined =
    kindOf(node) === 'values' ? writeValues(node, naming, desk) : derived(node, naming, desk)
  return lateral ? { ...joined, part: raw('lateral ', joined.part) } : joined
}

function derived(node: Node, naming: Naming, desk: QueryDesk): Joined {
  if (!desk.beside) {
    const { part, outputs } = desk.query(node)
    return named(sql`(${part})`, outputs, naming, desk)
  }
  const { part, outputs, hidden } = desk.beside.query(node, naming.alias?.text)
  return named(sql`(${part})`, outputs, { ...naming, hidden }, desk)
}

function writeValues(node: Node, naming: Naming, desk: QueryDesk): Joined {
  const parts = open(node)
  const rows = parts.inners('expressions').map((row) => row.nodes('expressions'))
  refuseRest(parts, desk)
  const written = rows.map((row) => sql`(${listed(row, desk)})`)
  const outputs = (rows[0] ?? []).map((_, i) => ({ name: `col${i}`, from: [] }))
  return named(sql`(values ${join(written)})`, outputs, naming, desk)
}

// A function that gives rows. Its one column is called like the function, unless the user names it.
function writeRows(node: Node, parts: Parts, naming: Naming, desk: QueryDesk): Joined {
  const name = parts.kind === 'unnest' ? 'unnest' : parts.word('name').toLowerCase()
  const only = parts.node('this')
  const args = only ? [only] : parts.nodes('args')
  if (!rowFunctions.includes(name)) {
    desk.problems.add(
      queryFaults.not_allowed_function,
      { name, hint: `; in FROM stand relations, sub-queries, and ${rowFunctions.join(', ')}` },
      { word: name.split('.').at(-1) ?? name },
    )
    return nothingRead
  }
  const inside = listed(args, desk)
  refuseRest(parts, { forbid: (what) => desk.forbid(what, { node, word: name }) })
  return named(
    raw(`${name}(`, inside, ')'),
    [{ name, from: [] }],
    { usually: name, ...naming },
    desk,
  )
}

function writeJoinedTable(parts: Parts, desk: QueryDesk): Joined {
  const left = parts.node('left')
  const joined = left ? writeFrom([left], parts.inners('joins'), desk) : nothingRead
  const alias = parts.name('alias')
  if (alias) return renamedAll(joined, { alias }, desk)
  return { ...joined, part: sql`(${joined.part})` }
}

// What nobody can name comes last, so that new names reach the columns that they are meant for.
function renamedAll({ part, star, sources }: Joined, naming: Naming, desk: QueryDesk): Joined {
  const hidden = sources.flatMap((source) => source.hidden ?? [])
  const beside = join(hidden.map((name) => column(name)))
  const all = hidden.length === 0 ? raw('*') : raw('* exclude (', beside, '), ', beside)
  return named(raw('(select ', all, ' from ', part, ')'), star, { ...naming, hidden }, desk)
}

const joinWords: Readonly<Record<string, string>> = {
  Inner: 'join',
  Left: 'left join',
  Right: 'right join',
  Full: 'full join',
  Outer: 'full join',
  Cross: 'cross join',
  Natural: 'natural join',
  NaturalLeft: 'natural left join',
  NaturalRight: 'natural right join',
  NaturalFull: 'natural full join',
  Semi: 'semi join',
  LeftSemi: 'semi join',
  Anti: 'anti join',
  LeftAnti: 'anti join',
  AsOf: 'asof join',
  AsOfLeft: 'asof left join',
  Positional: 'positional join',
}

function writeJoin(left: Joined, parts: Parts, desk: QueryDesk): Joined {
  const kind = parts.word('kind')
  const words = joinWords[kind]
  const node = parts.node('this')
  if (words === undefined || !node) {
    desk.forbid(`the join ${kind}`, { node })
    return left
  }
  const around = seeing(left, desk)
  const right = writeItem(node, isHalf(kind) ? around.showing(undefined) : around)
  const shared = parts.names('using')
  const on = parts.node('on')
  const both = together(left, right, left.part)
  for (const name of shared) checkShared(name, left, right, desk)
  const condition = on ? sql` on ${seeing(both, desk).write(on)}` : raw()
  const using = shared.length > 0 ? sql` using (${join(shared.map((n) => column(n.text)))})` : raw()
  refuseRest(parts, desk)
  const part = raw(left.part, ` ${words} `, right.part, condition, using)
  return {
    part,
    ...seenAfter(
      kind,
      left,
      right,
      shared.map((n) => n.text),
    ),
  }
}

/** Whether a join gives its left side only. */
export const isHalf = (kind: string): boolean => /Semi|Anti/.test(kind)

// Semi and anti joins give the left side only; columns that both sides share under one name are given once.
function seenAfter(
  kind: string,
  left: Joined,
  right: Joined,
  using: readonly string[],
): Pick<Joined, 'sources' | 'star'> {
  if (isHalf(kind)) return { sources: left.sources, star: left.star }
  const isShared = (output: Output) =>
    kind.startsWith('Natural')
      ? left.star.some((other) => same(other.name, output.name))
      : using.some((name) => same(name, output.name))
  return {
    sources: [...left.sources, ...right.sources],
    star: [...left.star, ...right.star.filter((output) => !isShared(output))],
  }
}

function checkShared(name: Name, left: Joined, right: Joined, desk: QueryDesk): void {
  for (const side of [left, right]) {
    const found = side.sources.flatMap((source) => columnOf(source, name.text) ?? [])
    if (found.length === 0) {
      refuseColumn(
        name,
        side.sources[0]?.name ?? '',
        side.star.map((o) => o.name),
        desk,
      )
    }
    for (const { from } of found) for (const o of from) desk.reads(o.relation, [o.column])
  }
}
