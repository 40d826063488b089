/** What SQLite can keep in a cell. */
export type Cell = null | number | bigint | string | Uint8Array

/** What the worker is asked to do. */
export type Question =
  | {
      readonly kind: 'query'
      readonly sql: string
      readonly values: readonly Cell[]
      /** A query of a transaction is refused once SQLite has ended that transaction by itself. */
      readonly within: 'transaction' | 'nothing'
    }
  | { readonly kind: 'script'; readonly sql: string }
  | { readonly kind: 'rollback' }
  | { readonly kind: 'close' }

/** What came of a question. */
export interface Result {
  readonly rows: readonly Readonly<Record<string, Cell>>[]
  readonly changes: number
  readonly lastId: number
}

/** A question on its way to the worker. */
export type Sent = Question & { readonly id: number }

/** An answer on its way back; `errcode` is SQLite's extended result code. */
export type Answer = { readonly id: number } & (
  | { readonly result: Result }
  | { readonly error: { readonly message: string; readonly errcode: number | undefined } }
)
