import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { type BodyLimits, gone, makeBodyReader } from './body.ts'
import { decode } from './decode.ts'
import { parsed, skimmedOr } from './json.ts'
import { makeRoom } from './room.ts'
import { isPacked, mostUnpacked, type UnpackLimits, unpack } from './unpack.ts'

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

/** Understands a body that has arrived. */
export type BodyParser = (body: Buffer, headers: IncomingHttpHeaders) => Promise<Received>

export function makeJsonReader(
  limits: BodyLimits & UnpackLimits,
  options: JsonOptions = {},
): JsonReader {
  const readBody = makeBodyReader(limits)
  const parse = makeBodyParser(limits, options)
  return async (request) => {
    const body = await readBody(request)
    return body === gone ? gone : parse(body, request.headers)
  }
}

/** Packed bodies wait for room: a few bytes of many clients could become more than the memory holds. */
export function makeBodyParser(
  limits: UnpackLimits & Pick<BodyLimits, 'mostOpenBytes'>,
  { areMessages = false }: JsonOptions = {},
): BodyParser {
  const room = makeRoom(limits.mostOpenBytes)
  const read = areMessages ? skimmedOr : parsed
  const understand = (bytes: Buffer, type: string | undefined): Received => {
    const { text, isUtf8 } = decode(bytes, type)
    return {
      ...read(text, isUtf8 ? bytes : undefined),
      sizeBytes: bytes.length,
      isGarbled: !isUtf8,
    }
  }
  return async (body, { 'content-encoding': packing, 'content-type': type }) => {
    if (!isPacked(body, packing)) return understand(body, type)
    const wanted = { bytes: mostUnpacked(body, limits), waitingBytes: body.length }
    return room.within(wanted, async () => understand(await unpack(body, packing, limits), type))
  }
}
