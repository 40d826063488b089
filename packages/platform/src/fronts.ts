import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Access } from '#access'
import type { Collect, Collecting, Item, Message } from '#collect'
import type { Connectors } from '#connectors'
import type { IngestApiSettings, WebhookSettings } from '#connectors/definition'
import { type BulkLoad, type IngestObject, makeDataCloudFront } from '#data-cloud'
import type { Decisions } from '#decisions'
import { makeDecisionsFront } from '#decisions-wire'
import type { Catalogue } from '#definitions'
import type { Engine } from '#engine'
import { makeEventsFront } from '#events-wire'
import type { Jobs } from '#jobs'
import type { Clock } from '#kernel/clock.ts'
import type { Front } from '#kernel/front.ts'
import type { Ids } from '#kernel/ids.ts'
import type { Log } from '#kernel/log.ts'
import { makeProfileApiFront, type ProfileReading } from '#profile-api'
import { makeSegmentSpecFront } from '#segment-spec'
import type { Secrets, Store } from '#store'
import { type ConnectionDefinition, liveStreamsIn, loadBulk, type StreamDefinition } from '#streams'
import { makeWebhookFront } from '#webhook-wire'
import { normalise, type Receipt } from '#wire'

/** Keeps messages as if they had come by the wire of their stream; tells why one is not taken. */
export const happenIn =
  (
    of: Pick<FrontTools, 'catalogue' | 'clock'> & {
      readonly intake: Collect
      readonly nextId: () => string
    },
  ) =>
  async (stream: string, given: Message): Promise<string | undefined> => {
    const { intake, clock, nextId } = of
    const all = await of.catalogue()
    const connection = all.find<StreamDefinition>('stream', stream)?.body.connection ?? ''
    const { connector } = all.get<ConnectionDefinition>('connection', connection).body
    const target = intake.targetOf(stream)
    if (!target) return `"${stream}" does not receive`
    const [wire, receivedAt] = ['test', clock.now()]
    const item: Item =
      connector === 'events'
        ? eventItem(given, { wire, receivedMs: receivedAt.getTime(), sender: 'server', nextId })
        : { value: given }
    const [verdict] = await intake.take(target, [item], { wire, receivedAt })
    return verdict?.status === 'stored' ? undefined : (verdict?.reason ?? verdict?.status)
  }

function eventItem(given: Message, receipt: Receipt): Item {
  const { message: value, id, refused } = normalise(given, receipt)
  return { value, ...(id && { id }), ...(refused && { refused }) }
}

/** What the wires are made of. */
export interface FrontTools {
  readonly access: Access
  readonly catalogue: () => Promise<Catalogue>
  readonly clock: Clock
  readonly collecting: Collecting
  readonly connectors: Connectors
  readonly dataFolder: string
  readonly decisions: Decisions
  readonly engine: Engine
  readonly ids: Ids
  readonly jobs: Jobs
  readonly log: Log
  /** The script that HTML snippets load: a file, or an address; none when empty. */
  readonly analyticsScript: string
  /** Where people are read, for those who ask by the wire of profiles. */
  readonly reading: Omit<ProfileReading, 'senders'>
  /** How many proxies stand in front and are believed. */
  readonly proxies: number
  /** What keeps the ids of a stream of events apart from others. */
  readonly qualifierOf: (stream: string) => string | undefined
  readonly secrets: Secrets
  readonly store: Store
}

