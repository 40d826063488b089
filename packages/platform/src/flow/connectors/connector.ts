import type { TSchema } from 'typebox'
import type { Clock } from '#kernel/clock.ts'
import { type Read, read } from '#kernel/read.ts'
import type { FieldType } from '#kernel/scalar.ts'
import type { Outgoing } from '#outgoing'
import { connectorFaults } from './faults.ts'
import type { Spool } from './spool.ts'
import type { SpooledFile } from './spooled-file.ts'

/** What a connector says of itself: plain data, also for a browser. */
export interface ConnectorDefinition<
  Settings extends TSchema = TSchema,
  Source extends TSchema = TSchema,
> {
  readonly key: string
  readonly label: string
  readonly about: string
  /** Of a connection. */
  readonly settings: Settings
  /** Of what a stream takes from a connection. */
  readonly source: Source
  /** Only of systems that send by themselves: whether what comes may have members that nobody has named before. */
  readonly sendsAnything?: boolean
}

/** Something that could be taken from a connection. */
export interface Offer {
  readonly name: string
  /** What a stream says to take just this. */
  readonly source: Readonly<Record<string, unknown>>
  readonly sizeBytes?: number
  /** About how many records there are. */
  readonly rows?: number
  readonly changedAt?: Date
}

/** A part of what is there now, as a file. */
export interface Batch {
  /** What a person calls it, such as the path below the connection's folder. */
  readonly name: string
  /** Opaque; another one when the content is another one. */
  readonly fingerprint: string
  readonly file: SpooledFile
  /** How far a reader has got who has taken this batch; opaque, given back as `Reading.cursor`. */
  readonly cursor?: string
  /** What it was taken from, where several batches are taken from one thing, such as a list or a table; its name unless set. */
  readonly origin?: string
  /**
   * Whether its origin is handed over as it is now, so that records come again that came before, maybe in several batches that follow
   * each other. Otherwise each record is handed over once.
   */
  readonly isWhole?: boolean
  /**
   * Whether it begins anew where those that follow it from the same origin do not come as well: how far the source has been read is only
   * known after all of them. Rows that nothing tells from each other are then taken together, or a reading that was cut would bring some
   * of them twice.
   */
  readonly isOnlyWithRest?: boolean
}

/** What listing needs. */
export interface Listing<Settings> {
  readonly settings: Settings
  readonly signal: AbortSignal
}

/** What reading needs. */
export interface Reading<Settings, Source> {
  readonly settings: Settings
  readonly source: Source
  /** Whether a batch with this fingerprint was taken before; it is then left out, without looking into it. */
  readonly known: (fingerprint: string) => boolean
  /** How far this source has been read, as the batch that was taken last said; nothing the first time. */
  readonly cursor?: string | undefined
  readonly spool: Spool
  readonly signal: AbortSignal
}

/** What a connector that reaches out is given: the guarded ways out, secrets by name, and the time. */
export interface ReachingTools {
  readonly network: Pick<Outgoing, 'send' | 'receive' | 'connect'>
  readonly secret: (name: string) => Promise<string>
  readonly clock: Clock
}

/** A field that a lake object has from the start: what it is called in the body that arrives, its name, its type. */
export interface ReceivedField {
  readonly label: string
  readonly name: string
  readonly type: FieldType
}

/** What arrives by itself for a stream: one JSON object after the other, through a door and the log. */
export interface Receives {
  readonly fields: readonly ReceivedField[]
  /** Members that belong to the way it is sent: whoever agrees on what comes does not have to name them. */
  readonly always?: readonly string[]
  /** The labels of fields that need a value; how single records are asked for it is their wire's. */
  readonly needed?: readonly string[]
}

/** Reads one kind of system. A new one is a folder in `sources` and a line in the list. */
export interface Connector extends ConnectorDefinition {
  /** Only of systems that send by themselves: what a stream of them takes. They are not read. */
  readonly receives?: (of: { settings: unknown; source: unknown }) => Receives
  /** What could be taken from a connection. Settings are checked first. */
  readonly list: (of: Listing<unknown>) => Promise<readonly Offer[]>
  /**
   * Hands over what is there now, one batch after the other. A batch's file is there until the next is asked for or the
   * loop ends. What cannot be read is thrown at the end, all of it together, so that it does not keep back the rest.
   */
  readonly read: (of: Reading<unknown, unknown>) => AsyncIterable<Batch>
}

/** What a plug-in writes; its settings and source come checked and typed by its own schemas. */
export interface ConnectorParts<Settings extends TSchema, Source extends TSchema>
  extends ConnectorDefinition<Settings, Source> {
  readonly list: (of: Listing<Read<Settings>>) => Promise<readonly Offer[]>
  readonly read: (of: Reading<Read<Settings>, Read<Source>>) => AsyncIterable<Batch>
}

/** What is written of a system that sends by itself. */
export interface ReceiverParts<Settings extends TSchema, Source extends TSchema>
  extends ConnectorDefinition<Settings, Source> {
  readonly offers: (settings: Read<Settings>) => readonly Offer[]
  readonly receives: (of: { settings: Read<Settings>; source: Read<Source> }) => Receives
}

/** Makes a connector of its parts. */
export function defineConnector<Settings extends TSchema, Source extends TSchema>(
  parts: ConnectorParts<Settings, Source>,
): Connector {
  const settingsOf = (value: unknown) => read(parts.settings, value, 'settings')
  return {
    ...parts,
    list: async (of) => parts.list({ ...of, settings: settingsOf(of.settings) }),
    read: (of) => {
      const settings = settingsOf(of.settings)
      const source = read(parts.source, of.source, 'source')
      return removedAfterUse(parts.read({ ...of, settings, source }), of.spool)
    },
  }
}

/** Makes a connector of a system that sends by itself: there is something to define, nothing to read. */
export function defineReceiver<Settings extends TSchema, Source extends TSchema>(
  parts: ReceiverParts<Settings, Source>,
): Connector {
  const settingsOf = (value: unknown) => read(parts.settings, value, 'settings')
  return {
    ...parts,
    receives: (of) =>
      parts.receives({
        settings: settingsOf(of.settings),
        source: read(parts.source, of.source, 'source'),
      }),
    list: async ({ settings }) => parts.offers(settingsOf(settings)),
    read: () => {
      throw connectorFaults.sends_by_itself({ connector: parts.label })
    },
  }
}

async function* removedAfterUse(batches: AsyncIterable<Batch>, spool: Spool) {
  for await (const batch of batches) {
    try {
      yield batch
    } finally {
      await spool.remove(batch.file.path)
    }
  }
}
