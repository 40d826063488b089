import { type Call, callOf } from './calls.ts'
import { queryFunctions } from './functions.ts'
import { asName, asNode, isRecord, kindOf, type Node, open, type Parts } from './tree.ts'

/** Says which part of a query keeps the rows behind its answer from being told exactly. */
export class Untold extends Error {
  readonly clause: string
  constructor(clause: string) {
    super(`the rows behind it cannot be told because of ${clause}`)
    this.clause = clause
  }
}

const queryKinds = ['select', 'union', 'intersect', 'except']

const isQuery = (node: Node): boolean => queryKinds.includes(kindOf(node))

/** Goes through the nodes of a tree from the outside in; `past` leaves out what is inside one. */
function visit(of: unknown, see: (node: Node) => 'inside' | 'past'): void {
  if (Array.isArray(of)) {
    for (const one of of) visit(one, see)
    return
  }
  if (!isRecord(of)) return
  const node = asNode(of)
  if (node && see(node) === 'past') return
  for (const part of Object.values(of)) visit(part, see)
}

const aggregates: ReadonlySet<string> = new Set(queryFunctions.aggregate)

/** The calls that make one value of many rows; not those of sub-queries, nor those that windows take. */
export function aggregatesIn(of: unknown): readonly Call[] {
  const found: Call[] = []
  visit(of, (node) => {
    if (isQuery(node)) return 'past'
    if (kindOf(node) === 'window_function') {
      found.push(...aggregatesIn(insideWindow(node)))
      return 'past'
    }
    const call = callOf(node)?.call
    if (call === undefined || !aggregates.has(call.name)) return 'inside'
    found.push(call)
    return 'past'
  })
  return found
}

// What the function takes and the window itself, but not the function.
function insideWindow(node: Node): readonly unknown[] {
  const parts = open(node)
  const of = parts.node('this')
  return [...(of ? Object.values(of).flatMap(valuesOf) : []), parts.take('over')]
}

const valuesOf = (of: unknown) => (isRecord(of) ? Object.values(of) : [])

/** What stands after OVER, of every window in a tree; not of sub-queries. */
export function windowsIn(of: unknown): readonly Parts[] {
  const found: Parts[] = []
  visit(of, (node) => {
    if (isQuery(node)) return 'past'
    const over = kindOf(node) === 'window_function' ? open(node).inner('over') : undefined
    if (over) found.push(over)
    return 'inside'
  })
  return found
}

/** What the windows of a query are cut by; one that has a name is looked up among those that are named. */
export function partitionOf(over: Parts, windows: readonly Parts[]): readonly Node[] {
  const own = over.nodes('partition_by')
  const name = over.name('window_name')?.text.toLowerCase()
  if (own.length > 0 || name === undefined) return own
  const named = windows.find((window) => window.name('name')?.text.toLowerCase() === name)
  const spec = named?.inner('spec')
  return spec ? partitionOf(spec, windows) : own
}

/** Whether a function is called anywhere in a tree. */
export function calls(of: unknown, name: string): boolean {
  let isCalled = false
  visit(of, (node) => {
    isCalled ||= callOf(node)?.call.name === name
    return isCalled ? 'past' : 'inside'
  })
  return isCalled
}

/** The names in a tree that no relation stands before; not those of sub-queries. */
export function plainNamesIn(of: unknown): readonly string[] {
  const found = new Set<string>()
  visit(of, (node) => {
    if (isQuery(node)) return 'past'
    const column = kindOf(node) === 'column' ? open(node) : undefined
    const name = column?.name('table') === undefined ? column?.name('name') : undefined
    if (name) found.add(name.text.toLowerCase())
    return 'inside'
  })
  return [...found]
}

/** The relations that the sub-queries in a tree name, in small letters. */
export function namedBySubqueries(of: unknown): readonly string[] {
  const found: string[] = []
  visit(of, (node) => {
    if (!isQuery(node)) return 'inside'
    found.push(...tablesIn(node))
    return 'past'
  })
  return [...new Set(found)]
}

/** All relations that a tree names, in small letters. */
export function tablesIn(of: unknown): readonly string[] {
  const found = new Set<string>()
  visit(of, (node) => {
    if (kindOf(node) !== 'table') return 'inside'
    const parts = node['table']
    const names = ['catalog', 'schema', 'name'].flatMap(
      (part) => (isRecord(parts) && asName(parts[part])?.text) || [],
    )
    found.add(names.join('.').toLowerCase())
    return 'past'
  })
  return [...found]
}
