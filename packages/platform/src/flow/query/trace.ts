import { column, type Dialect, type Draft, duckdb, join, type Part, sql } from '#engine'
import { raw } from './desk.ts'
import { firstDesk } from './first-desk.ts'
import { parseText } from './parse.ts'
import type { Problems } from './problems.ts'
import type { QueryDesk } from './query-desk.ts'
import type { Relation } from './relation.ts'
import { distinctNames } from './scope.ts'
import { writeTail } from './select.ts'
import { type Block, type Leaf, listOf, type Trace } from './trace-block.ts'
import { Untold } from './trace-nodes.ts'
import { traceSelect } from './trace-select.ts'
import { traceSet } from './trace-sets.ts'
import { type Node, open, type Parts } from './tree.ts'

/** A table that a query reads in its FROM, and the query of those of its rows that rows of the answer were made of. */
export interface TracedTable {
  /** What the query calls it; tables of its sub-queries stand behind a dot. */
  readonly name: string
  readonly relation: Relation
  /** The columns of the table that tell its rows apart: `id0`, `id1` … of the rows behind. */
  readonly ids: readonly string[]
  readonly behind: (wanted: Wanted) => Part
}

/** Which rows of the answer are asked about, by a condition over its columns, and which of its measures if one alone. */
export interface Wanted {
  readonly where: Part
  readonly measure?: string | undefined
}

/** What a query read: tables whose rows can be told, and those that it only asked in conditions and values. */
export interface Traced {
  readonly tables: readonly TracedTable[]
  readonly asked: readonly string[]
  /** What keeps it from being told which of the rows count for a measure. */
  readonly untoldOf: (measure: string) => string | undefined
}

export interface TraceOptions {
  /** The columns of a relation's table that tell its rows apart. */
  readonly ids: (relation: Relation) => readonly string[]
  readonly dialect?: Dialect
}

const mostTables = 30
const mostQueries = 200

/**
 * Which rows a query, which must have been checked, was made of: those of each table that took part in the group of a row of the
 * answer, through joins, sub-queries, WITH, set operations and windows. Where that cannot be told exactly it says because of what.
 */
export function traceQuery(
  text: string,
  relations: readonly Relation[],
  { ids, dialect = duckdb }: TraceOptions,
): Traced | { readonly untold: string } {
  const [node] = parseText(text).statements
  if (!node) throw new Error('a query was traced that had not been checked')
  let tables = 0
  let queries = 0
  const trace: Trace = {
    ids,
    mark: markFor(text),
    withs: [],
    ctes: new Map(),
    asked: new Set(),
    noted: new Set(),
    leaf: () => {
      if (++tables > mostTables) throw new Untold(`more than ${mostTables} tables`)
    },
    query: (inner, desk) => {
      // What a part of WITH names twice is traced twice, so that a short text can be very much.
      if (++queries > mostQueries)
        throw new Untold(
          `more than ${mostQueries} sub-queries (a part of WITH counts as often as it is named)`,
        )
      return traceNode(inner, desk, trace)
    },
  }
  try {
    const desk = firstDesk({ relations, problems: untoldProblems, dialect, reads: () => {} })
    return tracedBy(trace.query(node, desk), trace)
  } catch (thrown) {
    if (thrown instanceof Untold) return { untold: thrown.clause }
    throw thrown
  }
}

function markFor(text: string): string {
  let mark = '~'
  while (text.includes(mark)) mark += '~'
  return mark
}

// All else was found when the query was checked; by itself a sub-query does not see what stands beside it.
const lateral = 'a sub-query in FROM that reads what stands beside it (LATERAL)'
const refuse = () => {
  throw new Untold(lateral)
}
const untoldProblems: Problems = { add: refuse, forbid: refuse, found: () => [] }

function traceNode(node: Node, desk: QueryDesk, trace: Trace): Block {
  const parts = open(node)
  switch (parts.kind) {
    case 'select':
      return traceSelect(parts, desk, trace)
    case 'union':
    case 'intersect':
    case 'except':
      return traceSet(parts, desk, trace)
    case 'subquery':
      return inBrackets(parts, desk, trace)
    case 'paren':
    case 'annotated':
      return inBrackets(parts, desk, trace)
    default:
      throw new Untold(parts.kind.replaceAll('_', ' ').toUpperCase())
  }
}

function inBrackets(parts: Parts, desk: QueryDesk, trace: Trace): Block {
  const inner = parts.node('this')
  if (!inner) throw new Untold(parts.kind)
  const block = trace.query(inner, desk)
  return { ...block, part: raw('(', block.part, ')', writeTail(parts, block.outputs, desk)) }
}

function tracedBy({ part, outputs, hidden, leaves, counts }: Block, trace: Trace): Traced {
  const [, ...ids] = hidden
  const names = join(distinctNames(outputs).map(({ name }) => column(name)))
  const list = ids.length === 0 ? sql`1` : listOf(ids)
  const answer = sql`(${part}) as answer(${names})`
  const withs: Draft = trace.withs.length === 0 ? raw() : sql`with ${join(trace.withs)} `
  return {
    asked: [...trace.asked],
    untoldOf: (measure) =>
      counts(measure)
        ? undefined
        : `the measure "${measure}", which is aggregated in WITH or a sub-query, or made of another measure (without it, the rows of the whole group are told)`,
    tables: named(leaves).map(({ name, relation, behind }) => ({
      name,
      relation,
      ids: trace.ids(relation),
      behind: ({ where, measure }) =>
        raw(withs, behind(sql`select ${list} from ${answer} where ${where}`, measure)),
    })),
  }
}

// The same table may stand in both sides of a union.
function named(leaves: readonly Leaf[]): readonly Leaf[] {
  const names = distinctNames(leaves.map(({ name }) => ({ name, from: [] })))
  return leaves.map((leaf, i) => ({ ...leaf, name: names[i]?.name ?? leaf.name }))
}
