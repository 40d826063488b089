import type { Profile, ProfileValue, StreamHours, StreamOverview } from '@tessera/platform/contract'

/** A field of a stream. */
export type StreamField = StreamOverview['fields'][number]

/** What became of records. */
export type LedgerCounts = Omit<StreamOverview['ledger'], 'batches'>

/** What became of what arrived in an hour, or in several. */
export type Fates = Omit<StreamHours['totals'], 'waiting'>

/** A value of a record as JSON carries it. */
export type Cell = ProfileValue['value']

/** A record that is a profile, with its file, row and values. */
export type ProfileSource = Profile['sources'][number]

/** Why two records are one. */
export type ProfileLink = Profile['links'][number]

/** One thing that happened to a profile. */
export type ProfileChange = Profile['history'][number]
