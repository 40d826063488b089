import type { IncomingMessage } from 'node:http'
import { createBrotliDecompress, createGunzip, createInflate, type Gunzip } from 'node:zlib'
import { sentenceOf } from '#kernel/fault.ts'
import { gone, makeBodyReader, makeJsonReader } from '#wire'
import { ingestFaults } from './faults.ts'

/** The client went away before all had arrived; there is nobody to be answered. */
export class Gone extends Error {
  override readonly name = 'Gone'
}

/** Reads small bodies whole. */
export interface Bodies {
  /** The fields of a form. */
  readonly form: (request: IncomingMessage) => Promise<URLSearchParams>
  /** A body as JSON; nothing when there is none. */
  readonly json: (request: IncomingMessage) => Promise<unknown>
}

const limits = { mostBytes: 200 * 1024, mostOpenBytes: 64 * 1024 ** 2, mostRatio: 100 }

/** Reads bodies up to the limit of this wire. */
export function makeBodies(): Bodies {
  const readBody = makeBodyReader(limits)
  const readJson = makeJsonReader(limits)
  return {
    form: async (request) => {
      const body = await readBody(request)
      if (body === gone) throw new Gone()
      return new URLSearchParams(body.toString())
    },
    json: async (request) => {
      if (!hasBody(request)) return undefined
      const received = await readJson(request)
      if (received === gone) throw new Gone()
      if (received.isGarbled) throw ingestFaults.unreadable_body({ why: 'it is not UTF-8' })
      return received.value
    },
  }
}

const hasBody = ({ headers }: IncomingMessage) =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0

/** The pieces of a large body as they arrive, unpacked; reading waits for whoever takes them. */
export async function* piecesOf(request: IncomingMessage): AsyncGenerator<Uint8Array> {
  const unpacker = unpackerOf(request.headers['content-encoding'])
  try {
    // Whoever stops early still wants to answer, so the request itself is left alone.
    if (unpacker === undefined) yield* request.iterator({ destroyOnReturn: false })
    else {
      request.once('error', (cause) => unpacker.destroy(new Gone('', { cause })))
      yield* request.pipe(unpacker)
    }
  } catch (thrown) {
    if (request.errored) throw new Gone('', { cause: thrown })
    if (unpacker === undefined || thrown instanceof Gone) throw thrown
    const why = `it cannot be unpacked: ${sentenceOf(thrown)}`
    throw ingestFaults.bad_file({ why }, { cause: thrown })
  }
}

function unpackerOf(encoding: string | undefined): Gunzip | undefined {
  switch (encoding?.trim().toLowerCase()) {
    case undefined:
    case '':
    case 'identity':
      return undefined
    case 'gzip':
    case 'x-gzip':
      return createGunzip()
    case 'deflate':
      return createInflate()
    case 'br':
      return createBrotliDecompress()
    default:
      throw ingestFaults.bad_file({ why: `content-encoding "${encoding}" is not known` })
  }
}
