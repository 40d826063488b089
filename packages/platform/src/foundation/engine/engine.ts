import type { FieldType, Scalar } from '#kernel/scalar.ts'
import type { Dialect } from './dialect.ts'
import type { Part, TableName } from './expression.ts'
import type { ArrivingFile, LineFile, LoadField, Needed, Survey } from './files.ts'

/** One cell as JavaScript sees it. Days are `2026-01-31`, instants ISO 8601 UTC; integers beyond 2^53 are bigint. */
export type Cell =
  | string
  | number
  | bigint
  | boolean
  | null
  | readonly Cell[]
  | { readonly [name: string]: Cell }

export type Row = Readonly<Record<string, Cell>>

/** How a question is asked. */
export interface Ask {
  /**
   * `light` (the default) for what a person waits for, `heavy` for whole tables, `ask` for questions that people wrote (so that
   * the flow never waits for them), `tick` for the live round.
   */
  readonly lane?: Lane
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
  /** The question holds what a user wrote: like checked text it has a time limit, cannot write, and goes on the lane `ask` unless another is given. */
  readonly holds?: 'what users write'
  /** All tables that the question reads, which are few and asked often: its rows are kept, and given again until one of them changes. */
  readonly keptWhile?: readonly TableName[]
}

export type Lane = 'light' | 'heavy' | 'ask' | 'tick'

/** Changes engine tables, inside one transaction. */
export interface Writer {
  /** Runs a statement; how many rows it changed. */
  readonly run: (statement: Part) => Promise<number>
  readonly rows: (query: Part) => Promise<readonly Row[]>
  /** Computes a query, as of this moment of the transaction, into a table of its own; gone after `use`. */
  readonly staged: <T>(query: Part, use: (table: TableName) => Promise<T>) => Promise<T>
  /** Takes `count` positions in the order of arrival; the first of them. */
  readonly positions: (count: number) => Promise<number>
}

/** A file that was read into a table of its own, with what could not be read beside it. */
export interface Loaded {
  /** The rows, plus `_row`: the number of the record in the file, from 1. */
  readonly table: TableName
  /** `_row`, `reason`, `misfits` (names of fields whose type did not fit), `raw`: one row per record not read. */
  readonly rejected: TableName
  /** Records that were read although a value did not fit: `_row`, `misfits` (names of the fields), `texts` (a JSON object of them). */
  readonly misfits: TableName
  readonly misfitRows: number
  readonly rows: number
  readonly rejectedRows: number
}

/** A question that was planned once and is asked again and again, each time with other inputs. */
export interface Ready<Input extends string> {
  /** Asks; one at a time, the others wait. An input that is not given is null. */
  readonly ask: (inputs: Readonly<Partial<Record<Input, Scalar>>>) => Promise<readonly Row[]>
  readonly close: () => Promise<void>
}

/** Where rows are kept and SQL runs. Every implementation passes `describeEngine`. */
export interface Engine {
  readonly dialect: Dialect
  /** How many rows of a table are kept together: a change that adds a multiple of it to a table is written once, others twice. */
  readonly groupedRows: number
  /** Asks. Read-only. */
  readonly rows: (query: Part, ask?: Ask) => Promise<readonly Row[]>
  /** Asks for two or more columns of 32-bit integers as typed arrays, for work that no SQL does well. */
  readonly integers: (query: Part, ask?: Ask) => Promise<readonly Int32Array[]>
  /** Asks in batches, so that the whole answer need not fit into memory. */
  readonly stream: (query: Part, ask?: Ask) => AsyncIterable<readonly Row[]>
  /**
   * Makes a question ready to be asked often, about a row or two: on a connection of its own, planned once, its inputs by
   * name. Quick as long as it reads no tables and no input is null, for nulls are planned anew.
   */
  readonly ready: <Input extends string>(
    inputs: Readonly<Record<Input, FieldType>>,
    query: (inputs: Readonly<Record<Input, Part>>) => Part,
  ) => Promise<Ready<Input>>
  /** Asks with SQL text that was checked before; fenced off from writing and from other files. */
  readonly checked: (text: string, ask?: Ask) => Promise<Answer>
  /** Changes tables: one at a time, in one transaction that is undone as a whole when `work` throws. Large unless its lane says less. */
  readonly change: <T>(
    what: string,
    work: (writer: Writer) => Promise<T>,
    ask?: Pick<Ask, 'lane'>,
  ) => Promise<T>
  /** Computes a query into a table of its own without holding up changes; the table is gone after `use`. */
  readonly staged: <T>(query: Part, use: (table: TableName) => Promise<T>, ask?: Ask) => Promise<T>
  /** Reads a file of lines, whose values stand between tabs and are never quoted, into a table of its own; gone after `use`. */
  readonly stagedLines: <T>(
    from: LineFile,
    use: (table: TableName) => Promise<T>,
    ask?: Ask,
  ) => Promise<T>
  /** Puts columns of 32-bit integers into a table of its own; gone after `use`. */
  readonly stagedIntegers: <T>(
    columns: Readonly<Record<string, Int32Array>>,
    use: (table: TableName) => Promise<T>,
  ) => Promise<T>
  /** Looks at a file: its fields with the types that keep every value as it is written. */
  readonly survey: (file: ArrivingFile, signal?: AbortSignal) => Promise<Survey>
  /** Reads a file into a table of its own; gone after `use`. A value that does not fit rejects its record, or is left out. */
  readonly load: <T>(
    from: {
      readonly file: ArrivingFile
      readonly fields: readonly LoadField[]
      /** Names of fields whose values are left out where they do not fit, and told of in `misfits`. */
      readonly lenient?: readonly string[]
      readonly needed?: Needed
      readonly signal?: AbortSignal
    },
    use: (loaded: Loaded) => Promise<T>,
  ) => Promise<T>
  /** The tables of a schema with their columns. */
  readonly tables: (schema: string) => Promise<readonly TableShape[]>
  /** Writes the answer to a question as a Parquet file inside the data folder. */
  readonly writeParquet: (query: Part, path: string, ask?: Ask) => Promise<void>
  /** Writes everything to a folder, as of one moment. */
  readonly snapshot: (folder: string) => Promise<void>
  /** Whether statements are running or waiting, by lane; for health pages. */
  readonly pressure: () => Readonly<Record<Lane | 'change', { running: number; waiting: number }>>
  readonly close: () => Promise<void>
}

/** An answer with its columns in order, for people. */
export interface Answer {
  readonly columns: readonly { readonly name: string; readonly type: FieldType }[]
  readonly rows: readonly Row[]
}

export interface TableShape {
  readonly name: string
  readonly columns: readonly { readonly name: string; readonly type: string }[]
}
