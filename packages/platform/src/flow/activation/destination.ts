import type { TSchema } from 'typebox'
import type { Clock } from '#kernel/clock.ts'
import type { Problem } from '#kernel/fault.ts'
import { type Read, read } from '#kernel/read.ts'
import type { FieldType } from '#kernel/scalar.ts'
import type { Outgoing } from '#outgoing'
import type { Send } from './definition.ts'

/** What a destination promises when a batch is delivered again, as happens after a crash or a lost answer. */
export const guarantees = [
  'once by key',
  'once by file name',
  'once by upsert',
  'at least once',
] as const
export type Guarantee = (typeof guarantees)[number]

/** What a destination says of itself: plain data, also for a browser. */
export interface DestinationDefinition<Settings extends TSchema = TSchema> {
  readonly key: string
  readonly label: string
  readonly about: string
  readonly guarantee: Guarantee
  readonly settings: Settings
}

/** One value of a row. Integers beyond 2^53 are text of digits. */
export type PayloadValue =
  | string
  | number
  | boolean
  | null
  | readonly PayloadValue[]
  | { readonly [name: string]: PayloadValue }

/** One member as it is sent: `profile_id`, for changes `change` (entered, updated or left), then the attributes. */
export type PayloadRow = Readonly<Record<string, PayloadValue>>

/** What is delivered in one go: always the same rows under the same id, however often it is tried. */
export interface Batch {
  /** The idempotency key: activation, positions from and to, number. */
  readonly id: string
  readonly activation: string
  readonly segment: string
  readonly send: Send
  /** What the rows are: members, unless set; or the one of whom an action tells, which has settled already who is told of what. */
  readonly holds?: 'members' | 'a firing'
  /** The changes of the order of arrival that it covers: after `from`, up to `to`. */
  readonly from: number
  readonly to: number
  /** The number of this batch among those of the same positions, from 1, and how many there are. */
  readonly number: number
  readonly of: number
  readonly members: number
  /** The names in every row, in order, and the types of the values. */
  readonly columns: readonly string[]
  readonly types: Readonly<Record<string, FieldType>>
  readonly queuedAt: Date
  /** Whether all others of the same positions have been delivered: with this one the whole is there. */
  readonly isLast: boolean
  /** How many of the members, from the first, were dealt with at an earlier attempt; see `DeliveryTools.dealtWith`. */
  readonly done: number
  /** The members, in pieces that fit into memory. */
  readonly rows: () => AsyncIterable<readonly PayloadRow[]>
}

/** A member that goes its own way from here on, because the others of its batch could be sent. */
export interface SetApart {
  readonly row: PayloadRow
  readonly result: 'try again' | 'refused'
  readonly why: string
}

/** What is told of members besides those that were sent. */
export interface Dealt {
  /** How many members are dealt with now, from the first of the batch. */
  readonly done: number
  /** Members that were not meant to be sent, by the reason. */
  readonly filtered?: Readonly<Record<string, number>>
  readonly apart?: readonly SetApart[]
}

/** What became of a batch. A thrown fault below 500 counts as refused, anything else that is thrown as try again. */
export type Outcome =
  | { readonly result: 'sent' }
  | { readonly result: 'try again'; readonly why: string; readonly retryAfterMs?: number }
  | { readonly result: 'refused'; readonly why: string }

/** Where files may be written: relative folders start at `base`, absolute ones must lie in one of `allowed`. */
export interface OutFolders {
  readonly base: string
  readonly allowed: readonly string[]
}

/** What the room lends to a destination for one delivery. */
export interface DeliveryTools {
  /** The guarded ways out. */
  readonly network: Pick<Outgoing, 'send' | 'receive' | 'connect'>
  /** A secret in plain, by its name. */
  readonly secret: (name: string) => Promise<string>
  readonly folders: OutFolders
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Writes rows as a Parquet file, which is there while it is read. */
  readonly parquet: (of: Pick<Batch, 'columns' | 'types' | 'rows'>) => AsyncIterable<Uint8Array>
  /** Waits until the limits of the destination let another request go. */
  readonly pace: (members: number) => Promise<void>
  /** Keeps how far a batch has come, for destinations that take members one by one: after a crash the rest is sent. */
  readonly dealtWith: (of: Dealt) => Promise<void>
}

/** What is lent to a destination for a test of its connection. */
export type TestTools = Pick<DeliveryTools, 'network' | 'secret' | 'folders' | 'clock' | 'signal'>

/** The most members at once, and the most on one day. */
export interface Caps {
  readonly run?: number
  readonly day?: number
}

/** A channel, and the attribute by which somebody is reached over it. */
export interface Reaching {
  readonly channel: string
  readonly attribute: string
}

/** A place that is called, and where in the settings it stands. */
export interface CalledPlace {
  readonly at: string
  readonly host: string
  readonly port: number
}

