import type { Dialect } from '#engine'
import { raw, writeNode } from './desk.ts'
import type { Problems } from './problems.ts'
import { type Beside, type QueryDesk, quotedText, writeColumn } from './query-desk.ts'
import { queryCast, queryWriters, writeCall } from './query-expressions.ts'
import { type Catalogue, catalogueOf, type Relation } from './relation.ts'
import { emptyScope, type Scope } from './scope.ts'
import { writeQuery } from './select.ts'

/** What a query is checked against, and where what is found goes. */
export interface Check {
  readonly relations: readonly Relation[]
  readonly problems: Problems
  readonly dialect: Dialect
  readonly reads: QueryDesk['reads']
}

/** The desk at which a query begins: nothing can be seen yet but the catalogue. */
export function firstDesk({ relations, problems, dialect, reads }: Check): QueryDesk {
  const catalogue: Catalogue = catalogueOf(relations)
  let names = 0
  const next = () => ++names
  const deskAt = (scope: Scope, note: QueryDesk['note'], beside?: Beside): QueryDesk => {
    const desk: QueryDesk = {
      scope,
      note,
      catalogue,
      dialect,
      problems,
      next,
      reads,
      ...(beside && { beside }),
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
      at: (other, otherNote = note) => deskAt(other, otherNote, beside),
      showing: (other) => deskAt(scope, note, other),
    }
    return desk
  }
  return deskAt(emptyScope, () => {})
}

// A sub-query begins with nothing of its own, and sees what is around it.
const within = (scope: Scope): Scope => ({ ...emptyScope, ctes: scope.ctes, outer: scope })
