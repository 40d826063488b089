import {
  type ArrivingFile,
  as,
  call,
  column,
  type Draft,
  join,
  type Loaded,
  type Needed,
  type Part,
  sql,
  typeName,
  value,
} from '#engine'
import type { Judge } from './judge.ts'
import { type LakeField, position } from './tables.ts'

/** What a batch is: everything there is now, rows that replace those of the same key, or rows that only ever come once. */
export type Mode = 'full' | 'upsert' | 'append'

/** A file that arrived, with its fields and what tells whether it is the same file again. */
export interface BatchFile {
  readonly name: string
  readonly fingerprint: string
  readonly file: ArrivingFile
  readonly fields: readonly LakeField[]
  /** Names of fields whose types were only inferred: where one does not hold for every record, it becomes text. */
  readonly guessed?: readonly string[]
  /** How far the source has been read by whoever has taken this file. */
  readonly cursor?: string
  /** What it was taken from, as a list or a table is whose parts have other names; its name unless set. */
  readonly origin?: string
  /** What tells its content from every other; asked for when another file comes. */
  readonly content?: string
  /** What brought the same content before. */
  readonly sameAs?: string
}

/** What rows came from, as batches name it. */
export interface Origin {
  readonly name: string
  /** Only what had come from there before this position; all of it unless set. */
  readonly before?: number
}

/** Files that arrive for a stream and are taken together. */
export interface Arrival {
  readonly stream: string
  readonly mode: Mode
  readonly primaryKey: readonly string[]
  /** The stream's fields so far, in order; fields of files that are not among them become columns. */
  readonly known: readonly LakeField[]
  /** Each file is read before the next one is asked for. */
  readonly files: AsyncIterable<BatchFile>
  /** A value that does not fit the type of its column: kept beside it (unless set), or rejected with its record. */
  readonly onConflict?: 'side' | 'reject'
  /**
   * Whether the files, all of one origin, are what it holds now. Rows without a key that only come once are then told from those
   * that it brought before by what they hold; otherwise each of them is another one.
   */
  readonly isWhole?: boolean
  /** Other origins that this one has held the same as: what they brought may be shown again by it. */
  readonly copiedFrom?: readonly Origin[]
  /** What says of records whether they are as was agreed; those that are not are rejected. */
  readonly judge?: Judge | undefined
  readonly at: Date
  readonly signal: AbortSignal
  /** Hears of fields that became text because their inferred type did not hold. */
  readonly onWidened?: (names: readonly string[]) => void
}

/** What became of the records; `received` = `stored` + `unchanged` + `rejected`. */
export interface Counts {
  readonly received: number
  readonly stored: number
  readonly unchanged: number
  readonly rejected: number
  /** Rows that were there and are no longer in the source; only in mode `full`. */
  readonly removed: number
}

/** One loaded file and its place in the order of arrival. */
export interface Piece {
  readonly of: BatchFile
  readonly loaded: Loaded
  readonly first: number
  readonly last: number
}

/** An arrival whose files are all loaded. */
export interface Work extends Omit<Arrival, 'files'> {
  readonly pieces: readonly Piece[]
  /** The fields of all its files together. */
  readonly fields: readonly LakeField[]
}

/** The columns of the key. */
export const keysOf = ({ primaryKey }: Work) => primaryKey.map((name) => column(name))

/** A record without a value in every column of the key cannot be taken. */
export const neededOf = (primaryKey: readonly string[]): { readonly needed?: Needed } =>
  primaryKey.length === 0
    ? {}
    : { needed: { fields: primaryKey, reason: `the key (${primaryKey.join(', ')}) is empty` } }

/** The rows of all pieces with their positions. */
export function rowsOf(work: Work): Draft {
  const selects = work.pieces.map(({ of, loaded, first }) => {
    const has = new Set(of.fields.map(({ name }) => name))
    const cells = work.fields.map((field) => {
      if (has.has(field.name)) return column(field.name)
      return as(
        beside(field, loaded) ?? sql`cast(null as ${typeName(field.type)})`,
        column(field.name),
      )
    })
    const from =
      loaded.misfitRows === 0
        ? loaded.table
        : sql`${loaded.table} left join (select _row as _misfit, texts as _texts from ${loaded.misfits}) m on _misfit = _row`
    const place = sql`_row + ${value(first - 1)} as ${position}`
    return sql`select ${join([...cells, place])} from ${from}`
  })
  return sql`(${join(selects, sql` union all `)})`
}

/** The value that a file has for a column beside another. */
function beside({ sideOf: main, type }: LakeField, { misfitRows }: Loaded): Part | undefined {
  if (main === undefined || type !== 'text' || misfitRows === 0) return undefined
  return call('json_text', column('_texts'), value(`/${main}`))
}

/** What an arrival shows as it is now, with what that is a copy of; nothing where each of its records is handed over once. */
export function wholeOrigins(work: Work): readonly Origin[] | undefined {
  const { mode, primaryKey, isWhole: isAll, pieces } = work
  const of = pieces[0]?.of
  return mode !== 'append' || primaryKey.length > 0 || !isAll || !of
    ? undefined
    : originsOf(work, of)
}

/** What a file was taken from, and what that is a copy of. */
export const originsOf = (
  { copiedFrom = [] }: Pick<Work, 'copiedFrom'>,
  { origin, name }: BatchFile,
): readonly Origin[] => [{ name: origin ?? name }, ...copiedFrom]