/** The wires by which others send, in the order in which they are asked. Start them before the jobs. */
export function makeFronts(tools: FrontTools): {
  readonly fronts: readonly Front[]
  readonly startFronts: () => Promise<void>
  /** Asks anew what is defined; after every change. */
  readonly forget: () => void
} {
  const { catalogue, collecting, secrets } = tools
  const wire = { ...tools, collect: collecting.intake }
  const folder = join(tools.dataFolder, 'ingest')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  // Asked for every record that is sent.
  const objects = new Map<string, Promise<IngestObject | undefined>>()
  const objectOf = async (source: string, object: string) => {
    await collecting.settled()
    const name = JSON.stringify([source, object])
    const found =
      objects.get(name) ?? catalogue().then((all) => objectIn(all, tools, { source, object }))
    if (objects.size < mostObjects) objects.set(name, found)
    found.catch(() => objects.delete(name))
    return found
  }
  const dataCloud = makeDataCloudFront({
    ...wire,
    folder,
    key: secrets.keyFor('tokens of the ingestion wire'),
    objectOf,
    load: (of) => load(tools, of),
  })
  const webhook = makeWebhookFront({
    ...wire,
    secret: secrets.get,
    settingsOf: async (stream) => {
      // What was defined a moment ago may be sent to already.
      await collecting.settled()
      return webhookSettingsIn(await catalogue(), stream)
    },
  })
  const profileApi = makeProfileApiFront({
    ...tools,
    ...tools.reading,
    senders: async () =>
      liveStreamsIn(await catalogue(), tools.connectors)
        .filter(({ takes }) => takes === 'events')
        .map(({ key: stream }) => ({ stream, source: tools.qualifierOf(stream) ?? stream })),
  })
  return {
    fronts: [
      makeEventsFront(wire),
      makeSegmentSpecFront({ ...wire, script: scriptAt(tools.analyticsScript) }),
      profileApi,
      webhook,
      dataCloud,
      makeDecisionsFront(wire),
    ],
    startFronts: dataCloud.start,
    forget: () => objects.clear(),
  }
}

// A file that is not there is told of at the start, and not to those whose pages ask for it.
const scriptAt = (place: string) => {
  if (place === '') return undefined
  return /^https?:/.test(place) ? { url: place } : { text: readFileSync(place) }
}

// Names that nobody defined are remembered too, but not without end.
const mostObjects = 1000

/** What may be sent to a connection of the ingestion API, by the names that the wire calls it, in any case. */
function objectIn(
  all: Catalogue,
  { connectors, collecting }: FrontTools,
  of: { readonly source: string; readonly object: string },
): IngestObject | undefined {
  const isCalled = (name: string, word: string) => name.toLowerCase() === word.toLowerCase()
  const connection = all
    .list<ConnectionDefinition>('connection')
    .find(({ key, body }) => body.connector === 'ingest_api' && isCalled(key, of.source))
  if (!connection) return undefined
  // The connection was accepted by the schema that the type is taken from.
  const { objects } = connection.body.settings as IngestApiSettings
  const [name, declared] = Object.entries(objects).find(([one]) => isCalled(one, of.object)) ?? []
  const stream = all
    .list<StreamDefinition>('stream')
    .find(({ body }) => body.connection === connection.key && body.source['object'] === name)
  const live = liveStreamsIn(all, connectors).find(({ key }) => key === stream?.key)
  if (!declared || !live) return undefined
  const { primaryKey, fields } = live.shape
  return {
    stream: live.key,
    ...collecting.intake.targetOf(live.key),
    once: live.shape.mode === 'append',
    partial: live.shape.mode === 'merge',
    primaryKey,
    eventTime: fields.find(({ label }) => label === declared.event_time)?.name,
    fields: fields.flatMap(({ name: field, label }) => {
      const { type, required = false } = declared.fields[label] ?? {}
      return type === undefined ? [] : [{ name: field, label, type, required }]
    }),
  }
}

async function load(
  { catalogue, clock, connectors, engine }: FrontTools,
  { stream, operation, parts, signal, progress }: BulkLoad,
) {
  const live = liveStreamsIn(await catalogue(), connectors).find(({ key }) => key === stream)
  if (!live) throw new Error(`there is no stream ${stream} that receives`)
  const { primaryKey, fields, mode, onConflict = 'side' } = live.shape
  return loadBulk(
    { engine, now: clock.now },
    {
      stream,
      primaryKey,
      fields,
      onConflict,
      contract: live.contract,
      needed: live.needed ?? [],
      mode: operation === 'delete' ? operation : putModes[mode],
      files: parts,
      signal,
      onFile: (done) => progress({ done, total: parts.length }),
    },
  )
}

// Rows of a file are whole, so that there is nothing to merge them with.
const putModes = { append: 'append', upsert: 'upsert', merge: 'upsert' } as const

function webhookSettingsIn(all: Catalogue, stream: string): WebhookSettings | undefined {
  const of = all.find<StreamDefinition>('stream', stream)?.body.connection
  const body = all.find<ConnectionDefinition>('connection', of ?? '')?.body
  // As above.
  return body?.connector === 'webhook' ? (body.settings as WebhookSettings) : undefined
}
