import { column, type Dialect, type Draft, duckdb, join, print, sql } from '#engine'
import { refuseIfAny } from '#kernel/fault.ts'
import { raw, writeNode } from './desk.ts'
import { queryFaults } from './faults.ts'
import { longestText, type Parsed, parseText } from './parse.ts'
import { collectProblems, type Problems } from './problems.ts'
import { type QueryDesk, quotedText, type Written, writeColumn } from './query-desk.ts'
import { queryCast, queryWriters, writeCall } from './query-expressions.ts'
import { type Catalogue, catalogueOf, type Relation } from './relation.ts'
import { distinctNames, emptyScope, type Origin, type Scope } from './scope.ts'
import { writeQuery } from './select.ts'
import type { Node } from './tree.ts'

/** A query that may run: printed anew from what was checked, never the user's own text. */
export interface CheckedQuery {
  /** For `engine.checked`. */
  readonly text: string
  /** The same, for use inside other statements. */
  readonly part: Draft
  readonly reads: readonly RelationRead[]
  /** The names of the answer's columns, each once. */
  readonly columns: readonly string[]
  /** What each column of the answer is made of. Conditions and joins are not in it; they are in `reads`. */
  readonly lineage: Readonly<Record<string, readonly Origin[]>>
}

/** A relation that a query reads, and which of its columns. */
export interface RelationRead {
  readonly relation: string
  readonly columns: readonly string[] | 'all'
}

export interface CheckOptions {
  readonly dialect?: Dialect
  readonly longest?: number
}

/** Checks SQL that a user wrote and writes it anew for the engine; throws everything that is wrong with it at once. */
export function checkQuery(
  text: string,
  relations: readonly Relation[],
  { dialect = duckdb, longest = longestText }: CheckOptions = {},
): CheckedQuery {
  const parsed = parseText(text, '', longest)
  const problems = collectProblems(parsed)
  const reading = readingOf(relations)
  const statement = onlyQuery(parsed, problems)
  const written = statement && firstDesk({ relations, problems, dialect, reading }).query(statement)
  refuseIfAny(problems.found())
  if (!written) throw new Error('a query was neither written nor refused')
  return answer(written, reading, dialect)
}

function onlyQuery({ statements }: Parsed, problems: Problems): Node | undefined {
  const [first, second] = statements
  if (problems.found().length > 0) return undefined
  if (second || !first) {
    const found = second ? `${statements.length} statements` : 'nothing'
    problems.add(queryFaults.not_a_select, { found }, {})
    return undefined
  }
  return first
}

interface Check {
  readonly relations: readonly Relation[]
  readonly problems: Problems
  readonly dialect: Dialect
  readonly reading: Reading
}

function firstDesk({ relations, problems, dialect, reading }: Check): QueryDesk {
  const catalogue: Catalogue = catalogueOf(relations)
  let names = 0
  const next = () => ++names
  const deskAt = (scope: Scope, note: QueryDesk['note']): QueryDesk => {
    const desk: QueryDesk = {
      scope,
      note,
      catalogue,
      dialect,
      problems,
      next,
      reads: reading.add,
      forbid: problems.forbid,
      write: (node) => writeNode(node, queryWriters, desk),
      text: quotedText,
      column: (name, of) => writeColumn(name, of, desk),
      call: (call) => writeCall(call, desk),
      divide: (a, b) => raw('(', a, ' / ', b, ')'),
      castTo: (type, of, how) => queryCast(type, of, how, desk),
      query: (node) =>
        writeQuery(
          node,
          deskAt(within(scope), () => {}),
        ),
      at: (other, otherNote = note) => deskAt(other, otherNote),
    }
    return desk
  }
  return deskAt(emptyScope, () => {})
}

// A sub-query begins with nothing of its own, and sees what is around it.
const within = (scope: Scope): Scope => ({ ...emptyScope, ctes: scope.ctes, outer: scope })

interface Reading {
  readonly add: (relation: string, columns: readonly string[]) => void
  readonly all: () => readonly RelationRead[]
}

function readingOf(relations: readonly Relation[]): Reading {
  const read = new Map<string, Set<string>>()
  return {
    add: (relation, columns) => {
      const known = read.get(relation) ?? new Set()
      for (const name of columns) known.add(name)
      read.set(relation, known)
    },
    all: () =>
      [...read].map(([relation, columns]) => {
        const whole = relations.find(({ name }) => name === relation)?.columns.length
        return { relation, columns: columns.size === whole ? 'all' : [...columns] }
      }),
  }
}

function answer({ part, outputs }: Written, reading: Reading, dialect: Dialect): CheckedQuery {
  const unique = distinctNames(outputs)
  const clash = unique.some((output, i) => output !== outputs[i])
  const names = join(unique.map(({ name }) => column(name)))
  const whole = clash ? sql`select * from (${part}) as answer (${names})` : part
  const { text } = print(whole, dialect)
  return {
    text,
    part: raw(whole),
    reads: reading.all(),
    columns: unique.map(({ name }) => name),
    lineage: Object.fromEntries(unique.map(({ name, from }) => [name, from])),
  }
}
