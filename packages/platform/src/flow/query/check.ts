import { column, type Dialect, type Draft, duckdb, join, print, sql } from '#engine'
import { refuseIfAny } from '#kernel/fault.ts'
import { raw } from './desk.ts'
import { queryFaults } from './faults.ts'
import { firstDesk } from './first-desk.ts'
import { longestText, type Parsed, parseText } from './parse.ts'
import { collectProblems, type Problems } from './problems.ts'
import type { Written } from './query-desk.ts'
import type { Relation } from './relation.ts'
import { distinctNames, type Origin } from './scope.ts'
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
  const written =
    statement && firstDesk({ relations, problems, dialect, reads: reading.add }).query(statement)
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
