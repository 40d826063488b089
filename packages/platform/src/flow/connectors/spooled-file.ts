import type { FieldType } from '#kernel/scalar.ts'
import type { Encoding } from './file-options.ts'

/** A column of a delimited file. */
export interface Column {
  /** Its name in the lake: snake_case, unique in the file. */
  readonly name: string
  /** What the file calls it, trimmed; its name when the file does not call it anything. */
  readonly label: string
  /** No name and, as far as was looked, no values: what trailing delimiters leave behind. */
  readonly empty: boolean
  /** What the system that it comes from says it is, where it does; a value may still be written otherwise. */
  readonly type?: FieldType
}

/** Delimited text. */
export interface CsvFile {
  readonly format: 'csv'
  readonly path: string
  readonly sizeBytes: number
  /** With gzip. */
  readonly compressed: boolean
  readonly delimiter: string
  /** Empty when values are never quoted. */
  readonly quote: string
  /** What stands before a quote inside of quotes: the quote itself, or a backslash; empty with `quote`. */
  readonly escape: string
  readonly header: boolean
  /** One for each value of a record, in the order of the file. */
  readonly columns: readonly Column[]
  /** What it arrived in; the spooled file is UTF-8. */
  readonly encoding: Encoding
}

/** JSON records: one to a line, or one array. */
export interface JsonFile {
  readonly format: 'ndjson' | 'json'
  readonly path: string
  readonly sizeBytes: number
  readonly compressed: boolean
  readonly encoding: Encoding
}

/** Parquet, just as it came. */
export interface ParquetFile {
  readonly format: 'parquet'
  readonly path: string
  readonly sizeBytes: number
}

/**
 * A file in the spool that the engine can read: text is UTF-8 without byte order mark, with line ends of one kind and
 * nothing before the first record.
 */
export type SpooledFile = CsvFile | JsonFile | ParquetFile
