import type { Chunk } from '../event-log.ts'
import type { IdsToWrite } from '../ids/id-file-writer.ts'

/** What was gathered while the disk was busy, to be kept whole. */
export interface Group {
  readonly first: number
  readonly last: number
  readonly count: number
  readonly at: number
  readonly ran: number
  /** Hashes of the ids seen for the first time, 16 bytes each. */
  readonly ids: Uint8Array
  readonly lines: Uint8Array<ArrayBuffer>
}

/** The oldest chunk that can still be read. */
export interface Oldest {
  readonly position: number
  readonly at: number
}

/** The version of the file's format that this program writes. */
export const formatVersion = 1

/** Where the log stopped; nothing was touched when its version is newer than ours. */
export interface Opened {
  readonly version: number
  readonly head: number
  readonly at: number
  readonly ran: number
  readonly oldest: Oldest | undefined
}

/** Hashes of ids that some chunks brought. */
export interface IdChunk {
  readonly first: number
  readonly last: number
  readonly ran: number
  readonly ids: Uint8Array<ArrayBuffer>
}

/** What one step of letting go did. */
export interface Dropped {
  readonly chunks: number
  readonly isDone: boolean
  readonly oldest: Oldest | undefined
}

/** Everything the thread can be asked to do. */
export interface Work {
  open: { of: { file: string }; answer: Opened }
  /** The answer is the buffer of the lines, to be filled again. */
  keep: { of: Group; answer: ArrayBuffer }
  read: {
    of: { after: number; upTo: number; maxBytes: number }
    answer: { chunks: readonly Chunk[]; isAll: boolean }
  }
  ids: {
    of: { after: number; upTo: number; ran: number; maxBytes: number }
    answer: { chunks: readonly IdChunk[]; isAll: boolean }
  }
  writeIds: { of: IdsToWrite; answer: undefined }
  consumer: { of: { name: string }; answer: number }
  moveConsumer: { of: { name: string; to: number }; answer: undefined }
  dropConsumer: { of: { name: string }; answer: undefined }
  drop: { of: { before: number; ran: number }; answer: Dropped }
  close: { of: { readonly now: true }; answer: undefined }
}

/** A question on its way to the thread. */
export type Sent = {
  [Kind in keyof Work]: { readonly id: number; readonly kind: Kind; readonly of: Work[Kind]['of'] }
}[keyof Work]

/** An answer on its way back; `errcode` is SQLite's extended result code. */
export type Answer = { readonly id: number } & (
  | { readonly answer: unknown }
  | { readonly error: { readonly message: string; readonly errcode: number | undefined } }
)
