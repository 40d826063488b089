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

export interface Origin {
  readonly record: string
  readonly stream: string
  readonly source: string
  readonly file?: string
  readonly row?: number
}

export interface ProfileHit {
  readonly id: string
  readonly name?: string
  readonly email?: string
  readonly phone?: string
  readonly city?: string
  readonly country?: string
  readonly records: number
}

export interface ProfilePage {
  readonly profiles: readonly ProfileHit[]
  /** How many there are in all, when that is known. */
  readonly total?: number
}

export interface Candidate {
  readonly value: unknown
  readonly from: Origin
}

export interface ProfileValue {
  readonly field: string
  readonly label: string
  readonly type: FieldType
  readonly value: unknown
  readonly from?: Origin
  readonly rule?: string
  readonly candidates: readonly Candidate[]
}

export interface ContactPoint {
  readonly kind: 'email' | 'phone' | 'address'
  readonly value: string
  readonly usage?: string
  readonly is_primary?: boolean
  readonly from: readonly Origin[]
}

export interface Profile {
  readonly id: string
  readonly name: string
  readonly records: number
  readonly streams: readonly string[]
  readonly values: readonly ProfileValue[]
  readonly contact_points: readonly ContactPoint[]
}

export interface TimelineEntry {
  readonly id: string
  readonly object: string
  readonly label: string
  readonly at: string
  readonly shows: readonly {
    readonly field: string
    readonly label: string
    readonly type: FieldType
    readonly value: unknown
  }[]
  readonly from: Origin
}

export interface TimelinePage {
  readonly entries: readonly TimelineEntry[]
  readonly next?: string
  readonly kinds: readonly {
    readonly object: string
    readonly label: string
    readonly count: number
  }[]
}

export interface SourceRecord {
  readonly record: string
  readonly from: Origin
  readonly since?: string
  readonly values: Readonly<Record<string, unknown>>
}

export interface SourceRecords {
  readonly fields: readonly StreamField[]
  readonly records: readonly SourceRecord[]
}

export interface ProfileChange {
  readonly position: string
  readonly at?: string
  readonly kind: 'created' | 'merged' | 'split' | 'retired' | 'members'
  readonly other?: string
  readonly say?: string
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
export interface Stay {
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