/** The place that an address leads to; none where it is no address. */
export function calledBy(address: string, at: string): readonly CalledPlace[] {
  const url = URL.parse(address)
  if (!url) return []
  const usual = url.protocol === 'https:' ? 443 : 80
  return [{ at, host: url.hostname, port: url.port === '' ? usual : Number(url.port) }]
}

/** The name of a secret that signs, and where in the settings it stands. */
export interface SigningSecret {
  readonly at: string
  readonly name: string
}

/** A kind of place that members can be sent to. A new one is a folder in `destinations` and a line in both lists. */
export interface Destination extends DestinationDefinition {
  /** What is wrong with settings that the schema accepts; places begin at the settings. */
  readonly check: (settings: unknown) => readonly Problem[]
  /** The attributes that an activation must send here, by their names. */
  readonly needs: (settings: unknown) => readonly string[]
  /** What may be sent here; changes and everything unless said. */
  readonly sends?: readonly Send[]
  /** By what it reaches people itself, and the attribute that holds the contact point. */
  readonly reaches?: ((settings: unknown) => Reaching) | undefined
  /** The most members that may be sent at once and on one day, whatever else is defined. */
  readonly caps: (settings: unknown) => Caps
  /** The most members that one batch may have. */
  readonly batchSize: (settings: unknown) => number
  /** Names the place that is filled, where it can only hold the members of one activation. */
  readonly fills?: ((settings: unknown) => string) | undefined
  /** The folder on this machine that is written to. */
  readonly folder?: ((settings: unknown) => string | undefined) | undefined
  /** The places that are called, to tell beforehand of those that never are. */
  readonly calls?: ((settings: unknown) => readonly CalledPlace[]) | undefined
  /** The secrets that sign, to tell beforehand of those that cannot. */
  readonly signs?: ((settings: unknown) => readonly SigningSecret[]) | undefined
  /** Whether it is written as Parquet, which is not made for a single row. */
  readonly writesParquet?: ((settings: unknown) => boolean) | undefined
  readonly deliver: (batch: Batch, settings: unknown, tools: DeliveryTools) => Promise<Outcome>
  /** Looks whether members could be delivered, without any, and leaves nothing behind: a sentence for all that went well, a throw for what did not. */
  readonly test: (settings: unknown, tools: TestTools) => AsyncIterable<string>
}

/** What a plug-in writes; its settings come checked and typed by its own schema. */
export interface DestinationParts<Settings extends TSchema>
  extends DestinationDefinition<Settings> {
  readonly check?: (settings: Read<Settings>) => readonly Problem[]
  readonly needs?: (settings: Read<Settings>) => readonly string[]
  readonly sends?: readonly Send[]
  readonly reaches?: (settings: Read<Settings>) => Reaching
  readonly caps?: (settings: Read<Settings>) => Caps
  readonly batchSize: (settings: Read<Settings>) => number
  readonly fills?: (settings: Read<Settings>) => string
  readonly folder?: (settings: Read<Settings>) => string | undefined
  readonly calls?: (settings: Read<Settings>) => readonly CalledPlace[]
  readonly signs?: (settings: Read<Settings>) => readonly SigningSecret[]
  readonly writesParquet?: (settings: Read<Settings>) => boolean
  readonly deliver: (
    batch: Batch,
    settings: Read<Settings>,
    tools: DeliveryTools,
  ) => Promise<Outcome>
  readonly test: (settings: Read<Settings>, tools: TestTools) => AsyncIterable<string>
}

/** Makes a destination of its parts. */
export function defineDestination<Settings extends TSchema>(
  parts: DestinationParts<Settings>,
): Destination {
  const settingsOf = (value: unknown) => read(parts.settings, value, 'settings')
  const { check = () => [], needs = () => [], caps = () => ({}) } = parts
  const { reaches, fills, writesParquet, calls, signs, folder } = parts
  return {
    ...parts,
    check: (settings) => check(settingsOf(settings)),
    needs: (settings) => needs(settingsOf(settings)),
    reaches: reaches && ((settings) => reaches(settingsOf(settings))),
    caps: (settings) => caps(settingsOf(settings)),
    batchSize: (settings) => parts.batchSize(settingsOf(settings)),
    fills: fills && ((settings) => fills(settingsOf(settings))),
    folder: folder && ((settings) => folder(settingsOf(settings))),
    calls: calls && ((settings) => calls(settingsOf(settings))),
    signs: signs && ((settings) => signs(settingsOf(settings))),
    writesParquet: writesParquet && ((settings) => writesParquet(settingsOf(settings))),
    deliver: async (batch, settings, tools) => parts.deliver(batch, settingsOf(settings), tools),
    test: (settings, tools) => parts.test(settingsOf(settings), tools),
  }
}
