import { column, type Dialect, type Part } from '#engine'
import { didYouMean } from '#kernel/near.ts'
import { type Desk, raw } from './desk.ts'
import { queryFaults } from './faults.ts'
import type { Problems } from './problems.ts'
import type { Catalogue, Relation } from './relation.ts'
import {
  type Cte,
  columnOf,
  meaningOf,
  type Origin,
  type Output,
  type Scope,
  type Source,
  sourceOf,
  visibleNames,
} from './scope.ts'
import type { Name, Node } from './tree.ts'

/** A query as it will be printed, and its columns. */
export interface Written {
  readonly part: Part
  readonly outputs: readonly Output[]
}

/** What FROM shows beside the columns that users name, for whoever asks which rows a query was made of. */
export interface Beside {
  /** Columns of a table, as they are printed and as they are called. */
  readonly relation: (relation: Relation, called: string) => readonly Shown[]
  /** A sub-query, with the names of the columns that it shows beside its own. */
  readonly query: (node: Node, called: string | undefined) => WrittenBeside
  readonly cte: (cte: Cte, called: string) => WrittenBeside
}

/** A column that is shown beside others. */
export interface Shown {
  readonly name: string
  readonly part: Part
}

/** A query that shows more columns than users can name. */
export interface WrittenBeside extends Written {
  readonly hidden: readonly string[]
}

/** The desk of one place in a query: what can be seen from there, and where what is read gets noted. */
export interface QueryDesk extends Desk {
  readonly scope: Scope
  readonly catalogue: Catalogue
  readonly dialect: Dialect
  readonly problems: Problems
  /** Notes what a value is made of. */
  readonly note: (origins: readonly Origin[]) => void
  /** Notes that a relation is read, and which of its columns. */
  readonly reads: (relation: string, columns: readonly string[]) => void
  /** A number that no other name in this query carries. */
  readonly next: () => number
  readonly query: (node: Node) => Written
  /** The same check, seen from another place. */
  readonly at: (scope: Scope, note?: QueryDesk['note']) => QueryDesk
  /** What FROM shows beside the columns that users name; not in sub-queries. */
  readonly beside?: Beside
  /** The same place, where FROM shows more, or no more, than users can name. */
  readonly showing: (beside: Beside | undefined) => QueryDesk
}

/** Writes a text in the statement itself: quotes are doubled, nothing else has a meaning inside them. */
export const quotedText = (text: string): Part => raw(`'${text.replaceAll("'", "''")}'`)

/** Writes a column, a name of the SELECT list, a whole row, or a field of a value. */
export function writeColumn(name: Name, of: Name | undefined, desk: QueryDesk): Part {
  return of ? writeQualified(name, of, desk) : writePlain(name, desk)
}

function writePlain(name: Name, desk: QueryDesk): Part {
  const meaning = meaningOf(name, desk.scope)
  switch (meaning?.is) {
    case 'column':
    case 'alias':
      readOrigins(meaning.output.from, desk)
      return column(meaning.output.name)
    case 'row':
      readOrigins(
        meaning.source.outputs.flatMap(({ from }) => from),
        desk,
      )
      return column(meaning.source.name)
    case 'local':
      return column(name.text)
    default:
      return refuseColumn(name, '', visibleNames(desk.scope), desk)
  }
}

function writeQualified(name: Name, of: Name, desk: QueryDesk): Part {
  const source = sourceOf(of.text, desk.scope)
  if (source) return writeColumnOf(source, name, desk)
  // Not a relation: then `a.b` is the field b of the value a.
  if (meaningOf(of, desk.scope)) return raw('(', writePlain(of, desk), ').', column(name.text))
  const aliases = desk.scope.sources.map((candidate) => candidate.name)
  desk.problems.add(
    queryFaults.unknown_relation,
    { name: of.text, hint: didYouMean(of.text, aliases) },
    { node: nodeOf(of) },
  )
  return raw('null')
}

/** Writes a column of one relation. */
export function writeColumnOf(source: Source, name: Name, desk: QueryDesk): Part {
  const output = columnOf(source, name.text)
  if (!output) {
    const of = source.full ?? source.name
    return refuseColumn(
      name,
      of,
      source.outputs.map((o) => o.name),
      desk,
    )
  }
  readOrigins(output.from, desk)
  return column(output.name, source.name)
}

/** Notes columns as read, and as what the value is made of. */
export function readOrigins(origins: readonly Origin[], desk: QueryDesk): void {
  for (const { relation, column: name } of origins) desk.reads(relation, [name])
  desk.note(origins)
}

/** Refuses a column that is not there. */
export function refuseColumn(
  name: Name,
  of: string,
  candidates: readonly string[],
  desk: QueryDesk,
): Part {
  const hint = didYouMean(name.text, candidates)
  desk.problems.add(
    queryFaults.unknown_column,
    { name: name.text, of, hint },
    { node: nodeOf(name) },
  )
  return raw('null')
}

/** A name in the form in which its place can be found. */
export const nodeOf = (name: Name) => ({ name: name.text, span: { start: name.offset } })
