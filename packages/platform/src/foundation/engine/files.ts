import type { FieldType } from '#kernel/scalar.ts'

/** A UTF-8 file inside the data folder that the engine can read, and what people call it. */
export type ArrivingFile = { readonly name?: string } & (
  | {
      readonly format: 'csv'
      readonly path: string
      readonly compressed: boolean
      readonly delimiter: string
      readonly quote: string
      readonly escape: string
      readonly header: boolean
      readonly columns: readonly {
        readonly name: string
        readonly label: string
        readonly empty: boolean
      }[]
      /** What to do with rows that have too few values: keep them with nulls at the end, or reject them. */
      readonly shortRows?: 'pad' | 'reject'
    }
  | { readonly format: 'ndjson' | 'json'; readonly path: string; readonly compressed: boolean }
  | { readonly format: 'parquet'; readonly path: string }
)

/** A UTF-8 file inside the data folder, of lines with the same values in the same order, between tabs. */
export interface LineFile {
  readonly path: string
  readonly columns: readonly { readonly name: string; readonly type: FieldType }[]
}

/** A field to be read: its name in the file, its name in the lake, its type. */
export interface LoadField {
  readonly label: string
  readonly name: string
  readonly type: FieldType
}

/** The fields without which a record is rejected, and the words in which that is said. */
export interface Needed {
  readonly fields: readonly string[]
  readonly reason: string
}

/** What a look at a file found. */
export interface Survey {
  readonly fields: readonly SurveyedField[]
  /** How many records were looked at. */
  readonly sampled: number
}

export interface SurveyedField {
  readonly label: string
  readonly name: string
  readonly type: FieldType
  /** The share of the sampled records that have a value, from 0 to 1. */
  readonly filled: number
  readonly examples: readonly string[]
}
