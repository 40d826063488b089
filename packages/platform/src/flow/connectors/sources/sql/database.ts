import type { FieldType } from '#kernel/scalar.ts'

/** A row as the database writes it, value by value; null where there is none. */
export type Row = readonly (string | null)[]

/** A piece of a statement: its text, or a value that is kept apart from it. */
export type Piece = string | { readonly value: string | number | bigint }

/** A statement with its values. */
export type Statement = readonly Piece[]

/** A table or view by its names. */
export interface TableName {
  readonly schema: string
  readonly name: string
}

/** A table or view and about how much is in it. */
export interface TableSize extends TableName {
  readonly rows?: number
  readonly sizeBytes?: number
}

/** A column of what is read. */
export interface Column {
  readonly name: string
  /** How it is asked for, so that no digit of it is lost. */
  readonly expression: string
  /** From how the database writes a value to how it is handed over. */
  readonly write: (value: string) => string
  /** What it is, where that can be said of all its values. */
  readonly type?: FieldType
  /** How it can be a cursor; why it cannot. */
  readonly order: Order | string
}

/** How values of a column are compared. */
export interface Order {
  /** A value of this column, in a statement. */
  readonly bound: (value: string) => Statement
  /** A value that lies some seconds or steps before it; nothing where that cannot be said. */
  readonly before?: (value: string, overlap: number) => Statement
  /** Whether later values can be beyond the value of this column, and whether they cannot. */
  readonly placed: string
  readonly unplaced: string
}

/** A connection that is signed in, in one transaction that reads and sees one moment. */
export interface Session {
  readonly quote: (name: string) => string
  /** Tables and views, as far as one of them could be meant by this name. */
  readonly tables: (meant: string) => Promise<readonly TableName[]>
  readonly defaultSchema: string
  readonly sizes: () => Promise<readonly TableSize[]>
  readonly primaryKey: (of: TableName) => Promise<readonly string[]>
  /** The columns that a select would bring, without reading. */
  readonly describe: (select: string) => Promise<readonly Column[]>
  /** The rows of a select as they come, a few at a time. */
  readonly rows: (select: Statement) => AsyncIterable<readonly Row[]>
  readonly close: () => Promise<void>
}
