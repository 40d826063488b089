/** How up to date a node is kept. */
export type Freshness =
  /** At once when an input has moved. */
  | 'live'
  /** At once, and this often besides, as time alone changes it. */
  | { readonly atLeastEveryMs: number }
  /** When its time has come, and not in between. */
  | { readonly everyMs: number }
  /** At the times of a calendar, in UTC, and not in between. */
  | { readonly cron: string }
  | 'on demand'
  /** Only with these, which whoever wants it gives: no refresh can make it. */
  | { readonly asksFor: readonly string[] }
  /** It moves without being refreshed. */
  | 'by itself'

/** Whether a refresh can make a node: it neither moves by itself nor asks for what only a person gives. */
export const isMade = ({ freshness }: Pick<GraphNode, 'freshness'>): boolean =>
  freshness !== 'by itself' && !(typeof freshness === 'object' && 'asksFor' in freshness)

/** One derived thing (or a source of them), as its room describes it at each look. */
export interface GraphNode {
  /** Unique in the graph, such as `segment:vips`. */
  readonly key: string
  readonly kind: string
  readonly label: string
  /** The keys of the nodes it is made from. */
  readonly inputs: readonly string[]
  /** Fingerprint of what defines it, and after a `#` what amends that. When it changes, the node is made anew. */
  readonly definition: string
  /** What is said when only that which amends the definition has changed. */
  readonly amended?: string
  readonly freshness: Freshness
  /** Whether, where it takes long and follows its inputs at once, it rests between two refreshes by itself as long as all such nodes take together. */
  readonly rests?: 'as long as it costs'
  /** How far its output has come, where the room knows that itself: a source that also moves while nobody refreshes. */
  readonly position?: number
  /** How much it holds now, where the room knows that itself; these go before the counts of its last refresh. */
  readonly counts?: Counts
}

/** Whole numbers that tell people how much there is, such as `{ rows: 120 }`. */
export type Counts = Readonly<Record<string, number>>

/** The last good result of a node. It stays when a later attempt fails. */
export interface Built {
  readonly definition: string
  /** Up to which position it has worked in each input. */
  readonly worked: Readonly<Record<string, number>>
  readonly counts: Counts
  readonly note?: string
  readonly refreshedAt: string
  readonly durationMs: number
}

/** The last attempt at a node. */
export interface Tried {
  readonly definition: string
  readonly startedAt: string
  /** How often in a row it has failed. */
  readonly failures: number
  readonly fault?: NodeFault
}

/** Why an attempt failed. */
export interface NodeFault {
  readonly code: string
  readonly say: string
}

/** What is remembered of a node. */
export interface NodeState {
  readonly key: string
  readonly state: 'idle' | 'running' | 'failed' | 'interrupted'
  /** The position of its last change; rises whenever what it holds changes. */
  readonly output: number
  readonly built?: Built
  readonly tried?: Tried
}

/** The whole graph at one moment. */
export interface Look {
  readonly nodes: readonly GraphNode[]
  readonly states: ReadonlyMap<string, NodeState>
  readonly now: Date
}
