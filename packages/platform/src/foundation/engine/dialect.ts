import type { FieldType } from '#kernel/scalar.ts'
import type { FunctionName, Member } from './expression.ts'

/** Writes a call from its printed arguments. */
export type Writer = (...args: readonly string[]) => string

/** What a dialect cannot do; the sentence reaches the user. */
export interface Gap {
  readonly gap: string
}

/** How one engine writes what we mean. Total: a new function does not compile until every dialect has answered. */
export interface Dialect {
  readonly name: string
  readonly quote: string
  readonly types: Readonly<Record<FieldType, string>>
  readonly tryCast: (of: string, type: string) => string
  /** Writes `members` from the printed relation. */
  readonly members: (of: string, body: string, members: readonly Member[]) => string
  readonly functions: Readonly<Record<FunctionName, Writer | Gap>>
  /** What the function `key64` says of a text that is here already, without a way to the engine. */
  readonly key64: (text: string) => bigint
}
