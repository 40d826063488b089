import type { IncomingMessage } from 'node:http'
import { type BodyLimits, gone, makeBodyReader } from './body.ts'
import { decode } from './decode.ts'
import { parsed, skimmedOr } from './json.ts'
import { isPacked, type UnpackLimits, unpack } from './unpack.ts'

/** The body of a request, understood. */
export interface Received {
  readonly value: unknown
  /** Whether nothing in it is deeper than a message may be. */
  readonly isShallow: boolean
  /** After unpacking. */
  readonly sizeBytes: number
  /** Whether its bytes were not the UTF-8 that JSON has to be. */
  readonly isGarbled: boolean
}

/** Reads the body of a request as JSON, however it is packed and labelled. */
export type JsonReader = (request: IncomingMessage) => Promise<Received | typeof gone>

/** What is special about what is read. */
export interface JsonOptions {
  /** Whether bodies are messages, whose objects may stay unread. */
  readonly areMessages?: boolean
}

export function makeJsonReader(
  limits: BodyLimits & UnpackLimits,
  { areMessages = false }: JsonOptions = {},
): JsonReader {
  const readBody = makeBodyReader(limits)
  const read = areMessages ? skimmedOr : parsed
  return async (request) => {
    const body = await readBody(request)
    if (body === gone) return gone
    const { 'content-encoding': packing, 'content-type': type } = request.headers
    const bytes = isPacked(body, packing) ? await unpack(body, packing, limits) : body
    const { text, isUtf8 } = decode(bytes, type)
    return {
      ...read(text, isUtf8 ? bytes : undefined),
      sizeBytes: bytes.length,
      isGarbled: !isUtf8,
    }
  }
}
