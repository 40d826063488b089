import { column, join, type Part, sql } from '#engine'
import type { QueryDesk } from './query-desk.ts'
import type { Relation } from './relation.ts'
import type { Output, Scope } from './scope.ts'
import { writeWith } from './select.ts'
import { tablesIn, Untold } from './trace-nodes.ts'
import type { Node, Parts } from './tree.ts'

/** A query that shows beside each of its rows by what those are told apart that it was made of. */
export interface Block {
  readonly part: Part
  readonly outputs: readonly Output[]
  /** The columns that nobody can name: first one that is true wherever there is a row, then those that tell rows apart. */
  readonly hidden: readonly string[]
  readonly leaves: readonly Leaf[]
  /** Whether it, or what stands in its FROM, makes one value of many rows. */
  readonly isAggregated: boolean
  /** Whether the rows behind can be told that count for this measure alone. */
  readonly counts: (measure: string) => boolean
}

/** A place at which a query reads a table. */
export interface Leaf {
  readonly name: string
  readonly relation: Relation
  /**
   * Those of its rows that rows of the block were made of, each once: `id0` … tell them apart, `times` how often each was taken,
   * `value` what it brings to a measure, where that is one value. `wanted` is a query that gives the hidden columns of the block's rows.
   */
  readonly behind: (wanted: Part, measure?: string) => Part
}

/** What is shared by all blocks of a query. */
export interface Trace {
  /** The columns of a table that tell its rows apart. */
  readonly ids: (relation: Relation) => readonly string[]
  /** What no name in the text begins with. */
  readonly mark: string
  /** Parts of WITH, under names that nothing else has. */
  readonly withs: Part[]
  /** The nodes of these parts by their names, and what can be named in them. */
  readonly ctes: Map<string, { readonly node: Node; readonly ctes: Scope['ctes'] }>
  /** Relations of which it is not told which rows were asked. */
  readonly asked: Set<string>
  /** The parts of WITH whose relations are among these. */
  readonly noted: Set<string>
  readonly leaf: () => void
  /** Traces a query that sees nothing around it but parts of WITH. */
  readonly query: (node: Node, desk: QueryDesk) => Block
}

/** A name that nothing else in the query has. */
export const ownName = (desk: QueryDesk, { mark }: Trace): string => `${mark}${desk.next()}`

/** Columns with commas between. */
export const listOf = (names: readonly string[], of?: string): Part =>
  join(names.map((name) => column(name, of)))

/** Whether some row of a query has the same values, also where these are empty. */
export function isAmong(
  wanted: Part,
  pairs: readonly (readonly [theirs: Part, ours: Part])[],
): Part {
  const same = pairs.map(([theirs, ours]) => sql`${theirs} is not distinct from ${ours}`)
  const where = same.length === 0 ? sql`` : sql` where ${join(same, sql` and `)}`
  return sql`exists (select 1 from (${wanted}) as wanted${where})`
}

/** The same, by columns that are called alike on both sides. */
export const isAmongNamed = (wanted: Part, names: readonly string[], of: string): Part =>
  isAmong(
    wanted,
    names.map((name) => [column(name, 'wanted'), column(name, of)]),
  )

/** Opens WITH: its parts go before the whole statement, and are traced wherever FROM names them. */
export function openWith(of: Parts | undefined, desk: QueryDesk, trace: Trace): QueryDesk {
  if (!of) return desk
  if (of.flag('recursive')) throw new Untold('WITH RECURSIVE')
  const { parts, ctes } = writeWith(of, desk)
  trace.withs.push(...parts)
  const before = new Map(desk.scope.ctes)
  for (const one of of.inners('ctes')) {
    const label = one.name('alias')?.text.toLowerCase() ?? ''
    const [cte, node] = [ctes.get(label), one.node('this')]
    if (!cte || !node) continue
    trace.ctes.set(cte.name, { node, ctes: new Map(before) })
    before.set(label, cte)
  }
  return desk.at({ ...desk.scope, ctes })
}

/** Notes relations by the names that sub-queries use, also through parts of WITH. */
export function noteAsked(names: readonly string[], desk: QueryDesk, trace: Trace): void {
  for (const name of names) {
    const cte = desk.scope.ctes.get(name)
    const body = cte && trace.ctes.get(cte.name)
    if (cte && body && !trace.noted.has(cte.name)) {
      trace.noted.add(cte.name)
      noteAsked(tablesIn(body.node), desk.at({ ...desk.scope, ctes: body.ctes }), trace)
    }
    const relation = cte ? undefined : desk.catalogue.find(name)
    if (relation) trace.asked.add(relation.name)
  }
}
