import type { Statement } from './derive.ts'
import type { SeenEvent, TailFilter } from './tail.ts'

/** Where items go, and what is asked of them. */
export interface Target {
  /** The stream, and so the lake object, that items go to. */
  readonly stream: string
  /** Why a value cannot be taken, as the contract of the stream says; nothing when it can. */
  readonly problemWith?: ((value: Message) => string | undefined) | undefined
  /** What is odd about a value that is taken all the same; the verdict tells. */
  readonly warningOn?: ((value: Message) => string | undefined) | undefined
  /** Why something that was sent before cannot be taken, as its wire says; asked of what comes by no wire: mended, run again. */
  readonly problemWithMended?: ((value: Message) => string | undefined) | undefined
  /** The labels of fields, besides those of the key, that need a value in every row of a file. */
  readonly needed?: readonly string[] | undefined
  /** The streams that take what events say of people, accounts and orders. */
  readonly statements?: Readonly<Partial<Record<Statement['about'], string>>> | undefined
}

/** What a write key opens. */
export interface Source extends Target {
  readonly writeKey: string
  readonly connection: string
  /** What kind of sender it is: a page in a browser does not know its own address, a server speaks for others. */
  readonly sender: 'browser' | 'server'
}

/** One JSON object, as it is to be kept. */
export type Message = Readonly<Record<string, unknown>>

/** One thing that a client sent. */
export interface Item {
  /** What tells a repetition. */
  readonly id?: string | undefined
  /** `put` unless said otherwise; `delete` holds just the members of the primary key. */
  readonly kind?: 'put' | 'delete'
  readonly value: Message
  /** Why it cannot be taken, when the wire itself says so. It is kept with this reason. */
  readonly refused?: string | undefined
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
  /** Where what is sent to a stream goes; nothing when it is no stream that receives. Answers at once, from memory. */
  readonly targetOf: (stream: string) => Target | undefined
  /**
   * Keeps items, in this order; settles when all are on disk. Throws `log.busy` (429) under pressure and `log.trouble` (503) when
   * storage fails: then nothing of it was kept, and the client may try again.
   */
  readonly take: (
    target: Target,
    items: readonly Item[],
    about: About,
  ) => Promise<readonly Verdict[]>
  /** Keeps what came with a write key that opens nothing, until somebody adopts it; 7 days. */
  readonly park: (
    writeKey: string,
    items: readonly Item[],
    about: About,
  ) => Promise<readonly Verdict[]>
  /** The events that came last, newest first. */
  readonly tail: (
    filter: TailFilter,
    of: { readonly limit: number; readonly after?: number | undefined },
  ) => readonly SeenEvent[]
}

/** By which wire items came, and when. */
export interface About {
  /** Such as `segment`, `events`, `ingest`, `webhook`. */
  readonly wire: string
  readonly receivedAt: Date
}
