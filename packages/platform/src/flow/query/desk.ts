import type { Draft, Part } from '#engine'
import { type Call, callOf } from './calls.ts'
import type { Where } from './problems.ts'
import { kindOf, type Name, type Node, open, type Parts } from './tree.ts'

/** What a writer of expressions needs from whoever it writes for: a query or a formula. */
export interface Desk {
  readonly write: (node: Node) => Part
  readonly text: (of: string) => Part
  readonly column: (name: Name, of: Name | undefined) => Part
  readonly call: (call: Call) => Part
  /** Division, which engines understand differently when the divisor is zero. */
  readonly divide: (a: Part, b: Part) => Part
  readonly castTo: (type: Parts, of: Part, how: 'strict' | 'try') => Part
  /** Refuses a part that is not on our list. */
  readonly forbid: (what: string, where: Where) => void
}

/** Writes one kind of node. It asks for every part that it knows; what remains is refused. */
export type Writer<D extends Desk> = (of: Parts, desk: D) => Part

export type Writers<D extends Desk> = Readonly<Record<string, Writer<D>>>

/** Our own words around parts; never text that a user wrote. */
export const raw = (...parts: readonly (string | Part)[]): Draft => ({ kind: 'draft', parts })

/** Stands where something was refused; it never runs, because a refusal follows. */
export const refused: Draft = raw('null')

/** Writes a node. A kind without a writer is refused, and so is a part of it that its writer does not know. */
export function writeNode<D extends Desk>(node: Node, writers: Writers<D>, desk: D): Part {
  const found = callOf(node)
  if (found) return writeAll(found.parts, () => desk.call(found.call), desk)
  const kind = kindOf(node)
  const writer = Object.hasOwn(writers, kind) ? writers[kind] : undefined
  if (!writer) {
    desk.forbid(wordsOf(kind), { node, word: kind })
    return refused
  }
  const parts = open(node)
  return writeAll(parts, () => writer(parts, desk), desk)
}

/** Writes parts and refuses those that the writer did not ask for. */
export function writeAll<T>(parts: Parts, write: () => T, desk: Pick<Desk, 'forbid'>): T {
  const written = write()
  if (written !== refused) refuseRest(parts, desk)
  return written
}

/** Refuses every part that was not asked for. */
export function refuseRest(parts: Parts, desk: Pick<Desk, 'forbid'>): void {
  for (const unknown of parts.rest()) {
    desk.forbid(wordsOf(unknown), { word: unknown.split('.').at(-1) ?? unknown })
  }
}

/** The parser's names as words: `window_function.over` is "window function over". */
const wordsOf = (kind: string): string => kind.replaceAll(/[._]+/g, ' ').trim()
