import type { FaultMaker, Problem } from '#kernel/fault.ts'
import { queryFaults } from './faults.ts'
import { type Parsed, problemOf } from './parse.ts'
import { offsetIn } from './tree.ts'

/** Where in a text something is wrong: a name or node that knows, or a word to look for. */
export interface Where {
  readonly node?: unknown
  readonly word?: string
}

/** Collects what is wrong with a text, each thing once, with its line and column. */
export interface Problems {
  readonly add: <Details>(make: FaultMaker<Details>, details: Details, where: Where) => void
  /** Refuses a part of SQL that is not on our list. */
  readonly forbid: (what: string, where: Where) => void
  readonly found: () => readonly Problem[]
}

export function collectProblems({ placeOf, placeOfWord, problems }: Parsed): Problems {
  const found = new Map<string, Problem>()
  const keep = (problem: Problem) =>
    found.set(`${problem.code} ${problem.at} ${problem.say}`, problem)
  problems.forEach(keep)
  const place = ({ node, word }: Where) => {
    const at = placeOf(offsetIn(node))
    return at === '' && word !== undefined ? placeOfWord(word) : at
  }
  const add: Problems['add'] = (make, details, where) =>
    keep(problemOf(make, details, place(where)))
  return {
    add,
    forbid: (what, where) => add(queryFaults.not_allowed, { what }, where),
    found: () => [...found.values()],
  }
}
