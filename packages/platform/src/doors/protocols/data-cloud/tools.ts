import type { Access } from '#access'
import type { Collect } from '#collect'
import type { Jobs, Progress } from '#jobs'
import type { Clock } from '#kernel/clock.ts'
import type { Ids } from '#kernel/ids.ts'
import type { Log } from '#kernel/log.ts'
import type { Store } from '#store'
import type { IngestObject } from './object.ts'

/** What the wire is made of. */
export interface DataCloudTools {
  readonly collect: Pick<Collect, 'take'>
  readonly access: Pick<Access, 'callerOf'>
  /** What may be sent under these two names, compared without regard to upper and lower case. */
  readonly objectOf: (source: string, object: string) => Promise<IngestObject | undefined>
  readonly load: Load
  readonly store: Store
  readonly jobs: Jobs
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
  /** Where files of bulk jobs wait; belongs to this room alone. */
  readonly folder: string
  /** 32 bytes that sign and seal the tokens that are given out. */
  readonly key: Uint8Array
  /** How many proxies stand before this server and are believed; none unless set. */
  readonly proxies?: number
  /** What clients call this installation, such as in connection strings of the query wire. */
  readonly tenant?: string
}

/**
 * Takes the files of one bulk job into the lake, in the order given. A part whose fingerprint the lake has seen is left out
 * and counts as what became of it then, so that loading twice changes nothing, the counts included.
 */
export type Load = (of: BulkLoad) => Promise<BulkCounts>

/** The files of one bulk job. */
export interface BulkLoad {
  readonly stream: string
  readonly operation: 'upsert' | 'delete'
  readonly parts: readonly BulkPart[]
  readonly signal: AbortSignal
  readonly progress: (progress: Progress) => void
}

/** One file: UTF-8 without byte order mark, commas, RFC 4180, always with a header. */
export interface BulkPart {
  readonly name: string
  /** Tells whether it is the same part again. */
  readonly fingerprint: string
  readonly path: string
  readonly compressed: boolean
  /**
   * The header as it stands in the file, in order. All fields of the object are there, under their labels in any case; others
   * may be too. A file of deletions has the primary key, and may have one column more, which says nothing about which rows.
   */
  readonly columns: readonly string[]
}

/** What became of the records; `received` = `stored` + `unchanged` + `rejected`, and of deletions the keys that named a row beside these. */
export interface BulkCounts {
  readonly received: number
  readonly stored: number
  readonly unchanged: number
  readonly rejected: number
  readonly removed: number
}
