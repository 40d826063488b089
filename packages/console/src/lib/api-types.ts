/** The shapes of the API that are not in the contract yet. */

export type FieldType =
  | 'text'
  | 'integer'
  | 'decimal'
  | 'number'
  | 'boolean'
  | 'date'
  | 'timestamp'
  | 'json'

export interface LedgerCounts {
  readonly received: number
  readonly stored: number
  readonly unchanged: number
  readonly rejected: number
}

export interface StreamRun extends LedgerCounts {
  readonly id: string
  readonly stream: string
  readonly started_at: string
  readonly finished_at?: string
  readonly state: 'running' | 'done' | 'failed' | 'interrupted'
  readonly removed: number
  readonly note?: string
  readonly fault?: string
}

export interface StreamField {
  readonly name: string
  readonly label: string
  readonly type: FieldType
}

export interface StreamOverview {
  readonly key: string
  readonly label: string
  readonly connection: string
  readonly mode: string
  readonly category: string
  readonly rows: number
  readonly ledger: LedgerCounts & { readonly batches: number }
  readonly fields: readonly StreamField[]
  readonly last_run?: StreamRun
}

export interface RejectedRecord {
  readonly file: string
  readonly record: number
  readonly reason: string
  readonly raw: string
  readonly taken_at: string
}

export interface Job {
  readonly id: string
  readonly kind: string
  readonly state: 'waiting' | 'running' | 'done' | 'failed' | 'cancelled'
  readonly createdAt: string
  readonly startedAt?: string
  readonly finishedAt?: string
  readonly progress?: { readonly done: number; readonly total?: number; readonly note?: string }
  readonly result?: unknown
  readonly fault?: { readonly code: string; readonly say: string }
}

export interface GraphNode {
  readonly key: string
  readonly kind: string
  readonly label: string
  readonly inputs: readonly string[]
  readonly freshness: 'live' | 'on demand' | 'by itself' | { readonly everyMs: number }
  readonly state: 'fresh' | 'stale' | 'never built' | 'running' | 'failed' | 'interrupted'
  /** Why it should be refreshed; none when it is up to date. */
  readonly why: readonly string[]
  readonly output: number
  readonly counts: Readonly<Record<string, number>>
  readonly note?: string
  readonly refreshedAt?: string
  readonly durationMs?: number
  readonly fault?: { readonly code: string; readonly say: string }
}

export interface GraphAnswer {
  readonly nodes: readonly GraphNode[]
  readonly edges: readonly { readonly from: string; readonly to: string }[]
}

/** What a run did, node by node in the order of the flow. */
export interface RunResult {
  readonly steps: readonly {
    readonly node: string
    readonly state: 'done' | 'failed' | 'left out'
    readonly fault?: string
  }[]
  readonly failed: number
  readonly waiting: number
}

export interface Summary {
  readonly sources: readonly {
    readonly stream: string
    readonly label: string
    readonly rows: number
    readonly rejected: number
    readonly people: boolean
  }[]
  readonly source_records: number
  readonly profiles: number
  readonly consolidation_rate: number
  readonly insights: readonly {
    readonly key: string
    readonly label: string
    readonly rows: number
  }[]
  readonly segments: readonly {
    readonly key: string
    readonly label: string
    readonly members: number
  }[]
  readonly deliveries: readonly {
    readonly activation: string
    readonly label: string
    readonly queued: number
    readonly delivered: number
    readonly waiting: number
    readonly dead: number
  }[]
}

/** What the console needs to know of an object of the model. */
export interface ModelObject {
  readonly key: string
  readonly label: string
  /** The field that says when it happened. */
  readonly time?: string
  readonly fields: Readonly<Record<string, { readonly type: FieldType }>>
}

export interface ModelAnswer {
  readonly objects: readonly ModelObject[]
}

/** A value of a record as JSON carries it. */
export type Cell = string | number | boolean

/** A record of a source. */
interface SourceRecord {
  /** Its 64-bit key, as digits. */
  readonly record: string
  readonly stream: string
  readonly source: string
  readonly id: string
}

