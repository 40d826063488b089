import type { Socket } from 'node:net'
import type { Readable } from 'node:stream'
import { type Connection, createConnection, type FieldPacket, type Query } from 'mysql2'
import type { Row } from '../sql/database.ts'
import { isSecure } from '../sql/place.ts'
import { decoderOf, type MysqlField } from './columns.ts'
import type { MysqlSettings } from './definition.ts'

/** An answer: its columns and rows, values as text. */
export interface Answer {
  readonly fields: readonly MysqlField[]
  readonly rows: readonly Row[]
}

/** The driver, as promises and rows of text. */
export interface Wire {
  /** Shakes hands and signs in. */
  readonly open: () => Promise<void>
  readonly ask: (text: string) => Promise<Answer>
  /** Rows as they come, at most this many at a time. */
  readonly rows: (text: string, most: number) => AsyncIterable<readonly Row[]>
  /** Whether the server is still at work for us. */
  readonly isBusy: () => boolean
  /** The number that the server knows this connection by. */
  readonly id: () => number
  readonly end: () => Promise<void>
}

/** What to speak over, and as whom. */
export interface Wiring {
  readonly socket: Socket
  readonly settings: MysqlSettings
  readonly password: string
  readonly at: string
  readonly answerMs: number
}

/** Speaks MySQL's protocol over a socket that is open. */
export function makeWire({ socket, settings, password, at, answerMs }: Wiring): Wire {
  const { host, port, user, database, ca } = settings
  const connection = createConnection({
    // The driver does not pass an address on to where certificates are checked; there the socket is asked.
    stream: Object.assign(socket, { _host: host }),
    host,
    ...(port === undefined ? {} : { port }),
    user,
    password,
    database,
    charset: 'utf8mb4',
    connectTimeout: answerMs,
    // A server may ask for files of this machine; it gets none.
    flags: ['-LOCAL_FILES'],
    ...(isSecure(settings)
      ? { ssl: { ...(ca === undefined ? {} : { ca }), verifyIdentity: true } }
      : {}),
  })
  // What breaks is told by whatever is under way; nobody else has to hear of it.
  connection.on('error', () => {})
  let [isOpen, underWay] = [false, 0]
  const streamOf = (query: Query): Readable => {
    const stream = query.stream({ highWaterMark: 100 })
    // The driver tells the connection of its end, not the query.
    const broken = (error: Error) => void stream.destroy(error)
    connection.on('error', broken)
    underWay++
    query.once('end', () => {
      underWay--
      connection.off('error', broken)
    })
    return stream
  }
  return {
    isBusy: () => underWay > 0,
    id: () => connection.threadId,
    open: () =>
      new Promise((resolve, reject) => {
        connection.connect((error) => {
          isOpen = !error
          if (error) reject(error)
          else resolve()
        })
      }),
    ask: async (text) => {
      let fields: readonly MysqlField[] = []
      const rows: Row[] = []
      const { query, decoded } = start(connection, text, at)
      query.on('fields', (found) => {
        fields = fieldsOf(found)
      })
      for await (const row of streamOf(query)) {
        if (Array.isArray(row)) rows.push(decoded(row))
      }
      return { fields, rows }
    },
    rows: (text, most) => {
      const { query, decoded } = start(connection, text, at)
      return inChunks(streamOf(query), decoded, most)
    },
    end: async () => {
      if (isOpen && underWay === 0 && !socket.destroyed) await sayGoodbye(connection, socket)
      connection.destroy()
      socket.destroy()
    },
  }
}

/** What to open, and how its rows become text. */
interface Started {
  readonly query: Query
  readonly decoded: (row: readonly (Buffer | null)[]) => Row
}

function start(connection: Connection, text: string, at: string): Started {
  let decoders: readonly ((value: Buffer) => string)[] = []
  const query = connection.query({
    sql: text,
    rowsAsArray: true,
    // Values are taken as they are written.
    typeCast: (field) => field.buffer(),
  })
  query.on('fields', (found) => {
    decoders = fieldsOf(found).map((field) => decoderOf(field, at))
  })
  const decoded = (row: readonly (Buffer | null)[]) =>
    row.map((value, i) => (value === null ? null : (decoders[i]?.(value) ?? null)))
  return { query, decoded }
}

// About how much is handed over at once.
const chunkBytes = 4 * 1024 ** 2

async function* inChunks(
  rows: Readable,
  decoded: Started['decoded'],
  most: number,
): AsyncGenerator<readonly Row[]> {
  let [chunk, bytes]: [Row[], number] = [[], 0]
  for await (const row of rows) {
    chunk.push(decoded(row))
    for (const value of row) bytes += value?.length ?? 0
    if (chunk.length < most && bytes < chunkBytes) continue
    yield chunk
    ;[chunk, bytes] = [[], 0]
  }
  if (chunk.length > 0) yield chunk
}

// The driver's types speak of one, but it sends all of them, or nothing for what has no columns.
const fieldsOf = (found: FieldPacket | readonly FieldPacket[] | undefined): readonly MysqlField[] =>
  [found ?? []].flat().map((field) => ({
    name: field.name,
    columnType: field.columnType ?? -1,
    characterSet: field.characterSet ?? -1,
    flags: typeof field.flags === 'number' ? field.flags : 0,
  }))

/** Says goodbye, without waiting long for an answer. */
function sayGoodbye(connection: Connection, socket: Socket): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, 1000)
  socket.once('close', () => resolve())
  connection.end(() => resolve())
  return promise.finally(() => clearTimeout(timer))
}
