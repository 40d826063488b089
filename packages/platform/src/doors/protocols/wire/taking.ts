import type { IncomingMessage } from 'node:http'
import type { Collect, Source, Verdict } from '#collect'
import type { Clock } from '#kernel/clock.ts'
import type { Ids } from '#kernel/ids.ts'
import type { Log } from '#kernel/log.ts'
import { addressOf } from './address.ts'
import { type Batch, batchIn } from './batch.ts'
import { wireFaults } from './faults.ts'
import { writeKeysIn } from './keys.ts'
import { type Normal, normalise, type Receipt } from './message.ts'
import type { Received } from './read-json.ts'

/** What every wire needs. */
export interface WireTools {
  readonly collect: Pick<Collect, 'sourceOf' | 'take' | 'park'>
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
  /** How many proxies stand in front and note where requests came from; none unless said. */
  readonly proxies?: number
}

/** What a wire is. */
export interface WireKind {
  /** Its name, kept with every message. */
  readonly wire: string
  readonly mostMessageBytes: number
}

/** Messages that have arrived. */
export interface Delivery {
  readonly request: IncomingMessage
  readonly received: Received
  readonly query?: URLSearchParams | undefined
  /** What the address says that they are. */
  readonly type?: string | undefined
}

/** What became of one message. */
export interface Result extends Pick<Verdict, 'status' | 'reason'> {
  readonly messageId: string
}

/** What became of a delivery, message by message in their order. */
export interface Taken {
  readonly isBatch: boolean
  readonly results: readonly Result[]
}

/** Takes what has arrived: finds its source, reads every message, keeps all. Throws at once when it is nothing of the kind. */
export type Taking = (delivery: Delivery) => Promise<Taken>

/** No client packs a quarter of it into one request; tiny ones by the hundred thousand would keep everybody waiting. */
export const mostMessages = 10_000

// What is beyond is kept as rejected, because clients drop what a 4xx answers. No messages are so small that still more fit into a request.
const mostKept = 40_000

// What a request says for all of its messages is written into each of them.
const mostSpreadBytes = 64 * 1024 * 1024

const beyond = `a request takes ${mostMessages} messages; send the rest in others`

export function makeTaking(tools: WireTools, { wire, mostMessageBytes }: WireKind): Taking {
  const { collect, clock, ids, proxies = 0 } = tools

  // Not async: what was sent is let go while its text goes to the disk.
  return (delivery) => {
    const { request, received, query } = delivery
    const { messages, isBatch, ...batch } = batchIn(received.value)
    if (messages.length > mostKept)
      throw wireFaults.too_many({ found: messages.length, most: mostMessages })
    if (messages.length === 0) return Promise.resolve({ isBatch, results: [] })
    if (received.sizeBytes * messages.length > mostSpreadBytes) refuseSpread(batch, messages.length)

    const keys = writeKeysIn({ headers: request.headers, query, body: batch.writeKey })
    const source = openedBy(keys, collect)
    const receivedAt = clock.now()
    // Nobody has said who sends with a key that opens nothing; only pages name an origin.
    const guess = request.headers.origin === undefined ? 'server' : 'browser'
    const receipt: Receipt = {
      wire,
      receivedMs: receivedAt.getTime(),
      sender: source?.sender ?? guess,
      type: delivery.type,
      sentAt: batch.sentAt,
      context: batch.context,
      integrations: batch.integrations,
      address: addressOf(request, proxies),
      isGarbled: received.isGarbled,
      isShallow: received.isShallow,
      nextId: ids.next,
    }
    const mayBeLarge = received.sizeBytes > mostMessageBytes
    const messageIds: string[] = []
    const items = messages.map((raw, i) => {
      const normal = normalise(raw, receipt)
      messageIds.push(normal.messageId)
      const { id, message, refused } = mayBeLarge
        ? refuseLarge(normal, raw, mostMessageBytes)
        : normal
      return { id, value: message, refused: refused ?? (i < mostMessages ? undefined : beyond) }
    })

    const about = { wire, receivedAt }
    const taken = source
      ? collect.take(source, items, about)
      : collect.park(keys[0] ?? '', items, about)
    return taken.then((verdicts) => ({
      isBatch,
      results: messageIds.map((messageId, i) => resultOf(messageId, verdicts[i])),
    }))
  }
}

function refuseSpread({ context, integrations }: Partial<Batch>, messages: number): void {
  const bytes = Buffer.byteLength(JSON.stringify([context, integrations]))
  if (bytes * messages <= mostSpreadBytes) return
  const what = 'the batch, with its context in each of its messages,'
  throw wireFaults.too_large({ what, mostBytes: mostSpreadBytes })
}

function openedBy(keys: readonly string[], collect: WireTools['collect']): Source | undefined {
  for (const key of keys) {
    const source = collect.sourceOf(key)
    if (source) return source
  }
  return undefined
}

function refuseLarge(normal: Normal, raw: unknown, mostBytes: number): Normal {
  if (normal.refused !== undefined) return normal
  const bytes = Buffer.byteLength(JSON.stringify(raw))
  if (bytes <= mostBytes) return normal
  return { ...normal, refused: `it has ${bytes} bytes; ${mostBytes} are allowed` }
}

function resultOf(messageId: string, verdict: Verdict | undefined): Result {
  if (!verdict) throw new Error('a message was left without a verdict')
  const { status, reason } = verdict
  return reason === undefined ? { messageId, status } : { messageId, status, reason }
}