/** A record with the file and the row that it came from. */
export interface Origin extends SourceRecord {
  readonly file?: string
  readonly row?: number
}

export interface ProfileSummary {
  readonly id: string
  readonly name: string
  readonly emails: readonly string[]
  readonly phones: readonly string[]
  readonly city?: string
  readonly country?: string
  readonly records: number
  readonly sources: readonly string[]
}

export interface FoundProfiles {
  readonly total: number
  readonly profiles: readonly ProfileSummary[]
}

export interface ProfileValue {
  readonly field: string
  readonly label: string
  readonly type: FieldType
  readonly value: Cell
  readonly from: Origin
  /** Other values that records of this profile have. */
  readonly candidates: readonly { readonly value: Cell; readonly from: readonly SourceRecord[] }[]
}

export interface ContactPoint {
  readonly value: string
  readonly normalised?: string
  readonly usage: readonly string[]
  readonly from: readonly SourceRecord[]
}

interface NamedCell {
  readonly field: string
  readonly label: string
  readonly value: Cell
}

/** A row of another object that belongs to a profile. */
export interface RelatedRow extends SourceRecord {
  readonly fields: readonly NamedCell[]
}

/** A record that is a profile, with its file, row and values. */
export interface ProfileSource extends Origin {
  readonly fields: readonly NamedCell[]
}

/** Why two records are one. */
export interface ProfileLink {
  readonly rule: string
  readonly label?: string
  readonly matched: string
  readonly left: SourceRecord
  readonly right: SourceRecord
}

export interface ProfileChange {
  readonly position: number
  readonly at: string
  readonly kind: 'created' | 'merged' | 'split' | 'retired' | 'members'
  readonly profile: string
  /** merged: the one that took it in; split: the one it was part of. */
  readonly other?: string
}

export interface Profile {
  readonly id: string
  /** The id that was asked for, when it has become this one. */
  readonly asked_for?: string
  readonly space: string
  readonly name: string
  readonly records: number
  readonly values: readonly ProfileValue[]
  readonly emails: readonly ContactPoint[]
  readonly phones: readonly ContactPoint[]
  readonly addresses: readonly ContactPoint[]
  readonly identifications: readonly RelatedRow[]
  readonly accounts: readonly RelatedRow[]
  readonly sources: readonly ProfileSource[]
  readonly links: readonly ProfileLink[]
  readonly history: readonly ProfileChange[]
  readonly counts: readonly {
    readonly object: string
    readonly label: string
    readonly rows: number
  }[]
}

export interface TimelineEvent extends SourceRecord {
  readonly at?: string
  readonly object: string
  readonly label: string
  readonly shows: readonly (NamedCell & {
    /** What the row that a link leads to is called. */
    readonly name?: string
  })[]
}

export interface Timeline {
  readonly events: readonly TimelineEvent[]
  readonly next?: string
}

export interface SegmentOverview {
  readonly key: string
  readonly label: string
  readonly about?: string
  readonly on: string
  readonly members?: number
  readonly changed_at?: string
  readonly last?: {
    readonly at: string
    readonly members: number
    readonly entered: number
    readonly left: number
  }
}

/** A stay of a person in a segment; without `left_at` it goes on. */
interface Stay {
  readonly segment: string
  readonly label?: string
  readonly entered_at: string
  readonly left_at?: string
}

export interface Stays {
  readonly current: readonly Stay[]
  readonly past: readonly Stay[]
}

export interface ActivationOverview {
  readonly key: string
  readonly label?: string
  readonly segment: string
  readonly destination: string
  readonly send: 'changes' | 'everything'
  readonly ledger: {
    readonly queued: number
    readonly delivered: number
    readonly waiting: number
    readonly dead: number
  }
}

/** What one insight says about one person. */
export interface InsightValues {
  readonly insight: string
  readonly label: string
  readonly rows: readonly Readonly<Record<string, unknown>>[]
}
