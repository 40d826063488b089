import { Unread } from '#kernel/unread.ts'
import { wireFaults } from './faults.ts'

/** The messages of a request, and what it says for all of them. */
export interface Batch {
  readonly messages: readonly unknown[]
  readonly isBatch: boolean
  readonly writeKey?: unknown
  readonly sentAt?: unknown
  readonly context?: unknown
  readonly integrations?: unknown
}

/** Takes a body apart. Clients mix the forms up, so every address takes one message as well as many. */
export function batchIn(body: unknown): Batch {
  if (Array.isArray(body)) return { messages: body, isBatch: true }
  if (!isObject(body)) throw wireFaults.not_a_message({ found: shown(body) })
  const { batch, writeKey, sentAt, context, integrations } = body
  if (batch === undefined) return { messages: [body], isBatch: false, writeKey }
  if (!Array.isArray(batch)) throw wireFaults.not_a_message({ found: `${shown(batch)} in "batch"` })
  return {
    messages: batch,
    isBatch: true,
    writeKey,
    sentAt,
    context: read(context),
    integrations: read(integrations),
  }
}

const read = (value: unknown) => (value instanceof Unread ? value.read() : value)

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null

const shown = (value: unknown) =>
  isObject(value) ? 'an object' : JSON.stringify(value).slice(0, 40)
