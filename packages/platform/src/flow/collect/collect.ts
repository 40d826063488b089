import type { EventLog } from '#log'

/** What a write key opens. */
export interface Source {
  readonly writeKey: string
  /** The stream, and so the lake object, that its events go to. */
  readonly stream: string
  /** What kind of sender it is: a page in a browser does not know its own address, a server speaks for others. */
  readonly sender: 'browser' | 'server'
  /** Why a value cannot be taken, as the contract of the stream says; nothing when it can. */
  readonly problemWith: (value: Message) => string | undefined
}

/** One JSON object, as it is to be kept. */
export type Message = Readonly<Record<string, unknown>>

/** One thing that a client sent. */
export interface Item {
  /** What tells a repetition. */
  readonly id?: string
  /** `put` unless said otherwise; `delete` holds just the members of the primary key. */
  readonly kind?: 'put' | 'delete'
  readonly value: Message
  /** Why it cannot be taken, when the wire itself says so. It is kept with this reason. */
  readonly refused?: string
}

/** What became of an item. Whatever it is, it is on disk. */
export interface Verdict {
  readonly status: 'stored' | 'duplicate' | 'rejected' | 'parked'
  readonly reason?: string
  /** Its place in the log. */
  readonly position: number
}

/** Takes what clients send. */
export interface Collect {
  /** What a write key opens; nothing when it is unknown or closed: then `park`. Answers at once, from memory. */
  readonly sourceOf: (writeKey: string) => Source | undefined
  /**
   * Keeps items, in this order; settles when all are on disk. Throws `log.busy` (429) under pressure and `log.trouble` (503) when
   * storage fails: then nothing of it was kept, and the client may try again.
   */
  readonly take: (
    source: Pick<Source, 'stream' | 'problemWith'>,
    items: readonly Item[],
    about: About,
  ) => Promise<readonly Verdict[]>
  /** Keeps what came with a write key that opens nothing, until somebody adopts it; 7 days. */
  readonly park: (
    writeKey: string,
    items: readonly Item[],
    about: About,
  ) => Promise<readonly Verdict[]>
}

/** By which wire items came, and when. */
export interface About {
  /** Such as `segment`, `events`, `ingest`, `webhook`. */
  readonly wire: string
  readonly receivedAt: Date
}
