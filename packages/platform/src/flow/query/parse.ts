import { Dialect, parse, tokenize } from '@polyglot-sql/sdk'
import type { Problem } from '#kernel/fault.ts'
import { queryFaults } from './faults.ts'
import { type Node, nodesIn } from './tree.ts'

/** A text that was read: its statements, and where things stand in it. */
export interface Parsed {
  readonly statements: readonly Node[]
  readonly problems: readonly Problem[]
  /** `line 3, column 8` of a character of the text; empty when it is not known. */
  readonly placeOf: (offset: number | undefined) => string
  /** The place of the first use of a word that stands as such in the text, not in quotes or comments. */
  readonly placeOfWord: (word: string) => string
}

/** How long a text may be unless said otherwise; the parser limits its nesting. */
export const longestText = 50_000

/** Reads a text. `before` is put in front of it and does not count in places. */
export function parseText(text: string, before = '', longest = longestText): Parsed {
  const placeOf = (offset: number | undefined) =>
    offset === undefined ? '' : placeAt(text, offset - before.length)
  const placeOfWord = (word: string) => placeOf(offsetOfWord(before + text, word))
  const refused = (problem: Problem): Parsed => ({
    statements: [],
    problems: [problem],
    placeOf,
    placeOfWord,
  })
  if (text.length > longest) {
    const why = `${text.length} characters, ${longest} are allowed`
    return refused(problemOf(queryFaults.too_large, { why }, ''))
  }
  if (text.trim() === '') {
    return refused(problemOf(queryFaults.syntax, { near: '', why: 'it is empty' }, ''))
  }
  if (text.includes('\0')) {
    return refused(
      problemOf(queryFaults.syntax, { near: '', why: 'it holds a zero character' }, ''),
    )
  }
  const result = parse(before + text, Dialect.DuckDB)
  if (!result.success) return refused(syntaxProblem(text, before, result))
  // The library types the tree as `any`; here it is unknown until each part has been looked at.
  const tree: unknown = result.ast
  const statements = nodesIn(tree)
  return { statements, problems: [], placeOf, placeOfWord }
}

/** One problem, made by a fault's own sentence. */
export function problemOf<Details>(
  make: (details: Details, place?: { at?: string }) => { problems: readonly Problem[] },
  details: Details,
  at: string,
): Problem {
  const [problem] = make(details, { at }).problems
  if (!problem) throw new Error('a fault without a problem')
  return problem
}

interface ParseFailure {
  readonly error?: string | undefined
  readonly errorStart?: number | undefined
}

function syntaxProblem(text: string, before: string, failure: ParseFailure): Problem {
  const error = failure.error ?? 'it cannot be read'
  const guard = /E_GUARD_\w+|Maximum call stack/.exec(error)
  if (guard) {
    const why = /value \d+ exceeds configured limit \d+/.exec(error)?.[0] ?? 'too many levels'
    return problemOf(queryFaults.too_large, { why }, '')
  }
  const offset = Math.max(0, (failure.errorStart ?? 0) - before.length)
  const rest = [...text].slice(offset).join('').trimStart()
  const near = (/^(?:\w+|\S)[^\n]{0,20}/.exec(rest)?.[0] ?? '').trim()
  const why = error.replace(/^.*?line \d+, column \d+: /, '').replace(/ near \[.*$/s, '')
  return problemOf(queryFaults.syntax, { near, why }, placeAt(text, offset))
}

// The parser counts characters, JavaScript counts halves of some of them.
function placeAt(text: string, offset: number): string {
  if (offset < 0) return ''
  const lines = [...text].slice(0, offset).join('').split('\n')
  return `line ${lines.length}, column ${[...(lines.at(-1) ?? '')].length + 1}`
}

/** A word, sign or text of a text, and where it stands. */
export interface Token {
  readonly text: string
  readonly offset: number
}

/** The words and signs of a text, without comments; none when it cannot be read. */
export const tokensOf = (text: string): readonly Token[] =>
  (tokenize(text, Dialect.DuckDB).tokens ?? []).map((token) => ({
    text: token.text,
    offset: token.span.start,
  }))

function offsetOfWord(text: string, word: string): number | undefined {
  const lower = word.toLowerCase()
  return tokensOf(text).find((token) => token.text.toLowerCase() === lower)?.offset
}
