/**
 * What an entry says of its object: its values, some of its values, its end, or that it could not be taken as one. A `duplicate`
 * only notes its id, of what is there already: whatever comes with it is a repetition. Its body is `{"id":...}`.
 */
export type EntryKind = 'put' | 'merge' | 'delete' | 'rejected' | 'parked' | 'duplicate'

/** One thing to be kept. */
export interface Entry {
  /** The lake object it belongs to, or empty for what is parked; key-like, no control characters. */
  readonly stream: string
  readonly kind: EntryKind
  /** What tells a repetition, by stream; without one it is never a repetition. */
  readonly id?: string
  /** One JSON object on one line, as `JSON.stringify` writes it. */
  readonly body: string
}

/** Where an entry went. A duplicate takes a position too, so that counts balance. */
export interface Kept {
  readonly position: number
  readonly duplicate: boolean
  /** When it came, as its line says. */
  readonly at: number
}

/**
 * What was kept together. Each line is `position \t at \t stream \t kind \t body \n`; `at` is in milliseconds since the
 * epoch and never goes back; kind is one of EntryKind: `duplicate` for whatever came again.
 */
export interface Chunk {
  readonly first: number
  readonly last: number
  readonly count: number
  /** When its last line came. */
  readonly at: number
  readonly lines: Uint8Array<ArrayBuffer>
}

/** A log of events: durable, ordered, read by position. */
export interface EventLog {
  /**
   * Puts entries at the end, in this order, all or none; settles when they are on disk. An entry whose id the stream
   * has had within the window is kept as a duplicate. Rejects with `log.busy` (429, `details.retryAfterSeconds`)
   * before memory grows, and with `log.trouble` (503) when storage fails.
   */
  readonly append: (entries: readonly Entry[]) => Promise<readonly Kept[]>
  /**
   * What comes after a position, oldest first, until about `maxBytes` (one chunk at least); empty when there is
   * nothing. Chunks are whole: the first may begin at or before `after`, the last may end after `upTo`; the reader trims.
   */
  readonly read: (
    after: number,
    of: { readonly maxBytes: number; readonly upTo?: number },
  ) => Promise<readonly Chunk[]>
  /** The last durable position, 0 when there was never any. Positions rise, with gaps where storage failed. */
  readonly head: () => number
  /** Whether what comes to a stream with an id now would be a duplicate. */
  readonly knows: (stream: string, id: string) => boolean
  /** Calls after everything that became durable; the answer ends that. */
  readonly onAppended: (hear: () => void) => () => void
  /** How far a consumer has read; one that is new begins at 0 and from now on holds back what it has not passed. */
  readonly consumer: (name: string) => Promise<number>
  /**
   * Notes durably how far a consumer has read. One that is ahead of the log (an older copy was put back) lifts the
   * log, so that no position it has passed is given out again.
   */
  readonly moveConsumer: (name: string, to: number) => Promise<void>
  /** Ends a consumer, so that it holds nothing back any more. */
  readonly dropConsumer: (name: string) => Promise<void>
  /** Lets go, in small steps, of what is older than the retention and behind every consumer. */
  readonly retain: () => Promise<{ readonly chunks: number }>
  readonly figures: () => LogFigures
  /** Writes a sound copy to a new file while others go on appending and reading. */
  readonly backupTo: (file: string) => Promise<void>
  /** Finishes what is under way; whatever is appended later is refused. */
  readonly close: () => Promise<void>
  readonly [Symbol.asyncDispose]: () => Promise<void>
}

/** How the log is, for health pages. */
export interface LogFigures {
  readonly head: number
  /** The oldest that can still be read. */
  readonly oldest?: { readonly position: number; readonly at: number }
  /** On disk, without the ids. */
  readonly bytes: number
  /** Accepted and not yet on disk. */
  readonly waitingBytes: number
  /** Groups kept since the log was opened. */
  readonly groups: number
  readonly ids: IdFigures
  /** Why the last group could not be kept; absent once one was. */
  readonly lastError?: { readonly at: number; readonly say: string }
}

/** How many ids are known, and where. */
export interface IdFigures {
  readonly known: number
  readonly memoryBytes: number
  readonly diskBytes: number
  readonly files: number
}
