import type { Contract } from '#collect'
import type { ArrivingFile, Engine } from '#engine'
import { columnNames } from '#kernel/names.ts'
import {
  type BatchFile,
  batchCountsOf,
  type Counts,
  fieldsOf,
  type LakeField,
  take,
  takeDeletions,
} from '#lake'
import { judgeOf, withNeeded } from './agreed.ts'

/** A delimited file that was sent in bulk: UTF-8, commas, RFC 4180, with a header. */
export interface BulkFile {
  readonly name: string
  /** Tells whether it is the same file again. */
  readonly fingerprint: string
  readonly path: string
  readonly compressed: boolean
  /** The header as it stands in the file. */
  readonly columns: readonly string[]
}

/** Files for one stream. */
export interface Bulk {
  readonly stream: string
  readonly mode: 'upsert' | 'append' | 'delete'
  readonly primaryKey: readonly string[]
  /** What the stream declares; columns are found by their labels, in any case. */
  readonly fields: readonly LakeField[]
  /** What becomes of a value that does not fit: kept beside its column, or rejected with its record. */
  readonly onConflict: 'side' | 'reject'
  /** What has been agreed on of every record. */
  readonly contract?: Contract | undefined
  /** The labels of fields, besides those of the key, that need a value in every row. */
  readonly needed?: readonly string[]
  readonly files: readonly BulkFile[]
  readonly signal: AbortSignal
  readonly onFile: (done: number) => void
}

/** Takes files into the lake, each in one step; one that was taken before only counts as what became of it then. */
export async function loadBulk(tools: BulkTools, of: Bulk): Promise<Counts> {
  let counts: Counts = { received: 0, stored: 0, unchanged: 0, rejected: 0, removed: 0 }
  for (const [i, bulk] of of.files.entries()) {
    of.signal.throwIfAborted()
    const { stream } = of
    const was = await batchCountsOf(tools.engine, { stream, fingerprint: bulk.fingerprint })
    counts = plus(counts, was ?? (await loadOne(tools, of, bulk)))
    of.onFile(i + 1)
  }
  return counts
}

interface BulkTools {
  readonly engine: Engine
  readonly now: () => Date
}

async function loadOne(
  { engine, now }: BulkTools,
  { stream, mode, primaryKey, fields, onConflict, contract, needed = [], signal }: Bulk,
  bulk: BulkFile,
): Promise<Counts> {
  const known = await fieldsOf(engine, stream)
  const file = await describe(engine, bulk, { fields: [...known, ...fields], signal })
  const common = { stream, primaryKey, known, at: now(), signal }
  if (mode === 'delete') return takeDeletions(engine, { ...common, file })
  const judge = judgeOf(withNeeded(contract, needed))
  return take(engine, { ...common, mode, onConflict, judge, files: only(file) })
}

async function describe(
  engine: Engine,
  { name, fingerprint, path, compressed, columns: labels }: BulkFile,
  of: { fields: readonly LakeField[]; signal: AbortSignal },
): Promise<BatchFile> {
  const declared = labels.map((label) =>
    of.fields.find((field) => field.label.toLowerCase() === label.toLowerCase()),
  )
  const names = columnNames(labels.map((label, i) => declared[i]?.name ?? label))
  const columns = labels.map((label, i) => ({ label, name: names[i] ?? label, empty: false }))
  const file: ArrivingFile = {
    name,
    format: 'csv',
    path,
    compressed,
    delimiter: ',',
    quote: '"',
    escape: '"',
    header: true,
    columns,
  }
  const strangers = columns.filter((_, i) => declared[i] === undefined).map((one) => one.name)
  const found = strangers.length === 0 ? [] : (await engine.survey(file, of.signal)).fields
  const fields = columns.map(({ label, name: field }, i) => ({
    // As it is declared, whatever case the header has.
    label: declared[i]?.label ?? label,
    name: field,
    type: declared[i]?.type ?? found.find((one) => one.name === field)?.type ?? 'text',
  }))
  return { name, fingerprint, file, fields, guessed: strangers }
}

async function* only<T>(item: T): AsyncGenerator<T> {
  yield item
}

const plus = (a: Counts, b: Counts): Counts => ({
  received: a.received + b.received,
  stored: a.stored + b.stored,
  unchanged: a.unchanged + b.unchanged,
  rejected: a.rejected + b.rejected,
  removed: a.removed + b.removed,
})
