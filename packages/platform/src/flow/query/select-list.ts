import { as, column, join, type Part, print, sql } from '#engine'
import { callOf } from './calls.ts'
import { raw, refused, writeAll } from './desk.ts'
import { queryFaults } from './faults.ts'
import { renamed } from './functions.ts'
import { type QueryDesk, readOrigins, refuseColumn, type Written } from './query-desk.ts'
import { type Origin, type Output, same, sourceOf } from './scope.ts'
import { asName, kindOf, type Name, type Node, open, type Parts } from './tree.ts'

/** Writes the SELECT list. Each item sees the names that those before it have given. */
export function writeItems(
  items: readonly Node[],
  star: readonly Output[],
  desk: QueryDesk,
): Written {
  const outputs: Output[] = []
  const parts = items.map((node) => {
    const at = desk.at({ ...desk.scope, aliases: [...outputs] })
    const item = writeItem(node, { star, position: outputs.length + 1 }, at)
    outputs.push(...item.outputs)
    return item.part
  })
  return { part: parts.length > 0 ? join(parts) : refused, outputs }
}

interface Place {
  readonly star: readonly Output[]
  readonly position: number
}

function writeItem(node: Node, place: Place, desk: QueryDesk): Written {
  const kind = kindOf(node)
  if (kind === 'star') {
    const parts = open(node)
    return writeAll(parts, () => writeStar(parts, place, desk), desk)
  }
  if (kind !== 'alias') return writeUnnamed(node, place, desk)
  const parts = open(node)
  return writeAll(parts, () => writeNamed(parts, desk), desk)
}

function writeNamed(parts: Parts, desk: QueryDesk): Written {
  const [inner, alias] = [parts.node('this'), parts.name('alias')]
  if (!inner || !alias) return { part: refused, outputs: [] }
  const { part, from } = traced(inner, desk)
  return { part: as(part, column(alias.text)), outputs: [{ name: alias.text, from }] }
}

// A column keeps its name; anything else is called by its own text.
function writeUnnamed(node: Node, { position }: Place, desk: QueryDesk): Written {
  const { part, from } = traced(node, desk)
  const name = part.kind === 'column' ? part.name : labelOf({ node, part, position }, desk)
  const isPlain = part.kind === 'column'
  return { part: isPlain ? part : as(part, column(name)), outputs: [{ name, from }] }
}

function labelOf(
  { node, part, position }: { node: Node; part: Part; position: number },
  { dialect }: QueryDesk,
): string {
  const field = kindOf(node) === 'dot' ? open(node).name('field')?.text : undefined
  const called = callOf(node)?.call.name
  if (field) return field
  if (called && called in renamed) return called
  const text = print(part, dialect)
    .text.replaceAll('"', '')
    .replace(/^\((.*)\)$/s, '$1')
  return /\bselect\b/.test(text) || text.length > 60 ? `column_${position}` : text
}

/** Writes an expression and tells what it is made of. */
function traced(node: Node, desk: QueryDesk): { part: Part; from: readonly Origin[] } {
  const from = new Map<string, Origin>()
  const noting = desk.at(desk.scope, (origins) => {
    for (const origin of origins) from.set(`${origin.relation}\n${origin.column}`, origin)
  })
  const part = noting.write(node)
  return { part, from: [...from.values()] }
}

function writeStar(parts: Parts, { star }: Place, desk: QueryDesk): Written {
  const of = parts.name('table')
  const source = of && sourceOf(of.text, desk.scope)
  if (of && !source) {
    desk.problems.add(
      queryFaults.unknown_relation,
      { name: of.text, hint: '' },
      { node: parts.take('table') },
    )
    return { part: refused, outputs: [] }
  }
  const all = source ? source.outputs : star
  const left = parts.names('except')
  for (const name of left) mustBeIn(all, name, desk)
  const kept = all.filter(({ name }) => !left.some((other) => same(other.text, name)))
  const replaced = writeReplaced(parts.inners('replace'), kept, desk)
  const renamed = renamesOf(parts.take('rename'), kept, desk)
  for (const { name, from } of kept) {
    if (!replaced.some((other) => same(other.name, name))) readOrigins(from, desk)
  }
  const outputs = kept.map((output) => {
    const replacement = replaced.find((other) => same(other.name, output.name))
    const rename = renamed.find(({ from }) => same(from.text, output.name))
    return {
      name: rename?.to.text ?? output.name,
      from: replacement?.from ?? output.from,
    }
  })
  const hidden = (source ? [source] : desk.scope.sources).flatMap((one) => one.hidden ?? [])
  const part = raw(
    source ? sql`${column(source.name)}.*` : '*',
    names(
      ' exclude ',
      [...left.map(({ text }) => text), ...hidden].map((name) => column(name)),
    ),
    names(
      ' replace ',
      replaced.map(({ part: by, name }) => as(by, column(name))),
    ),
    names(
      ' rename ',
      renamed.map(({ from, to }) => as(column(from.text), column(to.text))),
    ),
  )
  return { part, outputs }
}

const names = (word: string, list: readonly Part[]): Part =>
  list.length === 0 ? raw() : raw(word, '(', join(list), ')')

function mustBeIn(outputs: readonly Output[], name: Name, desk: QueryDesk): void {
  if (outputs.some((output) => same(output.name, name.text))) return
  refuseColumn(
    name,
    '',
    outputs.map((o) => o.name),
    desk,
  )
}

function writeReplaced(items: readonly Parts[], all: readonly Output[], desk: QueryDesk) {
  return items.flatMap((item) => {
    const [node, name] = [item.node('this'), item.name('alias')]
    if (!node || !name) return []
    mustBeIn(all, name, desk)
    return [{ ...traced(node, desk), name: name.text }]
  })
}

function renamesOf(pairs: unknown, all: readonly Output[], desk: QueryDesk) {
  const list = Array.isArray(pairs) ? pairs : []
  return list.flatMap((pair: unknown) => {
    const [from, to] = Array.isArray(pair) ? pair.map(asName) : []
    if (!from || !to) return []
    mustBeIn(all, from, desk)
    return [{ from, to }]
  })
}
