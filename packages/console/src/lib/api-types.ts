import type {
  FieldType,
  Profile,
  ProfileValue,
  StreamHours,
  StreamOverview,
} from '@tessera/platform/contract'

/** A field of a stream. */
export type StreamField = StreamOverview['fields'][number]

/** What became of records. */
export type LedgerCounts = Omit<StreamOverview['ledger'], 'batches'>

/** What became of what arrived in an hour, or in several. */
export type Fates = StreamHours['totals']

/** A value of a record as JSON carries it. */
export type Cell = ProfileValue['value']

/** A record that is a profile, with its file, row and values. */
export type ProfileSource = Profile['sources'][number]

/** Why two records are one. */
export type ProfileLink = Profile['links'][number]

/** One thing that happened to a profile. */
export type ProfileChange = Profile['history'][number]

/** What the console needs to know of an object of the model; the rest of the answer is not typed yet. */
export interface ModelObject {
  readonly key: string
  readonly label: string
  /** The field that says when it happened. */
  readonly time?: string
  readonly fields: Readonly<Record<string, { readonly type: FieldType }>>
}

/** All objects of the model. */
export interface ModelAnswer {
  readonly objects: readonly ModelObject[]
}
